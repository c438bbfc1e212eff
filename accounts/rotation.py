"""Which passwords are to be changed, derived from facts (R1, E7).

Every verified change answers each cause before it, and the term its day lies in. So the latest one
of an account decides: a change after a leaver also serves that term.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from accounts.models import Rotation, RotationWaiver, SocialAccount
from accounts.rotation_facts import Cause, Facts, facts_of
from accounts.workflow import Status
from people.calendar import SchoolCalendar, calendars

if TYPE_CHECKING:
    from people.models import Organisation, Term

TERMLY = "termly"
LAST_DAY = date(9999, 1, 1)
# Accounts somebody signs in to in an ordinary term. A suspended one has a cause of its own.
USED = (Status.PILOT, Status.LIVE, Status.RESTRICTED)


class State(StrEnum):
    DUE = "due"
    ATTESTED = "attested"  # changed, says a runner; another has to try it


@dataclass(frozen=True, slots=True)
class Need:
    """One change that an account owes.

    `reason` is a `RotationCause.Reason`, or "termly". `estimated`: no term is entered, so the days
    are counted from the last change.
    """

    account_id: int
    reason: str
    occasion: str
    since: datetime
    due_at: datetime
    state: State
    attested_by: int | None = None
    rotation_id: int | None = None  # what waits to be tried
    estimated: bool = False

    @property
    def is_urgent(self) -> bool:
        return self.reason != TERMLY

    def is_overdue(self, now: datetime) -> bool:
        return self.due_at < now


def needs(
    accounts: Iterable[SocialAccount],
    now: datetime,
    years: Mapping[int, SchoolCalendar] | None = None,
) -> dict[int, list[Need]]:
    """What these accounts owe now, by the account's id, most urgent first. Three queries.

    One less for accounts that were read with their facts (`rotation_facts.fact_columns`), two less
    with their schools' years. Their organisations and those above have to be loaded with them.
    """
    rows = [row for row in accounts if row.status != Status.CLOSED]
    facts = facts_of(rows, now)
    if years is None:
        years = calendars({row.organisation_id: row.organisation for row in rows}.values())
    return {
        row.pk: needs_from(row, facts.get(row.pk, Facts()), years[row.organisation_id], now)
        for row in rows
    }


def needs_from(row: SocialAccount, done: Facts, year: SchoolCalendar, now: datetime) -> list[Need]:
    """What follows from these facts in that school's year, most urgent first."""
    owed = [_of_cause(row.pk, cause, done) for cause in done.causes if _open(cause, done)]
    if row.status in USED and not done.waived:
        owed += _of_term(row, year, done, now)
    return sorted(owed, key=lambda need: need.due_at)


def needs_of(account: SocialAccount, now: datetime) -> list[Need]:
    """What one account owes."""
    return needs([account], now).get(account.pk, [])


def verified_since(account: SocialAccount, moment: datetime) -> bool:
    """Whether its password was changed after that moment, and the new one tried."""
    changed = Rotation.objects.filter(account=account, verification__isnull=False)
    return changed.filter(changed_at__gt=moment).exists()


def _open(cause: Cause, done: Facts) -> bool:
    return done.verified is None or done.verified <= cause.since


def _of_cause(account: int, cause: Cause, done: Facts) -> Need:
    return Need(
        account_id=account,
        reason=cause.reason,
        occasion=f"account.rotate:{account}:cause:{cause.pk}",
        since=cause.since,
        due_at=cause.due_at,
        **_state(cause.since, done),
    )


def _state(since: datetime, done: Facts) -> dict[str, Any]:
    """Changed already, as somebody says? Only a change after the cause counts (E7)."""
    if done.said is not None and done.said.at > since:
        return {
            "state": State.ATTESTED, "attested_by": done.said.by, "rotation_id": done.said.pk,
        }  # fmt: skip
    return {"state": State.DUE}


def _of_term(
    row: SocialAccount, year: SchoolCalendar, done: Facts, now: datetime
) -> Iterator[Need]:
    at, today = row.organisation, now.astimezone(row.organisation.zone).date()
    began = first_day(row)
    if year.terms and today <= max(term.ends_on for term in year.terms):
        term = year.term_of(today)
        if term is None or began is None or began >= term.starts_on:
            return  # a holiday; or its first password is this term's
        since = start_of(term.starts_on, at)
        due = end_of(due_day(term, year, at, known_since=known_since(row)), at)
        key, estimated = f"term:{term.starts_on}", False
    else:
        if began is None:
            return
        counted_from = done.verified or start_of(known_since(row), at)
        days = timedelta(days=int(at.setting("accounts.days_without_terms")))
        since, due = counted_from + days / 2, counted_from + days
        key, estimated = f"days:{counted_from.date()}", True
        if since > now:
            return
    if not estimated and done.verified is not None and done.verified >= since:
        return
    yield Need(
        account_id=row.pk,
        reason=TERMLY,
        occasion=f"account.rotate:{row.pk}:{key}",
        since=since,
        due_at=due,
        estimated=estimated,
        **_state(since, done),
    )


def first_day(account: SocialAccount) -> date | None:
    """The first day it was in use."""
    days = [day for day in (account.pilot_from, account.live_on) if day is not None]
    return min(days, default=None)


def known_since(account: SocialAccount) -> date:
    """The day the portal came to know it: nobody is late for what was before."""
    entered = account.added_at.astimezone(account.organisation.zone).date()
    return max(first_day(account) or entered, entered)


def due_day(term: Term, year: SchoolCalendar, at: Organisation, *, known_since: date) -> date:
    """The day of that term by which passwords are changed: its tenth school day, or its last.

    For an account that was entered in the middle of the term, as many school days after that.
    """
    wanted = int(at.setting("accounts.rotation_school_day"))
    if known_since <= term.starts_on:
        return year.nth_school_day_of_term(term, wanted) or term.ends_on
    day = known_since
    while wanted and day < term.ends_on:
        day += timedelta(days=1)
        wanted -= year.is_school_day(day)
    return day


@dataclass(frozen=True, slots=True)
class Ended:
    """A term that an account went through without a verified change."""

    account_id: int
    term: Term


def missed(accounts: QuerySet[SocialAccount], now: datetime, back: timedelta) -> list[Ended]:
    """Terms that ended within that time, and that an account ended without a verified change (E9).

    Five queries; three on a day that follows no term's end. A waiver that covers the term's last
    day lets it go.
    """
    rows = list(accounts.filter(status__in=USED).select_related("organisation__parent"))
    years = calendars({row.organisation_id: row.organisation for row in rows}.values())
    ended = [
        (row, term)
        for row in rows
        for term in years[row.organisation_id].terms
        if _ended_within(row, term, now, back)
    ]
    if not ended:
        return []
    ids = {row.pk for row, _ in ended}
    since = min(start_of(term.starts_on, row.organisation) for row, term in ended)
    changed: dict[int, list[datetime]] = {}
    verified = Rotation.objects.filter(account__in=ids, verification__isnull=False)
    for pk, at in verified.filter(changed_at__gte=since).values_list("account", "changed_at"):
        changed.setdefault(pk, []).append(at)
    waivers: dict[int, list[tuple[date, date]]] = {}
    for pk, first, last in RotationWaiver.objects.filter(account__in=ids).values_list(
        "account", "starts_on", "ends_on"
    ):
        waivers.setdefault(pk, []).append((first, last))
    return [
        Ended(row.pk, term)
        for row, term in ended
        if _went_without(row, term, changed.get(row.pk, []), waivers.get(row.pk, []))
    ]


def _ended_within(row: SocialAccount, term: Term, now: datetime, back: timedelta) -> bool:
    today = now.astimezone(row.organisation.zone).date()
    return today - back <= term.ends_on < today and known_since(row) <= term.starts_on


def _went_without(
    row: SocialAccount, term: Term, changed: list[datetime], waivers: list[tuple[date, date]]
) -> bool:
    if any(first <= term.ends_on <= last for first, last in waivers):
        return False
    at = row.organisation
    start, end = start_of(term.starts_on, at), end_of(term.ends_on, at)
    return not any(start <= moment <= end for moment in changed)


def start_of(day: date, at: Organisation) -> datetime:
    return datetime.combine(day, time.min, tzinfo=at.zone)


def end_of(day: date, at: Organisation) -> datetime:
    # Whatever follows it has to lie in a calendar, too: somebody typed 31/12/9999 for "never".
    return datetime.combine(min(day, LAST_DAY), time(23, 59, 59), tzinfo=at.zone)
