"""The box through which whoever reported and whoever handles a case write to each other."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from incidents.models import Case, Message, PublicReport
from incidents.own_record import record
from incidents.references import receipt_hash
from incidents.sealing import written
from incidents.services.locking import expect_reason, in_hand, locked
from incidents.services.telling import tell, tell_reporter
from incidents.visibility import Hidden, not_kept_out, who_sees, who_sees_by_office
from people.models import User
from web.errors import RuleBroken


def by_receipt(code: str) -> Case | None:
    """The case of this receipt. None for a wrong code and for a case that is gone: alike."""
    found = (
        PublicReport.objects.filter(receipt_hash=receipt_hash(code), case__disposed_at=None)
        .select_related("case__key", "case__organisation")
        .first()
    )
    return found.case if found else None


@transaction.atomic
def write_by_receipt(code: str, *, body: str) -> Message:
    """Whoever holds the receipt writes. Raises Hidden for a code that opens nothing."""
    case = by_receipt(code)
    if case is None:
        raise Hidden
    return _from_reporter(locked(case), body, by=None)


@transaction.atomic
def write_as_reporter(reference: str, *, by: User, body: str) -> Message:
    """A colleague adds to what they reported. Raises Hidden for another's report."""
    case = Case.objects.filter(reference=reference, reporter=by, disposed_at=None).first()
    if case is None:
        raise Hidden
    return _from_reporter(locked(case), body, by=None if case.hide_reporter else by)


@transaction.atomic
def answer(case: Case, *, by: User, body: str) -> Message:
    """Whoever works on the case writes to whoever reported it."""
    case = in_hand(case, by=by, verb="message.send")
    if case.reporter_id is None and not PublicReport.objects.filter(case=case).exists():
        raise RuleBroken("Nobody can be written to: it was reported in another way.")
    message = _put(case, body, by=by, from_reporter=False)
    tell_reporter(case, since=message.at)
    return message


def box_of(case: Case) -> list[Message]:
    """Every message of the case, for whoever may read them: receipt, reporter or handler."""
    return list(case.messages.select_related("sent_by"))


def box_as_reporter(reference: str, *, by: User) -> list[Message]:
    """The same for a colleague who reported it. Raises Hidden for another's report.

    Somebody who has since been kept out finds what they wrote themselves, and no answer.
    """
    case = Case.objects.filter(reference=reference, reporter=by, disposed_at=None).first()
    if case is None:
        raise Hidden
    found = case.messages.select_related("case__key")
    if not Case.objects.filter(not_kept_out(by), pk=case.pk).exists():
        found = found.filter(from_reporter=True)
    return list(found)


def _from_reporter(case: Case, body: str, *, by: User | None) -> Message:
    message = _put(case, body, by=by, from_reporter=True)
    told = {case.owner_id} & who_sees(case) or who_sees_by_office(case, case.circles)
    tell(case, {pk for pk in told if pk}, clock="message", since=message.at)
    return message


def _put(case: Case, body: str, *, by: User | None, from_reporter: bool) -> Message:
    expect_reason(body, "Write something.")
    message = Message(case=case, sent_by=by, from_reporter=from_reporter, at=timezone.now())
    written(message, body=body).save()
    record("message.send", case, by=by, target=message, content=bytes(message.sealed_body))
    return message
