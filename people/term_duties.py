"""The terms that are known come to an end: a task of whoever enters them.

Reminders, deadlines and the change of passwords are counted in school days (R2, R3).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.urls import reverse

from people.duty import Duty, DutySource, among
from people.models import Membership, User
from people.models.membership import MembershipQuerySet
from people.roles import Role

AHEAD = timedelta(days=60)
# The office enters them; a trust's are entered by whoever leads it.
ASKED = (Role.OFFICE, Role.TRUST_LEAD)


def _ending(posts: MembershipQuerySet, on: date) -> QuerySet[Any, Any]:
    """Posts at places of which no term is known that goes on for sixty days and more."""
    known = posts.active(on).holding(ASKED, on).order_by()
    return known.annotate(until=Max("organisation__terms__ends_on")).filter(until__lt=on + AHEAD)


def _to_plan(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """A school that goes by its trust's terms has none of its own, and is not asked."""
    rows = _ending(Membership.objects.filter(among(people)), on)
    found = rows.values_list("person", "organisation", "until", "organisation__slug")
    for person, place, until, slug in found.order_by("until", "pk"):
        yield Duty(
            kind="calendar.plan",
            occasion=f"calendar.plan:{place}:{until.isoformat()}",
            person_id=person,
            organisation_id=place,
            due_on=until,
            title="Enter the terms of the next school year",
            url=reverse("people:terms", args=[slug]),
            since=until - AHEAD,
            note=f"The last term that is known ends on {until:%-d %B %Y}",
        )


PLANNING = DutySource("calendar.plan", "Terms to enter", _to_plan, roles=ASKED)
