"""Which accounts are to be looked through, derived from facts; when they were last, and what of it
is still open (R3, R5, R9, R12, R13, R15, A10)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from accounts.models import AccountCheck, SocialAccount
from accounts.periods import Period, due_day, period_of, periods
from accounts.rotation import USED, known_since
from people.calendar import SchoolCalendar, calendars
from web.json_rows import AmongIds
from web.prepared import prepared

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The latest check of an account, and how much of what checks found is still open."""

    done_on: date | None = None
    period: str = ""
    by: str = ""
    open_findings: int = 0


def last_checks(accounts: Iterable[SocialAccount]) -> dict[int, LastCheck]:
    """The latest check of each account that ever had one, by the account's id. One query."""
    rows = _done(ids=json.dumps([account.pk for account in accounts]))
    found: dict[int, LastCheck] = {}
    for account, done_on, period, by, open_findings in rows:
        before = found[account].open_findings if account in found else 0
        found[account] = LastCheck(done_on, period, by, before + open_findings)
    return found


@prepared
def _done(*, ids: str) -> QuerySet[AccountCheck, tuple[int, date, str, str, int]]:
    """Every check of the accounts of these ids (a JSON list), and how much is open of each."""
    waiting = Count("findings", filter=Q(findings__dealt_with_at=None))
    return (
        AccountCheck.objects.filter(AmongIds("account", ids))
        .order_by("done_on", "pk")
        .annotate(waiting=waiting)
        .values_list("account", "done_on", "period", "by__name", "waiting")
    )


@dataclass(frozen=True, slots=True)
class CheckDue:
    """A check that nobody has done in the present half-term."""

    account_id: int
    period: Period
    due_on: date

    def is_overdue(self, on: date) -> bool:
        return self.due_on < on


def checks_due(
    accounts: Iterable[SocialAccount],
    now: datetime,
    *,
    years: Mapping[int, SchoolCalendar] | None = None,
    last: Mapping[int, LastCheck] | None = None,
) -> dict[int, CheckDue]:
    """Those of these accounts that are still to be looked through. Three queries.

    None with their schools' years and their last checks. Their organisations and those above have
    to be loaded with them. An account that came after the due day waits for the next half-term.
    """
    rows = [row for row in accounts if row.status in USED]
    if years is None:
        years = calendars({row.organisation_id: row.organisation for row in rows}.values())
    present: dict[int, CheckDue] = {}
    for row in rows:
        if due := in_period(row, years[row.organisation_id], now):
            present[row.pk] = due
    last = last_checks(rows) if last is None else last
    return {pk: due for pk, due in present.items() if not _is_done(due, last.get(pk))}


def check_due(account: SocialAccount, now: datetime) -> CheckDue | None:
    """What one account owes."""
    return checks_due([account], now).get(account.pk)


def present_period(row: SocialAccount, year: SchoolCalendar, now: datetime) -> Period | None:
    """The half-term that it is now at that account's school; None between two of them."""
    at = row.organisation
    return period_of(at, year, now.astimezone(at.zone).date(), known_since(row))


def in_period(row: SocialAccount, year: SchoolCalendar, now: datetime) -> CheckDue | None:
    """The check that this half-term asks for, done or not; None where it asks for none."""
    period = present_period(row, year, now)
    if period is None:
        return None
    due_on = due_day(row.organisation, year, period)
    return CheckDue(row.pk, period, due_on) if known_since(row) <= due_on else None


def _is_done(due: CheckDue, last: LastCheck | None) -> bool:
    done_on = last.done_on if last else None
    return done_on is not None and done_on >= due.period.starts_on


def missed_checks(
    account: SocialAccount, year: SchoolCalendar, done: Collection[date], now: datetime
) -> list[Period]:
    """Half-terms of the last year that this account went through without a check, newest first.

    `done`: the days on which it was looked through.
    """
    if account.status not in USED:
        return []
    at, since = account.organisation, known_since(account)
    today = now.astimezone(at.zone).date()
    found = [
        period
        for period in periods(at, year)
        if period.ends_on < today
        and max(since, today - YEAR) <= due_day(at, year, period)
        and not any(day in period for day in done)
    ]
    return found[::-1]


def in_words(due: CheckDue, on: date) -> str:
    """ "due by 3 November", "overdue since 3 November"."""
    day = f"{due.due_on.day} {due.due_on:%B}"
    return f"overdue since {day}" if due.is_overdue(on) else f"due by {day}"
