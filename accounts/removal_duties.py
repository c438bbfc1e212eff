"""Whoever ran an account and stopped has no way in any more: somebody sees to that (E6, R10).

IT and the office; where a school has neither, its head. Never the person themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Runner
from accounts.owing import holders_at, ids_of, posts_of
from accounts.workflow import IN_USE
from people.duty import Duty, DutySource, People
from people.roles import Role

KIND = "account.remove_access"
# The first of these groups that a school has.
GROUPS = (frozenset({Role.IT, Role.OFFICE}), frozenset({Role.HEAD}))
ROLES = frozenset().union(*GROUPS)
DAY = timedelta(days=1)


def _left(people: People, on: date) -> QuerySet[Runner]:
    """Ended runners with a way in, of schools at which these people hold one of the roles."""
    return Runner.objects.filter(
        ends_on__lt=on,
        access_removed_at=None,
        account__status__in=IN_USE,
        account__organisation__in=posts_of(people, ROLES, on).values("organisation"),
    )


def _owed(people: People, on: date) -> Iterator[Duty]:
    rows = list(_left(people, on).select_related("account__organisation__parent", "person"))
    if not rows:
        return
    holders = holders_at({row.account.organisation_id for row in rows}, ROLES, on)
    asked = ids_of(people, ROLES, on)
    for row in rows:
        for person in _who(row, holders[row.account.organisation_id]):
            if person in asked:
                yield _duty(row, person)


def _who(row: Runner, holders: dict[int, set[str]]) -> Sequence[int]:
    for group in GROUPS:
        if who := [pk for pk, roles in holders.items() if roles & group and pk != row.person_id]:
            return who
    return []


def _duty(row: Runner, person: int) -> Duty:
    account = row.account
    last_day = row.ends_on or date.min  # the query asks for ended ones
    return Duty(
        kind=KIND,
        occasion=f"{KIND}:{row.pk}:{last_day.isoformat()}",
        person_id=person,
        organisation_id=account.organisation_id,
        due_on=last_day + DAY,
        title=f"Remove the access of {row.person} to “{account.name}”",
        url=reverse("accounts:account", args=[account.organisation.slug, account.pk]),
        since=last_day + DAY,
        every_day_counts=True,
    )


def _owed_by(person: int, on: date) -> Iterator[Duty]:
    return _owed([person], on)


def _may_see_to_one(person: int, on: date) -> QuerySet[Any, Any]:
    return _left([person], on).exclude(person=person)


REMOVING = DutySource(KIND, "Access to remove", _owed, _owed_by, _may_see_to_one, ROLES)
