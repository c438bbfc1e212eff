"""What runners of accounts owe beside their passwords: looking the account through.

The source itself stands in `accounts/duties.py`: a page asks for all that a runner owes at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.checks import CheckDue, checks_due, in_period
from accounts.models import AccountCheck, Runner
from accounts.owing import line_manager, moment_of
from accounts.rotation import USED
from people.calendar import SchoolCalendar
from people.duty import Duty, among
from people.models import User

KIND = "account.check"


def _runners(on: date) -> QuerySet[Any, Any]:
    """Who runs an account that is looked through, with their line manager there."""
    return (
        Runner.objects.current(on)
        .filter(account__status__in=USED)
        .select_related("account__organisation__parent")
        .annotate(manager=line_manager(on))
    )


def owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """Every runner of an account owes its check, until one of them has done it."""
    rows = list(_runners(on).filter(among(people)))
    due = checks_due({row.account_id: row.account for row in rows}.values(), moment_of(on))
    return _duties((row, due[row.account_id]) for row in rows if row.account_id in due)


def checked_on() -> dict[str, Any]:
    """An annotation of a runner's row: the day on which the account was last looked through."""
    checks = AccountCheck.objects.filter(account=OuterRef("account")).order_by("-done_on")
    return {"checked_on": Subquery(checks.values("done_on")[:1])}


def of_row(row: Any, year: SchoolCalendar, at: datetime) -> Iterator[Duty]:
    """What a runner's row with that annotation, and `manager`, owes. No query."""
    if row.account.status not in USED:
        return
    due = in_period(row.account, year, at)
    if due is not None and (row.checked_on is None or row.checked_on < due.period.starts_on):
        yield from _duties([(row, due)])


def _duties(found: Iterable[tuple[Any, CheckDue]]) -> Iterator[Duty]:
    for row, due in found:
        account, at = row.account, row.account.organisation
        yield Duty(
            kind=KIND,
            occasion=f"{KIND}:{account.pk}:{due.period.starts_on}",
            person_id=row.person_id,
            organisation_id=at.pk,
            due_on=due.due_on,
            title=f"Look “{account.name}” through",
            url=reverse("accounts:check_do", args=[at.slug, account.pk]),
            line_manager_id=row.manager,
            since=max(due.period.starts_on, row.starts_on),
            note="" if due.period.counted else due.period.name,
        )
