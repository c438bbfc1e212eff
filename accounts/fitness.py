"""Who runs an account, and whether each of them is fit to today (A3, E3, E13)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from accounts.models import Runner
from governance.fitness import Fitness, fitness, judged, training_rows
from governance.obligations import owed, rows_of
from web.json_rows import AmongIds
from web.prepared import prepared

if TYPE_CHECKING:
    from accounts.models import SocialAccount
    from people.models import Organisation


@dataclass(frozen=True, slots=True)
class Running:
    """One runner of an account, and their fitness."""

    runner: Runner
    fitness: Fitness


def running(account: SocialAccount, on: date | None = None) -> list[Running]:
    """Its runners of that day, in four queries however many they are."""
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


def running_among(
    account: SocialAccount, rows: Iterable[Runner], here: Container[int], on: date
) -> list[Running]:
    """Those of these rows who run it that day, for a page that has read them: two queries.

    `here` are those of them who have a post at the school. The queries are compiled once.
    """
    current = [row for row in rows if row.is_on(on) and row.person.is_active]
    at, people = account.organisation, {row.person_id for row in current}
    fit = judged(
        people,
        at,
        on,
        here=here,
        unsigned=_unsigned(user_ids=json.dumps(sorted(people)), organisation_id=at.pk, on=on),
        trained=_trained(account_id=account.pk, organisation_id=at.pk, on=on),
    )
    return [Running(row, fit[row.person_id]) for row in current]


def _people(account_id: int, on: date) -> QuerySet[Any, Any]:
    return Runner.objects.current(on).filter(account=account_id).order_by().values("person")


@prepared
def _unsigned(*, user_ids: str, organisation_id: int, on: date) -> QuerySet[Any, Any]:
    """By their ids: asked for the runners of an account, it begins with all of the school."""
    return rows_of(owed(on).filter(AmongIds("person", user_ids), organisation=organisation_id))


@prepared
def _trained(*, account_id: int, organisation_id: int, on: date) -> QuerySet[Any, Any]:
    return training_rows(_people(account_id, on), organisation_id)


def unfit_runners(account: SocialAccount) -> Iterator[str]:
    """A sentence for each thing that keeps one of its runners from running it."""
    for one in running(account):
        for reason in one.fitness.reasons:
            yield f"{one.runner.person}: {reason}"
