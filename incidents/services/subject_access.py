"""Somebody asks what is held about them: writing that down, its month, and how it ends.

On the school's record stands that there is a request, by its id, and how it ended. Which cases it
is about stands in those cases' own records only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from incidents.models import (
    BundledCase,
    CasePerson,
    EntryDecision,
    RequestBundle,
    RequestedCase,
    SubjectRequest,
)
from incidents.names import child_index, staff_called
from incidents.sealing import new_key, wrap, written
from incidents.services.locking import expect_reason
from incidents.subject_access import MOST_MONTHS_MORE, Ending, months_after
from incidents.visibility import Hidden, out_for
from people.models import Organisation, User
from people.roles import Permission
from trail import audit
from web.crypto import current_key_id
from web.errors import RuleBroken

KEPT = "incidents.requests_kept_years"
STAFF = CasePerson.Relation.STAFF
OWN = (
    "Nobody answers a request about themselves, one that they make, or one of somebody they stand "
    "in for. Give it to a colleague."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for. `person` and `asker`: people of the portal, where they are."""

    received_on: date
    name: str = ""
    person: User | None = None
    relation: str = CasePerson.Relation.OTHER
    year_group: int | None = None
    asked_by: str = ""
    asker: User | None = None
    note: str = ""
    waits_for_identity: bool = False


@transaction.atomic
def record(at: Organisation, asked: Asked, *, by: User) -> SubjectRequest:
    """Write a request down. Whoever does has it, until somebody takes it over."""
    if not by.can(Permission.ANSWER_REQUESTS, at=at):
        raise PermissionDenied
    _expect_right(at, asked, by)
    row = SubjectRequest(
        organisation=at, person=asked.person, asker=asked.asker, received_on=asked.received_on,
        relation=STAFF if asked.person else asked.relation, handler=by, recorded_by=by,
        index=child_index(asked.name, asked.year_group, at) if asked.person is None else "",
        waits_for_identity=asked.waits_for_identity, wrapped_with=current_key_id(),
    )  # fmt: skip
    row.wrapped = wrap(new_key(), row.reference)
    who = asked.asker.name if asked.asker else asked.asked_by.strip()
    about = asked.person.name if asked.person else asked.name.strip()
    written(row, name="" if asked.person else about, asked_by=who or about, note=asked.note).save()
    audit.record("subject_request.record", row, by=by)
    return row


def _expect_right(at: Organisation, asked: Asked, by: User) -> None:
    problems = []
    if asked.person is None and not asked.name.strip():
        problems.append("Say about whom it is.")
    if asked.received_on > at.today():
        problems.append("This day has not come yet.")
    if asked.relation not in CasePerson.Relation.values:
        problems.append("Choose who they are from the list.")
    if {one.pk for one in (asked.person, asked.asker) if one} & out_for(by):
        problems.append(OWN)
    if asked.person is None and asked.relation == STAFF and staff_called([asked.name], at):
        problems.append("Somebody at the school has this name. Choose them from the list.")
    RuleBroken.if_any(problems)


def open_request(asked: SubjectRequest, *, by: User) -> SubjectRequest:
    """The request, locked, for somebody who may handle it. Raises Hidden, or RuleBroken."""
    rows = SubjectRequest.objects.visible_to(by).filter(pk=asked.pk)
    if not rows.exists():
        raise Hidden
    locked = SubjectRequest.objects.select_for_update(of=("self",), no_key=True)
    found: SubjectRequest = locked.select_related("organisation__parent").get(pk=asked.pk)
    if found.ended_at is not None:
        raise RuleBroken("This request has ended.")
    return found


@transaction.atomic
def confirm_identity(asked: SubjectRequest, *, by: User, on: date) -> SubjectRequest:
    """The school knows who asks; where it waited for that, the month begins now."""
    row = open_request(asked, by=by)
    if row.identity_on is not None:
        raise RuleBroken("It is written down already when this was confirmed.")
    if on > row.organisation.today():
        raise RuleBroken("This day has not come yet.")
    if on < row.received_on:
        raise RuleBroken("This day lies before the request.")
    row.identity_on = on
    row.save(update_fields=["identity_on"])
    audit.record("subject_request.identity", row, by=by)
    return row


@transaction.atomic
def extend(asked: SubjectRequest, *, by: User, months: int, why: str) -> SubjectRequest:
    """Two months more at most, decided within the first: the person is told why."""
    row = open_request(asked, by=by)
    why = expect_reason(why, "Say why it takes longer: the person has to be told.")
    if not 1 <= months <= MOST_MONTHS_MORE:
        raise RuleBroken("One or two months can be added.")
    if row.months_more:
        raise RuleBroken("Time was added already.")
    due = row.due_on
    if due is None:
        raise RuleBroken("The month has not begun: confirm first who asks.")
    if row.organisation.today() > due:
        raise RuleBroken("The first month is over. It is too late to add time.")
    row.months_more = months
    written(row, longer=why).save(update_fields=["months_more", "sealed_longer"])
    audit.record("subject_request.extend", row, by=by, months=str(months))
    return row


@transaction.atomic
def take_over(asked: SubjectRequest, *, by: User) -> SubjectRequest:
    """This person has it from now on."""
    row = open_request(asked, by=by)
    if row.handler_id != by.pk:
        row.handler = by
        row.save(update_fields=["handler"])
        audit.record("subject_request.take_over", row, by=by)
    return row


@transaction.atomic
def end(asked: SubjectRequest, *, by: User, outcome: str, note: str = "") -> SubjectRequest:
    """It was answered, or is no longer asked for."""
    row = open_request(asked, by=by)
    RuleBroken.if_any(_not_yet(row, by, outcome, note))
    row.ended_at, row.ended_by, row.outcome = timezone.now(), by, outcome
    written(row, ending=note).save(
        update_fields=["ended_at", "ended_by", "outcome", "sealed_ending"]
    )
    audit.record("subject_request.end", row, by=by, outcome=outcome)
    return row


def _not_yet(row: SubjectRequest, by: User, outcome: str, note: str) -> list[str]:
    """What stands in the way, as far as this person sees it."""
    if outcome not in Ending.values:
        return ["Choose how it ended."]
    problems = []
    bundles = RequestBundle.objects.visible_to(by).filter(request=row)
    if outcome == Ending.SENT and not bundles.exists():
        problems.append("Make the bundle first: nothing has left the portal yet.")
    mine = RequestedCase.objects.visible_to(by).filter(request=row)
    if outcome == Ending.NOTHING and mine.filter(left_out=False).exists():
        problems.append("A case of this request is not left out.")
    if outcome in (Ending.REFUSED, Ending.WITHDRAWN) and not note.strip():
        problems.append("Say why, and how you know.")
    return problems


def forget_old() -> int:
    """Requests whose time is over, with everything that was decided. Says how many went.

    What left of a case stays in that case's own list of exports, as long as the case is kept.
    """
    ended = SubjectRequest.objects.exclude(ended_at=None).filter(
        ended_at__lt=timezone.now() - timedelta(days=365)
    )
    held = ended.filter(cases__case__holds__isnull=False, cases__case__holds__lifted_at=None)
    rows = ended.exclude(pk__in=held.values("pk")).select_related("organisation__parent")
    return sum(_forget(row) for row in rows if _is_over(row))


def _is_over(row: SubjectRequest) -> bool:
    ended = row.ended_at.astimezone(row.organisation.zone).date()  # type: ignore[union-attr]
    until = months_after(ended, 12 * int(row.organisation.setting(KEPT)))
    return until < row.organisation.today()


@transaction.atomic
def _forget(row: SubjectRequest) -> int:
    EntryDecision.objects.filter(requested__request=row).delete()
    RequestedCase.objects.filter(request=row).delete()
    BundledCase.objects.filter(bundle__request=row).delete()
    RequestBundle.objects.filter(request=row).delete()
    audit.record("subject_request.forget", row, by=None)
    row.delete()
    return 1
