"""The half-terms of a school: the stretches of its year in each of which something is looked at.

Derived from the school's own terms and half-terms. A term without a half-term is one stretch;
where no term is entered, a stretch is so many days, and says that it is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from people.calendar.days import DAY, HORIZON_DAYS, SchoolCalendar, days_of
from people.models import Closure

if TYPE_CHECKING:
    from people.models import Organisation, Term

HALF_TERM = "half_term"
PARTS = {2: ("first half", "second half"), 3: ("first part", "second part", "third part")}


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch, first and last day included. `counted`: no term is entered for these days."""

    name: str
    starts_on: date
    ends_on: date
    counted: bool = False

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


def period_of(at: Organisation, year: SchoolCalendar, day: date, since: date) -> Period | None:
    """The stretch a day lies in; None between two of them. `since`: where counting begins."""
    if not _is_planned(year, day):
        return _counted(at, day, since)
    term = year.term_of(day)
    parts = _parts(at, year, term) if term else ()
    return next((one for one in parts if day in one), None)


def periods(at: Organisation, year: SchoolCalendar) -> Iterator[Period]:
    """Those of every term that is entered, in the order of the year."""
    for term in year.terms:
        yield from _parts(at, year, term)


def _parts(at: Organisation, year: SchoolCalendar, term: Term) -> Iterator[Period]:
    if at.setting("accounts.check_every") == HALF_TERM:
        yield from _halves(term, year)
    else:
        yield Period(term.name, term.starts_on, term.ends_on)


def due_day(at: Organisation, year: SchoolCalendar, period: Period) -> date:
    """The day by which something is looked at in it: its fifteenth school day, or its last."""
    if period.counted:
        return period.ends_on
    left = int(at.setting("accounts.check_within"))
    last = period.starts_on
    for day in days_of(period.starts_on, period.ends_on):
        if year.is_school_day(day):
            last, left = day, left - 1
        if left == 0:
            break
    return last


def _is_planned(year: SchoolCalendar, day: date) -> bool:
    """Whether the school's year says what this day is: in a term, or in a holiday between two."""
    near = timedelta(days=HORIZON_DAYS)
    return any(term.starts_on - near <= day <= term.ends_on + near for term in year.terms)


def _counted(at: Organisation, day: date, since: date) -> Period | None:
    if day < since:
        return None
    length = int(at.setting("accounts.check_days_without_terms"))
    first = since + (day - since).days // length * timedelta(days=length)
    name = f"{length} days from {first.day} {first:%B %Y}"
    return Period(name, first, first + timedelta(days=length - 1), counted=True)


def _halves(term: Term, year: SchoolCalendar) -> Iterator[Period]:
    spans = [span for span in _between(term, year) if _has_school(year, *span)]
    words = PARTS.get(len(spans), ())
    for n, (first, last) in enumerate(spans):
        part = words[n] if words else f"part {n + 1}"
        yield Period(term.name if len(spans) == 1 else f"{term.name}, {part}", first, last)


def _between(term: Term, year: SchoolCalendar) -> Iterator[tuple[date, date]]:
    """The days of a term before, between and after its half-terms.

    Two weeks that are entered one by one have no school between them: `_halves` drops that.
    """
    first = term.starts_on
    for starts_on, ends_on in _half_terms(term, year):
        yield first, starts_on - DAY
        first = max(first, ends_on + DAY)
    yield first, term.ends_on


def _half_terms(term: Term, year: SchoolCalendar) -> Iterator[tuple[date, date]]:
    for one in year.closures:
        is_inside = one.starts_on <= term.ends_on and one.ends_on >= term.starts_on
        if one.kind == Closure.Kind.HALF_TERM and is_inside:
            yield one.starts_on, one.ends_on


def _has_school(year: SchoolCalendar, first: date, last: date) -> bool:
    return any(map(year.is_school_day, days_of(first, last)))
