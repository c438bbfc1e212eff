"""Content that is opened for an investigation: asked for, allowed by two, looked at (I24)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from incidents.approving import Side, approvers, deciders_of, missing
from incidents.models import Case, CaseView, ContentLook, ContentRequest
from incidents.models.investigating import LONGEST
from incidents.own_record import CaseRefused, record
from incidents.sealing import written
from incidents.services.investigating import expect_no_password
from incidents.services.locking import expect_reason, in_hand, locked
from incidents.services.telling import tell, tell_outside
from incidents.visibility import Hidden, who_sees
from incidents.workflow import OPEN
from incidents.workflow_parts import CONTENT, CONTENT_OPENED, ContentMove, ContentStatus
from people.models import User
from web.errors import RuleBroken


@transaction.atomic
def ask(case: Case, *, by: User, what: str, where: str, why: str, hours: int) -> ContentRequest:
    """Something inappropriate has to be looked at. Two others decide, and both hear of it now.

    `where` is all that IT reads. Raises RuleBroken for what is missing.
    """
    case = in_hand(case, by=by, verb="content.ask")
    if case.status not in OPEN:
        raise RuleBroken("This case has ended. Open it again first.")
    expect_reason(what, "Write what has to be looked at.")
    expect_reason(where, "Write where it is: the address, or the system.")
    expect_reason(why, "Say why it has to be looked at.")
    expect_no_password(where, names=True)
    expect_no_password(what, why)
    if not 1 <= hours <= LONGEST:
        raise RuleBroken(f"Choose between 1 and {LONGEST} hours.")
    row = ContentRequest(case=case, asked_by=by, hours=hours)
    written(row, what=what, where=where, why=why).save()
    record("content.ask", case, by=by, target=row, hours=str(hours))
    tell_approvers(row, 0)
    return row


def tell_approvers(request: ContentRequest, stage: int) -> None:
    """Whoever has not decided, of each side: once for each stage."""
    since, name = request.asked_at, f"allow-{request.pk}"
    among = deciders_of(request.case)
    for side in missing(request):
        people = approvers(request, side, among)
        if side == Side.IT:
            tell_outside(
                request.case, people, clock=f"it-{request.pk}", since=since, percent=stage,
                url=request.get_absolute_url(), named=request.reference,
            )  # fmt: skip
        else:
            tell(request.case, people, clock=name, since=since, percent=stage)


@transaction.atomic
def shown_to_it(reference: str, *, by: User) -> ContentRequest:
    """What IT is asked, with the row that says who looked. Raises Hidden: alike for all.

    In the transaction of the whole page, as `looking.look_within`.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A look belongs in the transaction of what it shows.")
    rows = ContentRequest.objects.for_it(by).filter(reference=reference)
    row = rows.select_related("case__key", "case__organisation__parent", "asked_by").first()
    if row is None:
        raise Hidden
    CaseView.objects.create(case=row.case, person=by, what=CaseView.What.ASKED)
    return row


@transaction.atomic
def approve(request: ContentRequest, *, by: User, side: Side) -> ContentRequest:
    """One side allows it. With the second it is open, from now on and for its hours."""
    _to_decide(request, "content.approve", by, side)
    with CONTENT.step(request, ContentMove.APPROVE, by=by, details={"side": side.value}) as row:
        now = timezone.now()
        if side == Side.LEADING:
            row.leading_by, row.leading_at = by, now
        else:
            row.it_by, row.it_at = by, now
        if row.status == ContentStatus.APPROVED:
            row.opened_at, row.until = now, now + timedelta(hours=row.hours)
    if row.status == ContentStatus.APPROVED:
        _tell_that_it_is_open(row)
    return row


def _tell_that_it_is_open(row: ContentRequest) -> None:
    since = row.opened_at or row.asked_at
    tell(row.case, [row.asked_by_id], clock=f"open-{row.pk}", since=since)
    tell_outside(
        row.case, approvers_of_it(row), clock=f"open-{row.pk}", since=since,
        url=row.get_absolute_url(), named=row.reference,
    )  # fmt: skip


@transaction.atomic
def refuse(request: ContentRequest, *, by: User, side: Side, why: str) -> ContentRequest:
    """One of the two does not allow it: then it stays closed."""
    _to_decide(request, "content.refuse", by, side)
    expect_reason(why, "Say why it stays closed.")
    expect_no_password(why)
    with CONTENT.step(request, ContentMove.REFUSE, by=by, details={"side": side.value}) as row:
        row.refused_by, row.refused_at = by, timezone.now()
        written(row, refusal=why)
    tell(row.case, [row.asked_by_id], clock=f"open-{row.pk}", since=row.asked_at)
    return row


def _to_decide(request: ContentRequest, verb: str, by: User, side: Side) -> None:
    """The case locked, and this person asked again whether the decision is theirs.

    Raises Hidden for whoever may not know of it, CaseRefused for whoever may not decide, and
    RuleBroken where another was quicker (F7).
    """
    case = locked(request.case)
    request.refresh_from_db()
    request.case = case
    _expect_known(request, by)
    if side not in missing(request):
        raise RuleBroken(_decided(request, side))
    if by.pk in {request.asked_by_id, request.leading_by_id, request.it_by_id} or (
        by.pk not in approvers(request, side)
    ):
        raise CaseRefused(verb, request, by=by)
    if case.status not in OPEN:
        raise RuleBroken("The case has ended: nothing has to be opened for it.")
    if request.asked_by_id not in who_sees(case):
        raise RuleBroken("Whoever asked for this no longer works on it. It cannot be allowed.")


def _expect_known(request: ContentRequest, by: User) -> None:
    sees = Case.objects.visible_to(by).filter(pk=request.case_id).exists()
    if not sees and not ContentRequest.objects.for_it(by).filter(pk=request.pk).exists():
        raise Hidden


def _decided(request: ContentRequest, side: Side) -> str:
    """Who was quicker, where that is for the one who asks to know."""
    if request.status == ContentStatus.REFUSED:
        return "It was refused meanwhile. Nothing was changed."
    by = request.leading_by if side == Side.LEADING else request.it_by
    if by is not None:
        return f"{by} has decided this meanwhile. Nothing was changed."
    return "This waits for nobody any more. Nothing was changed."


@transaction.atomic
def withdraw(request: ContentRequest, *, by: User) -> ContentRequest:
    """It is no longer needed: nobody has to decide."""
    in_hand(request.case, by=by, verb="content.withdraw")
    with CONTENT.step(request, ContentMove.WITHDRAW, by=by) as row:
        row.ended_by, row.ended_at = by, timezone.now()
    return row


@transaction.atomic
def end(request: ContentRequest, *, by: User, why: str) -> ContentRequest:
    """Before its time is over: IT is told to close it now."""
    in_hand(request.case, by=by, verb="content.end")
    expect_reason(why, "Say why it ends.")
    expect_no_password(why)
    with CONTENT.step(request, ContentMove.END, by=by) as row:
        row.ended_by, row.ended_at = by, timezone.now()
        written(row, ending=why)
    people = approvers_of_it(row)
    tell_outside(
        row.case, people, clock=f"shut-{row.pk}", since=row.ended_at, urgent=True,
        url=row.get_absolute_url(), named=row.reference,
    )  # fmt: skip
    return row


def approvers_of_it(request: ContentRequest) -> set[int]:
    """Whoever in IT opened it; where they have gone or are kept out, all of IT."""
    if request.it_by_id is not None and _still_there(request):
        return {request.it_by_id}
    return set(approvers(request, Side.IT))


def _still_there(request: ContentRequest) -> bool:
    by = request.it_by
    return by is not None and ContentRequest.objects.for_it(by).filter(pk=request.pk).exists()


@transaction.atomic
def note_look(request: ContentRequest, *, by: User, what: str, at: datetime) -> ContentLook:
    """This person looked, at that moment. Refused for a moment at which it was not open."""
    case = in_hand(request.case, by=by, verb="content.look")
    row = case.content_requests.get(pk=request.pk)
    expect_reason(what, "Write what you looked at, and what you found.")
    expect_no_password(what)
    now = timezone.now()
    if at > now:
        raise RuleBroken("This time has not come yet.")
    if not row.was_open_at(at):
        raise RuleBroken(
            "It was not open at that moment. What was looked at outside the time that was allowed "
            "belongs in the chronology, with the reason."
        )
    look = ContentLook(case=case, request=row, person=by, at=at, noted_at=now)
    written(look, what=what).save()
    record("content.look", case, by=by, target=look, content=bytes(look.sealed_what))
    return look


@transaction.atomic
def shut(request: ContentRequest, *, by: User) -> ContentRequest:
    """IT says that it is closed again. Raises Hidden, or PermissionDenied before it has ended."""
    case = locked(request.case)
    row = ContentRequest.objects.for_it(by).filter(pk=request.pk).first()
    if row is None:
        raise Hidden
    if row.status not in CONTENT_OPENED:
        raise PermissionDenied
    if row.is_open():
        raise RuleBroken("It is open for a while yet. Close it when its time is over.")
    if row.shut_at is None:
        row.shut_by, row.shut_at = by, timezone.now()
        row.save(update_fields=["shut_by", "shut_at"])
        record("content.shut", case, by=by, target=row)
    return row
