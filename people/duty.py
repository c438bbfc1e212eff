"""A duty: something one person owes by a date. Derived from facts each time; never stored.

It lives here, to the left of `notices`, because people owe duties too: an invitation to accept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from people.models import User
    from people.roles import Role

# Rows without which a person (an id) owes nothing that day.
Gate = Callable[[int, date], QuerySet[Any, Any]]
# Those whose duties are asked for: a queryset to be joined, or a few ids.
People = QuerySet["User"] | Sequence[int]


def among(people: People, column: str = "person") -> Q:
    """A condition for a source: the person in this column is one of these people.

    Says a batch's range of ids of the column itself, too: PostgreSQL does not conclude that from
    the subquery, and would begin with everybody (1,000,000 pairs for a batch of 4,000 people).
    """
    found = Q((f"{column}__in", people))
    if bounds := getattr(people, "bounds", None):
        found &= Q((f"{column}__gte", bounds[0]), (f"{column}__lt", bounds[1]))
    return found


@dataclass(frozen=True, slots=True)
class Duty:
    """Something one person owes by a date.

    kind: "policy.sign"; occasion: "policy.sign:412:7", the unique part of a notice's key.
    `line_manager_id` is whom the ladder tells first; `since` is the day the duty came into being.
    Until the end of `paused_until` nobody but the person is told of it; `note` is something they
    should know beside its title. `every_day_counts`: it cannot wait for the end of a holiday, so
    what a ladder counts in school days is counted in days.
    """

    kind: str
    occasion: str
    person_id: int
    organisation_id: int
    due_on: date
    title: str
    url: str
    line_manager_id: int | None = None
    since: date | None = None
    paused_until: date | None = None
    note: str = ""
    every_day_counts: bool = False

    def days_left(self, on: date) -> int:
        """Days until it is due; negative when overdue."""
        return (self.due_on - on).days


@dataclass(frozen=True, slots=True)
class DutySource:
    """One kind of duty. `owed(people, on)` yields what those people owe that day, in set queries.

    `people` is a queryset of users; the source joins it, and never loops over it with a query.
    `owed_by` answers the same for one person's id, for pages: sooner, where a source has it.
    Sources that share one say with it what is owed of all their kinds; a page asks it once.
    `gate` is for what few people owe: rows without which this person (an id) owes nothing of the
    kind that day. A page looks behind every gate in one query before it asks the sources.
    `roles`: nobody owes any without one of these roles that day, and the gate need not be asked.
    """

    kind: str
    label: str
    owed: Callable[[QuerySet[User], date], Iterator[Duty]]
    owed_by: Callable[[int, date], Iterator[Duty]] | None = None
    gate: Gate | None = None
    roles: Collection[Role] | None = None

    def of(self, person: User, on: date) -> Iterator[Duty]:
        """What this person owes that day."""
        if self.owed_by is not None:
            return (duty for duty in self.owed_by(person.pk, on) if duty.kind == self.kind)
        from people.models import User

        return self.owed(User.objects.filter(pk=person.pk), on)
