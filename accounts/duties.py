"""What runners of accounts owe: changing a password, trying what a colleague changed, and looking
the account through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts import check_duties
from accounts.models import Runner, SocialAccount
from accounts.owing import line_manager, moment_of
from accounts.rotation import Need, State, needs, needs_from
from accounts.rotation_facts import Facts, fact_columns
from accounts.workflow import IN_USE
from people.calendar.rows import calendar_of, year_columns
from people.duty import Duty, DutySource, among
from people.models import Membership, User
from web.prepared import prepared


def _runners(on: date) -> QuerySet[Runner]:
    return Runner.objects.current(on).filter(account__status__in=IN_USE)


def _runs_one(person: int, on: date) -> QuerySet[Any, Any]:
    return _runners(on).filter(person=person)


def _owed(people: QuerySet[User], on: date) -> Iterator[tuple[Need, Runner, int | None]]:
    """Each need with each of these people who run its account, and their line manager."""
    runners: dict[int, list[Runner]] = defaultdict(list)
    accounts: dict[int, SocialAccount] = {}
    for row in _runners(on).filter(among(people)).select_related("account__organisation__parent"):
        runners[row.account_id].append(row)
        accounts[row.account_id] = row.account
    if not accounts:
        return
    managers = _managers({row.person_id for each in runners.values() for row in each}, on)
    for pk, owed in needs(accounts.values(), moment_of(on)).items():
        for need in owed:
            for row in runners[pk]:
                yield need, row, managers.get((row.person_id, accounts[pk].organisation_id))


def _managers(people: set[int], on: date) -> dict[tuple[int, int], int | None]:
    posts = Membership.objects.active(on).filter(person__in=people).order_by()
    rows = posts.values_list("person", "organisation", "line_manager")
    return {(person, place): manager for person, place, manager in rows}


@prepared
def _run_by(*, person_id: int, on: date, at: datetime) -> QuerySet[Any, Any]:
    """What one person runs, with all that decides what its password needs: one query."""
    return (
        _runners(on)
        .filter(person=person_id)
        .select_related("account__organisation__parent")
        .annotate(
            manager=line_manager(on),
            **check_duties.checked_on(),
            **fact_columns(at, on, "account"),
            **year_columns("account__organisation"),
        )
    )


def _owed_by(person: int, on: date) -> Iterator[Duty]:
    """Every kind of duty, for a page."""
    at = moment_of(on)
    for row in _run_by(person_id=person, on=on, at=at):
        account = row.account
        year = calendar_of(account.organisation, row)
        for need in needs_from(account, Facts.of(row), year, at):
            yield from _of_need(need, row, row.manager, on)
        yield from check_duties.of_row(row, year, at)


def _to_change(people: QuerySet[User], on: date) -> Iterator[Duty]:
    return (duty for duty in _of_all(people, on) if duty.kind == ROTATING.kind)


def _to_try(people: QuerySet[User], on: date) -> Iterator[Duty]:
    return (duty for duty in _of_all(people, on) if duty.kind == VERIFYING.kind)


def _of_all(people: QuerySet[User], on: date) -> Iterator[Duty]:
    for need, runner, manager in _owed(people, on):
        yield from _of_need(need, runner, manager, on)


def _of_need(need: Need, runner: Runner, manager: int | None, on: date) -> Iterator[Duty]:
    """What this need asks of this runner: to change it, or to try what a colleague changed.

    Nothing of whoever stops today: the new password is not for them (`services/rotations.py`).
    """
    if runner.ends_on is not None and runner.ends_on <= on:
        return
    if need.state == State.DUE:
        what = "Look through who has access to" if runner.account.on.has_roles else (
            "Change the password of"
        )  # fmt: skip
        yield _duty("account.rotate", need, runner, manager, what, "accounts:changed", [])
    elif need.attested_by != runner.person_id and need.rotation_id is not None:
        yield _duty(
            "account.verify", need, runner, manager,
            "Try the new password of", "accounts:confirm", [need.rotation_id],
        )  # fmt: skip


def _duty(
    kind: str,
    need: Need,
    runner: Runner,
    manager: int | None,
    what: str,
    route: str,
    more: list[int],
) -> Duty:
    account, at = runner.account, runner.account.organisation
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
        every_day_counts=need.is_urgent,
    )


ROTATING = DutySource(
    "account.rotate", "Password to change", _to_change, owed_by=_owed_by, gate=_runs_one
)
VERIFYING = DutySource(
    "account.verify", "Password to try", _to_try, owed_by=_owed_by, gate=_runs_one
)
CHECKING = DutySource(
    check_duties.KIND,
    "Account to look through",
    check_duties.owed,
    owed_by=_owed_by,
    gate=_runs_one,
)
