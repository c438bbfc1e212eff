"""What runners of accounts owe: changing a password, and trying what a colleague changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Runner, SocialAccount
from accounts.rotation import Need, State, needs
from accounts.workflow import IN_USE
from people.duty import Duty, DutySource, among
from people.models import Membership, User


def _moment(on: date) -> datetime:
    """Now, or noon of another day that is asked about."""
    now = timezone.now()
    return now if on == timezone.localdate(now) else datetime.combine(on, time(12), UTC)


def _runners(on: date) -> QuerySet[Runner]:
    return Runner.objects.current(on).filter(account__status__in=IN_USE)


def _runs_one(person: int, on: date) -> QuerySet[Any, Any]:
    return _runners(on).filter(person=person)


def _owed(
    people: QuerySet[User], on: date, state: State
) -> Iterator[tuple[Need, SocialAccount, Runner, int | None]]:
    """Each need in that state with each of these people who run the account, and their manager."""
    rows = _runners(on).filter(among(people))
    runners: dict[int, list[Runner]] = defaultdict(list)
    accounts: dict[int, SocialAccount] = {}
    for row in rows.select_related("account__organisation__parent"):
        runners[row.account_id].append(row)
        accounts[row.account_id] = row.account
    if not accounts:
        return
    found = needs(accounts.values(), _moment(on))
    managers = _managers({row.person_id for each in runners.values() for row in each}, on)
    for pk, owed in found.items():
        for need in owed:
            if need.state == state:
                for row in runners[pk]:
                    key = (row.person_id, row.account.organisation_id)
                    yield need, accounts[pk], row, managers.get(key)


def _managers(people: set[int], on: date) -> dict[tuple[int, int], int | None]:
    posts = Membership.objects.active(on).filter(person__in=people).order_by()
    rows = posts.values_list("person", "organisation", "line_manager")
    return {(person, place): manager for person, place, manager in rows}


def _to_change(people: QuerySet[User], on: date) -> Iterator[Duty]:
    for need, account, runner, manager in _owed(people, on, State.DUE):
        what = (
            "Look through who has access to" if account.on.has_roles else "Change the password of"
        )
        yield _duty("account.rotate", need, account, runner, manager, what, "accounts:changed", [])


def _to_try(people: QuerySet[User], on: date) -> Iterator[Duty]:
    for need, account, runner, manager in _owed(people, on, State.ATTESTED):
        if need.attested_by != runner.person_id and need.rotation_id is not None:
            yield _duty(
                "account.verify", need, account, runner, manager,
                "Try the new password of", "accounts:confirm", [need.rotation_id],
            )  # fmt: skip


def _duty(
    kind: str,
    need: Need,
    account: SocialAccount,
    runner: Runner,
    manager: int | None,
    what: str,
    route: str,
    more: list[int],
) -> Duty:
    at = account.organisation
    return Duty(
        kind=kind,
        occasion=f"{kind}:{need.occasion.partition(':')[2]}",
        person_id=runner.person_id,
        organisation_id=at.pk,
        due_on=need.due_at.astimezone(at.zone).date(),
        title=f"{what} “{account.name}”",
        url=reverse(route, args=[at.slug, account.pk, *more]),
        line_manager_id=manager,
        since=max(need.since.astimezone(at.zone).date(), runner.starts_on),
    )


ROTATING = DutySource("account.rotate", "Password to change", _to_change, gate=_runs_one)
VERIFYING = DutySource("account.verify", "Password to try", _to_try, gate=_runs_one)
