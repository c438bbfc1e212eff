"""Who stands in for whom on a day: one query, however many people are asked about.

Standing in gives nobody a right: it decides who is told. A deputy who is away themselves hands on
to their own; where a deputy has left, the absent person's line manager is told; where that fails
too, it stays with the absent person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, QuerySet

from people.models import Absence, Membership
from people.models.membership import on_day

if TYPE_CHECKING:
    from people.models import Organisation


# For so long somebody counts as just back.
BACK_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Away:
    """One person away from one school: whom they named, and who else there is.

    `deputy_id` and `manager_id` are None where that person has no post any more, or none was named.
    """

    pk: int
    person_id: int
    organisation_id: int
    parent_id: int | None
    starts_on: date
    ends_on: date
    deputy_id: int | None
    manager_id: int | None

    @property
    def acting_id(self) -> int | None:
        """Who is told first in their place: the deputy they named, else their line manager."""
        return self.deputy_id or self.manager_id

    def is_from(self, organisation: Organisation) -> bool:
        """Whether they are missed there: at that school, its trust, or a school of that trust."""
        return organisation.pk in (self.organisation_id, self.parent_id) or (
            organisation.parent_id == self.organisation_id
        )


class Cover:
    """Everybody who is away on one day, and who has come back in the last days."""

    def __init__(self, found: Iterable[Away], day: date) -> None:
        self._of: dict[int, list[Away]] = defaultdict(list)
        self._back: dict[int, list[Away]] = defaultdict(list)
        for one in found:
            (self._of if one.ends_on >= day else self._back)[one.person_id].append(one)

    def __bool__(self) -> bool:
        return bool(self._of)

    @property
    def people(self) -> set[int]:
        """The ids of those who are away."""
        return set(self._of)

    def away(self, person_id: int, organisation: Organisation) -> Away | None:
        """This person's absence from there: from that very place before its trust's."""
        found = [one for one in self._of.get(person_id, ()) if one.is_from(organisation)]
        return min(found, key=lambda one: one.organisation_id != organisation.pk, default=None)

    def acting_for(self, people: Iterable[int]) -> set[int]:
        """Whoever stands in for one of these people first, at any of the places they are away from.

        They may be away themselves: then they hand on what they know.
        """
        found = (one.acting_id for person in people for one in self._of.get(person, ()))
        return {acting for acting in found if acting is not None}

    def acted_for_by(self, people: Iterable[int]) -> set[int]:
        """The other way round: whoever is away, and has one of these people standing in first."""
        acting = set(people)
        away = (one for each in self._of.values() for one in each)
        return {one.person_id for one in away if one.acting_id in acting}

    @property
    def anybody_back(self) -> bool:
        return bool(self._back)

    def last_day_away(self, person_id: int, organisation: Organisation) -> date | None:
        """When somebody who is back was last away from there; None for longer than BACK_FOR ago."""
        found = self._back.get(person_id, ())
        return max((one.ends_on for one in found if one.is_from(organisation)), default=None)

    def stand_in(self, person_id: int, organisation: Organisation) -> int | None:
        """The id of whoever is told in their place. None: they are here, or nobody else is."""
        seen = {person_id}
        away = self.away(person_id, organisation)
        while away is not None:
            nearest = (away.deputy_id, away.manager_id)
            follows = next((one for one in nearest if one and one not in seen), None)
            if follows is None:
                return None
            away = self.away(follows, organisation)
            if away is None:
                return follows
            seen.add(follows)
        return None


def cover_on(day: date, among: QuerySet[Absence] | None = None) -> Cover:
    """Who is away that day. `among` limits the question; without it, everybody is asked about."""
    absences = Absence.objects.all() if among is None else among
    managers = Membership.objects.active(day).filter(person=OuterRef("membership__line_manager"))
    deputy_here = ExpressionWrapper(on_day(day, "deputy__"), output_field=BooleanField())
    rows = (
        absences.overlapping(day - BACK_FOR, day)  # type: ignore[attr-defined]
        .filter(on_day(day, "membership__"))
        .order_by()
        .annotate(
            here=deputy_here,
            active=F("deputy__person__is_active"),
            managed=Exists(managers),
        )
        .values_list(
            "pk",
            "membership__person",
            "membership__organisation",
            "membership__organisation__parent",
            "starts_on",
            "ends_on",
            "deputy__person",
            "membership__line_manager",
            "here",
            "active",
            "managed",
        )
    )
    return Cover((_away(row) for row in rows), day)


def _away(row: tuple[Any, ...]) -> Away:
    pk, person, at, above, first, last, deputy, manager, here, active, managed = row
    return Away(
        pk,
        person,
        at,
        above,
        first,
        last,
        deputy_id=deputy if here and active else None,
        manager_id=manager if managed else None,
    )
