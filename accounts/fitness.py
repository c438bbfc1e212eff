"""Who runs an account, and whether each of them is fit to today (A3, E3, E13)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import Runner
from governance.fitness import Fitness, fitness

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import SocialAccount
    from people.models import Organisation


@dataclass(frozen=True, slots=True)
class Running:
    """One runner of an account, and their fitness."""

    runner: Runner
    fitness: Fitness


def running(account: SocialAccount, on: date | None = None) -> list[Running]:
    """Its runners of that day, in six queries however many they are."""
    return running_of([account], account.organisation, on)[account.pk]


def running_of(
    accounts: Iterable[SocialAccount], organisation: Organisation, on: date | None = None
) -> dict[int, list[Running]]:
    """The same for many accounts of one school, by the account's id."""
    day = on or organisation.today()
    rows = list(
        Runner.objects.current(day)
        .filter(account__in=[account.pk for account in accounts])
        .select_related("person")
    )
    fit = fitness(sorted({row.person_id for row in rows}), organisation, day)
    found: dict[int, list[Running]] = defaultdict(list)
    for row in rows:
        found[row.account_id].append(Running(row, fit[row.person_id]))
    return found


def unfit_runners(account: SocialAccount) -> Iterator[str]:
    """A sentence for each thing that keeps one of its runners from running it."""
    for one in running(account):
        for reason in one.fitness.reasons:
            yield f"{one.runner.person}: {reason}"
