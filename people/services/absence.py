"""Cover: recording that somebody is away, changing it, and coming back early."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from people.models import Absence, Membership, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken
from web.words import day_in_words

# A longer one is a slip of the year.
LONGEST_DAYS = 366
DAY = timedelta(days=1)


def may_set(membership: Membership, *, by: User) -> bool:
    """The person themselves, and whoever keeps the school's staff list."""
    return by.pk == membership.person_id or by.can(
        Permission.MANAGE_PEOPLE, at=membership.organisation
    )


@transaction.atomic
def set_cover(
    membership: Membership, *, deputy: Membership, starts_on: date, ends_on: date, by: User
) -> Absence:
    """Somebody is away from one day to another, and a colleague stands in.

    Raises RuleBroken with everything that is in the way, PermissionDenied for a third person.
    """
    absence = Absence(
        membership=membership, deputy=deputy, starts_on=starts_on, ends_on=ends_on, set_by=by
    )
    return _save(absence, "absence.set", by)


@transaction.atomic
def change(absence: Absence, *, deputy: Membership, ends_on: date, by: User) -> Absence:
    """Another deputy or another last day. Raises RuleBroken once it is over or withdrawn."""
    absence = _open(absence, by)
    absence.deputy, absence.ends_on = deputy, ends_on
    return _save(absence, "absence.change", by)


@transaction.atomic
def end(absence: Absence, *, by: User) -> Absence:
    """They are back today, or do not go: it ends yesterday, or never began.

    Raises RuleBroken once it is over or withdrawn.
    """
    absence = _open(absence, by)
    yesterday = absence.organisation.today() - DAY
    if absence.starts_on > yesterday:
        absence.withdrawn_at, absence.withdrawn_by = timezone.now(), by
        absence.save(update_fields=["withdrawn_at", "withdrawn_by"])
        audit.record("absence.withdraw", absence.membership, by=by)
    else:
        absence.ends_on = yesterday
        absence.save(update_fields=["ends_on"])
        audit.record("absence.end", absence.membership, by=by, ends_on=yesterday.isoformat())
    return absence


def _open(absence: Absence, by: User) -> Absence:
    """The row, locked, for somebody who may change it while there is something to change."""
    absence = (
        Absence.objects.select_for_update(of=("self",), no_key=True)
        .select_related("membership__organisation__parent", "membership__person", "deputy__person")
        .get(pk=absence.pk)
    )
    if not may_set(absence.membership, by=by):
        raise PermissionDenied
    if absence.withdrawn_at is not None or absence.ends_on < absence.organisation.today():
        raise RuleBroken("This is over. Enter the days away anew.")
    return absence


def _save(absence: Absence, verb: str, by: User) -> Absence:
    membership, deputy = absence.membership, absence.deputy
    if not may_set(membership, by=by):
        raise PermissionDenied
    # In one order, so that two colleagues who name each other at once wait, and one is refused.
    posts = sorted({membership.pk, deputy.pk})
    list(Membership.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=posts))
    RuleBroken.if_any(_in_the_way(absence))
    absence.save()
    audit.record(
        verb,
        membership,
        by=by,
        deputy=str(deputy.pk),
        starts_on=absence.starts_on.isoformat(),
        ends_on=absence.ends_on.isoformat(),
    )
    return absence


def _in_the_way(absence: Absence) -> Iterator[str]:
    first, last = absence.starts_on, absence.ends_on
    if last < first:
        yield "The last day cannot be before the first."
        return
    if (last - first).days >= LONGEST_DAYS:
        yield "More than a year is too long. Check the years."
    if last < absence.organisation.today():
        yield "These days are over. Cover is for days to come."
    yield from _about_the_person(absence)
    yield from _about_the_deputy(absence)


def _about_the_person(absence: Absence) -> Iterator[str]:
    for other in _of(absence.membership, absence):
        yield f"These days overlap with others that are entered already: {span(other)}."
    if _ends_before(absence.membership, absence.starts_on):
        yield "The post here ends before the first of these days."


def _about_the_deputy(absence: Absence) -> Iterator[str]:
    membership, deputy = absence.membership, absence.deputy
    name = deputy.person.name
    if deputy.person_id == membership.person_id:
        yield "Nobody can stand in for themselves. Choose a colleague."
        return
    if deputy.organisation_id != membership.organisation_id:
        yield f"{name} does not work at {membership.organisation.name}."
        return
    if deputy.starts_on > absence.starts_on:
        yield f"{name} is not here yet on the first of these days."
    if deputy.ends_on and _ends_before(deputy, absence.ends_on):
        yield (
            f"{name}’s last day is {day_in_words(deputy.ends_on)}. "
            "Choose somebody who is here the whole time."
        )
    for other in _of(deputy, absence):
        yield f"{name} is away themselves then: {span(other)}. Choose somebody else."


def _of(membership: Membership, absence: Absence) -> list[Absence]:
    """What is entered of this person at this school for any of these days."""
    others = Absence.objects.overlapping(absence.starts_on, absence.ends_on).filter(
        membership__person=membership.person_id, membership__organisation=membership.organisation_id
    )
    return list(others.exclude(pk=absence.pk))


def _ends_before(membership: Membership, day: date) -> bool:
    return membership.ends_on is not None and membership.ends_on < day


def span(absence: Absence) -> str:
    """The days in words, both in full: they may lie in two years."""
    if absence.starts_on == absence.ends_on:
        return day_in_words(absence.starts_on)
    return f"{day_in_words(absence.starts_on)} to {day_in_words(absence.ends_on)}"
