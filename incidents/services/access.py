"""Letting somebody into a case, with a reason; and breaking the glass, by two people."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from incidents.models import Access, Case, CaseView
from incidents.own_record import record
from incidents.sealing import written
from incidents.second_person import seconds_of
from incidents.services.locking import expect_reason, in_hand, locked
from incidents.services.telling import (
    glass_code,
    glass_url,
    take_back_from_others,
    tell,
    tell_outside,
)
from incidents.visibility import Hidden, kept_out_of, not_kept_out, with_those_acting
from people.models import Membership, Organisation, User
from people.roles import Permission
from web.errors import RuleBroken


@transaction.atomic
def let_in(
    case: Case, *, person: User, by: User, why: str, may_work: bool = False,
    until: date | None = None,
) -> Access:  # fmt: skip
    """This person sees the case from now on, to read or to work on it."""
    case = in_hand(case, by=by, verb="access.add")
    expect_reason(why, "Say why they need to see it.")
    _expect_fit(case, person)
    if until is not None and until < case.organisation.today():
        raise RuleBroken("The last day cannot lie in the past.")
    row = Access(
        case=case, person=person, cause=Access.Cause.ADDED, may_work=may_work, until=until,
        asked_by=by, given_at=timezone.now(),
    )  # fmt: skip
    written(row, why=why).save()
    record("access.add", case, by=by, target=row, person=str(person.pk))
    tell(case, [person.pk], clock="access", since=row.asked_at)
    return row


@transaction.atomic
def end(access: Access, *, by: User) -> Access:
    """They need it no longer."""
    case = in_hand(access.case, by=by, verb="access.end")
    row: Access = case.accesses.get(pk=access.pk)
    if row.ended_at is None:
        row.ended_at, row.ended_by = timezone.now(), by
        row.save(update_fields=["ended_at", "ended_by"])
        record("access.end", case, by=by, target=row, person=str(row.person_id))
        take_back_from_others(case)
    return row


@transaction.atomic
def restrict(case: Case, *, by: User, on: bool = True) -> Case:
    """Only its owner and those who were let in see it; or everybody it was routed to again."""
    case = in_hand(case, by=by, verb="case.restrict")
    if on and case.owner_id is None:
        raise RuleBroken("Give the case to somebody first.")
    case.restricted = on
    case.save(update_fields=["restricted"])
    record("case.restrict" if on else "case.unrestrict", case, by=by)
    take_back_from_others(case)
    return case


@transaction.atomic
def ask_to_break_glass(reference: str, *, by: User, why: str) -> Access | None:
    """Somebody who handles cases at that school asks to see one that nobody lets them into.

    Opens nothing. None, and no trace that they could see, for a reference that nobody has and for
    somebody who is kept out: both hear the same.
    """
    expect_reason(why, "Say why you need to see it.")
    case = Case.objects.filter(not_kept_out(by), reference=reference, disposed_at=None).first()
    if case is None or not by.can(Permission.HANDLE_CASES, at=case.organisation):
        return None
    case = locked(case)
    if case.accesses.filter(person=by, ended_at=None).exists():
        return None
    row = Access(case=case, person=by, cause=Access.Cause.BREAK_GLASS, asked_by=by, may_work=True)
    written(row, why=why).save()
    record("access.ask", case, by=by, target=row)
    tell_seconds(row, 0)
    return row


def waiting_for_agreement(user: User) -> QuerySet[Access]:
    """What others ask to see, and this person could agree to. Of the case it shows nothing.

    Not to somebody who is kept out: to them there is neither the case nor the question.
    """
    free = Case.objects.filter(not_kept_out(user), disposed_at=None)
    there = user.organisations_where(Permission.HANDLE_CASES)
    return (
        Access.objects.filter(cause=Access.Cause.BREAK_GLASS, given_at=None, ended_at=None)
        .filter(case__in=free, case__organisation__in=there)
        .exclude(person=user)
        .select_related("person")
    )


@transaction.atomic
def shown_to_second(at: Organisation, code: str, *, by: User) -> Access:
    """One of these wishes with its reason, and the row that says who read it. Raises Hidden."""
    rows = waiting_for_agreement(by).filter(case__organisation=at)
    for row in rows.select_related("person", "case__key", "case__organisation__parent"):
        if glass_code(row) == code:
            CaseView.objects.create(case=row.case, person=by, what=CaseView.What.ASKED)
            return row
    raise Hidden


@transaction.atomic
def agree_to_break_glass(access: Access, *, by: User) -> Access:
    """A second person, who handles cases there and is not kept out, agrees: now it is open.

    Raises PermissionDenied for whoever may not agree.
    """
    row = _to_agree(access, by)
    case = row.case
    _expect_fit(case, row.person, again=True)
    row.agreed_by, row.given_at = by, timezone.now()
    row.save(update_fields=["agreed_by", "given_at"])
    record("access.break_glass", case, by=by, target=row, person=str(row.person_id))
    tell(case, [row.person_id], clock="access", since=row.given_at)
    return row


@transaction.atomic
def decline_glass(access: Access, *, by: User) -> Access:
    """The second person does not agree: it stays shut. They may ask again, with another reason.

    Raises PermissionDenied for whoever may not decide.
    """
    row = _to_agree(access, by)
    row.ended_by, row.ended_at = by, timezone.now()
    row.save(update_fields=["ended_by", "ended_at"])
    record("access.decline", row.case, by=by, target=row, person=str(row.person_id))
    return row


def _to_agree(access: Access, by: User) -> Access:
    """The wish as it stands, its case locked, for somebody who may be its second person."""
    case = locked(access.case)
    row: Access = case.accesses.select_related("person").get(pk=access.pk)
    row.case = case
    free = Case.objects.filter(not_kept_out(by), pk=case.pk).exists()
    if not free or case.disposed_at is not None:
        raise Hidden
    if by.pk == row.person_id or not by.can(Permission.HANDLE_CASES, at=case.organisation):
        raise PermissionDenied
    if row.cause != Access.Cause.BREAK_GLASS or row.given_at or row.ended_at:
        raise RuleBroken("Somebody has decided this meanwhile. Nothing was changed.")
    return row


def tell_seconds(access: Access, stage: int) -> None:
    """Whoever is to be the second person: once for each stage. Nobody who is kept out."""
    tell_outside(
        access.case, seconds_of(access), clock=f"glass-{access.pk}", since=access.asked_at,
        percent=stage, urgent=True, url=glass_url(access.case, access), named=glass_code(access),
    )  # fmt: skip


def _expect_fit(case: Case, person: User, *, again: bool = False) -> None:
    """One sentence, whatever the reason: it does not say that somebody is kept out."""
    today = case.organisation.today()
    places = [case.organisation_id, case.organisation.parent_id]
    belongs = Membership.objects.active(today).filter(person=person, organisation__in=places)
    if person.pk in with_those_acting(kept_out_of(case), today) or not belongs.exists():
        raise RuleBroken("This person cannot be let in.")
    if not again and case.accesses.filter(person=person, ended_at=None).exists():
        raise RuleBroken("This person has been let in already.")
