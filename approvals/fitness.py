"""Whether those who would run an account are fit to (A3): for the page, and for the decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.fitness import Fitness, fitness

if TYPE_CHECKING:
    from approvals.models import BusinessCase
    from people.models import User


@dataclass(frozen=True, slots=True)
class Proposed:
    """Somebody who would run the account, and their fitness."""

    person: User
    fitness: Fitness


def proposed(case: BusinessCase) -> list[Proposed]:
    """Each of them, in the order they were named. Five queries, however many they are."""
    people = [row.person for row in case.runners.select_related("person")]
    ids = [person.pk for person in people]
    found = fitness(ids, case.organisation, case.organisation.today())
    return [Proposed(person, found[person.pk]) for person in people]


def unfit(case: BusinessCase) -> Iterator[str]:
    """A sentence for each thing that keeps one of them from running it."""
    for one in proposed(case):
        for reason in one.fitness.reasons:
            yield f"{one.person}: {reason}"
