"""The clocks of a case: from when each runs, when it is due, and when half of it is over.

Derived from facts, never stored: a worker that was away for a week finds every stage that fell
meanwhile. Red and what counts in elapsed hours ignores nights and holidays; the rest runs in the
school's own hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from incidents.kinds import Body, Level
from incidents.workflow import OPEN, Status
from incidents.workflow_parts import REFERRAL_UNDECIDED
from people.calendar.hours import SchoolClock

if TYPE_CHECKING:
    from incidents.models import Case, DataBreach, Referral, Takedown

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RED = HOUR
AMBER = 4 * HOUR
TAKEDOWN = 24 * HOUR
BREACH = 72 * HOUR
STAGES = (50, 100, 150)

FIRST, WORK, ASK, GONE, ICO, LADO = "first", "work", "ask", "gone", "ico", "lado"
LABELS = {
    FIRST: "To be assessed",
    WORK: "Work to begin",
    ASK: "Removal to be asked for",
    GONE: "To be removed",
    ICO: "To be reported to the ICO, or not",
    LADO: "To be decided whether the LADO is told",
}


@dataclass(frozen=True, slots=True)
class Running:
    """One clock that has not stopped: `due_at` and the moments of its stages."""

    name: str
    since: datetime
    due_at: datetime
    stages: tuple[tuple[int, datetime], ...]

    @property
    def label(self) -> str:
        return LABELS[self.name.partition("-")[0]]

    def passed(self, now: datetime) -> list[int]:
        """The stages that have fallen by now, in percent."""
        return [percent for percent, at in self.stages if at <= now]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the clocks of one case are derived from."""

    case: Case
    takedowns: Iterable[Takedown] = ()
    breaches: Iterable[DataBreach] = ()
    referrals: Iterable[Referral] = ()


def facts_of(case: Case) -> Facts:
    """Three queries; lists prefetch `takedowns`, `breaches` and `referrals` instead."""
    return Facts(case, case.takedowns.all(), case.breaches.all(), case.referrals.all())


def running(facts: Facts, hours: SchoolClock) -> list[Running]:
    """Every clock of the case that still runs, the one that is due first first."""
    return sorted(_running(facts, hours), key=lambda one: one.due_at)


def _running(facts: Facts, hours: SchoolClock) -> Iterator[Running]:
    case = facts.case
    if case.status == Status.SUBMITTED:
        yield by_level(FIRST, case.reported_at, case.clock, hours)
    if case.status == Status.TRIAGED and case.triaged_at is not None:
        yield by_level(WORK, case.triaged_at, case.severity, hours)
    if case.status not in OPEN:
        return
    for takedown in facts.takedowns:
        if takedown.ended_at is None:
            yield _of_takedown(takedown)
    yield from (
        elapsed(ICO, breach.aware_at, BREACH)
        for breach in facts.breaches
        if breach.decided_at is None
    )
    for referral in facts.referrals:
        if referral.body == Body.LADO and referral.status in REFERRAL_UNDECIDED:
            # Staff who are at work in the holidays decide it then.
            working = SchoolClock(case.organisation, hours.calendar, working_days=True)
            yield next_day(LADO, referral.added_at, working)


def _of_takedown(takedown: Takedown) -> Running:
    """A day to ask for it, and from then on a day until it is gone."""
    if takedown.requested_at is None:
        return elapsed(f"{ASK}-{takedown.pk}", takedown.needed_at, TAKEDOWN)
    return elapsed(f"{GONE}-{takedown.pk}", takedown.requested_at, TAKEDOWN)


def by_level(name: str, since: datetime, level: str, hours: SchoolClock) -> Running:
    """Red: one hour, whatever the day. Amber: four school hours. Else: the next school day."""
    if level == Level.RED:
        return elapsed(name, since, RED)
    if level == Level.AMBER:
        return in_school_hours(name, since, AMBER, hours)
    return next_day(name, since, hours)


def elapsed(name: str, since: datetime, lasts: timedelta) -> Running:
    """Hours are hours, also in the night on which the clock changes: sums are made in UTC."""
    since = since.astimezone(UTC)
    stages = tuple((percent, since + lasts * percent / 100) for percent in STAGES)
    return Running(name, since, since + lasts, stages)


def in_school_hours(name: str, since: datetime, lasts: timedelta, hours: SchoolClock) -> Running:
    """In the hours in which the school is open. Where its year is not known, hours are hours."""
    moments = [hours.add_school_hours(since, lasts * percent / 100) for percent in STAGES]
    known = [at for at in moments if at is not None]
    if len(known) < len(STAGES):
        return elapsed(name, since, lasts)
    return Running(name, since, known[1], tuple(zip(STAGES, known, strict=True)))


def next_day(name: str, since: datetime, hours: SchoolClock) -> Running:
    """By the end of the next day that this clock counts."""
    day = since.astimezone(hours.zone).date()
    for _ in range(120):
        day += DAY
        if hours.counts(day):
            closes = hours.hours_of(day)[1]
            lasts = hours.school_hours_between(since, closes)
            return in_school_hours(name, since, lasts, hours)
    return elapsed(name, since, DAY)
