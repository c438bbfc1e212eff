"""Who has to decide whether somebody may use a telephone or an address of their own (A10).

The head; where the head asks or there is none, the rest of the leadership team; else the trust.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import ContactException
from accounts.owing import ids_of, posts_of
from people.duty import Duty, DutySource, People
from people.models import MembershipRole
from people.roles import Permission, Role, roles_with

KIND = "account.exception"
HEADS = {Role.HEAD, Role.TRUST_LEAD}
MAY_DECIDE = roles_with(Permission.DECIDE_ACCOUNTS)
# An answer is wanted within a week, and before the first day.
A_WEEK = timedelta(days=7)


def _waiting(people: People, on: date) -> QuerySet[ContactException]:
    waiting = ContactException.objects.waiting(on)
    return waiting.filter(organisation__in=posts_of(people, MAY_DECIDE, on).reach())


def _owed(people: People, on: date) -> Iterator[Duty]:
    rows = list(_waiting(people, on).select_related("organisation", "person"))
    if not rows:
        return
    asked = ids_of(people, MAY_DECIDE, on)
    deciders = _deciders(rows, on)
    for row in rows:
        for person, manager in _who(row, deciders).items():
            if person in asked:
                yield _duty(row, person, manager)


Deciders = dict[int, list[tuple[int, bool, int | None]]]


def _deciders(rows: Sequence[ContactException], on: date) -> Deciders:
    """By place: everybody who may decide there, whether they lead it, and their line manager."""
    places = {pk for row in rows for pk in (row.organisation_id, row.organisation.parent_id) if pk}
    held = MembershipRole.objects.held(on).filter(
        membership__organisation__in=places, role__in=MAY_DECIDE
    )
    found: Deciders = defaultdict(list)
    columns = ("membership__organisation", "membership__person", "role", "membership__line_manager")
    for place, person, role, manager in held.order_by("pk").values_list(*columns):
        found[place].append((person, role in HEADS, manager))
    return found


def _who(row: ContactException, deciders: Deciders) -> dict[int, int | None]:
    """The first of these who are there: heads, other leaders, the trust's. Never who asks."""
    own = deciders.get(row.organisation_id, [])
    above = deciders.get(row.organisation.parent_id or 0, [])
    for group in ([one for one in own if one[1]], own, above):
        if who := {person: manager for person, _, manager in group if person != row.person_id}:
            return who
    return {}


def _duty(row: ContactException, person: int, manager: int | None) -> Duty:
    asked_on = row.asked_at.astimezone(row.organisation.zone).date()
    return Duty(
        kind=KIND,
        occasion=f"{KIND}:{row.pk}",
        person_id=person,
        organisation_id=row.organisation_id,
        due_on=max(asked_on, min(row.starts_on, asked_on + A_WEEK)),
        title=f"Decide what {row.person} asks for: {row.get_what_display().lower()}",
        url=reverse("accounts:exception", args=[row.organisation.slug, row.pk]),
        line_manager_id=manager,
        since=asked_on,
    )


def _owed_by(person: int, on: date) -> Iterator[Duty]:
    return _owed([person], on)


def _decides_one(person: int, on: date) -> QuerySet[Any, Any]:
    return _waiting([person], on).exclude(person=person)


DECIDING = DutySource(
    KIND, "Private contact to decide on", _owed, _owed_by, _decides_one, MAY_DECIDE
)
