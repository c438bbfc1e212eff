"""What written dates mean: which year, and whether such days exist.

A span has one reading when all is well. Where a weekday does not fit its date it has several, and
a person chooses.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from people.year_import.dates import MONTHS, WEEKDAYS, Written

AUGUST = 8
YEARS_BACK, YEARS_AHEAD = 3, 6
MOST_READINGS = 5
LEAP = 2028
NO_YEAR = "The year is missing. Write it in the list, or choose the school year above the list."


@dataclass(frozen=True)
class Span:
    """First and last day, in each way in which they can be read. None where there is a problem."""

    readings: tuple[tuple[date, date], ...] = ()
    doubts: tuple[str, ...] = ()  # why somebody has to choose a reading
    notes: tuple[str, ...] = ()
    problem: str = ""


@dataclass
class Years:
    """What is known of the year while a list is read from top to bottom.

    `starts` is the year of its September: 2026 for 2026/27. `today` bounds what is believed.
    """

    today: date
    starts: int | None = None
    chosen: int | None = None  # on the page, for lists that do not say

    def known(self) -> int | None:
        return self.starts if self.starts is not None else self.chosen


def year_of(day: date) -> int:
    """The school year of a day, by the year in which it begins; it may do so in August."""
    return day.year if day.month >= AUGUST else day.year - 1


def read(first: Written, last: Written | None, starts: int | None, today: date) -> Span:
    """What one date, or the span between two, means. `starts` is the school year, where known."""
    last = last or first
    for one in (first, last):
        if problem := _impossible(one):
            return Span(problem=problem)
    years = _years(first, last, starts)
    if years is None:
        return Span(problem=NO_YEAR)
    for one, year in zip((first, last), years, strict=True):
        if problem := _unlikely(one, year, today):
            return Span(problem=problem)
    begins, ends = date(years[0], first.month, first.day), date(years[1], last.month, last.day)
    doubts = tuple(_doubts((first, begins), (last, ends)))
    if not doubts and ends < begins:
        return Span(problem="The last day is before the first.")
    notes = tuple(
        f"Its year is written with two digits and was read as {one.year}."
        for one in ((first,) if first is last else (first, last))
        if one.short_year
    )
    if not doubts:
        return Span(((begins, ends),), notes=notes[:1])
    readings = tuple(_readings(first, begins, last, ends))[:MOST_READINGS]
    if not readings:
        return Span(problem=" ".join(doubts) + " No days near them fit.")
    return Span(readings, doubts, notes[:1])


def _impossible(one: Written) -> str:
    """Why there is no such day in any year."""
    if not 1 <= one.month <= len(MONTHS):
        return (
            f"{one.day}/{one.month} is not a date: there is no month {one.month}. Day comes first."
        )
    days = calendar.monthrange(LEAP, one.month)[1]
    if not 1 <= one.day <= days:
        month = MONTHS[one.month - 1].title()
        return f"There is no {one.day} {month}: {month} has {days} days."
    return ""


def _unlikely(one: Written, year: int, today: date) -> str:
    """Why the day does not exist that year, or is too far away to be meant."""
    if not today.year - YEARS_BACK <= year <= today.year + YEARS_AHEAD:
        return f"The year {year} is too far away. Check it."
    if one.day > calendar.monthrange(year, one.month)[1]:
        month = MONTHS[one.month - 1].title()
        return f"There is no {one.day} {month} in {year}."
    return ""


def _years(first: Written, last: Written, starts: int | None) -> tuple[int, int] | None:
    """The years of both days: as written, else by each other, else by the school year."""
    wraps = (last.month, last.day) < (first.month, first.day)
    if first.year is not None and last.year is not None:
        return first.year, last.year
    if first.year is not None:
        return first.year, first.year + wraps
    if last.year is not None:
        return last.year - wraps, last.year
    if starts is None:
        return None
    # A school year may begin in August, and its last holiday ends then.
    begins = starts if first.month >= AUGUST else starts + 1
    return begins, begins + wraps


def _doubts(*days: tuple[Written, date]) -> Iterator[str]:
    told = set()
    for one, day in days:
        if one.weekday is not None and day.weekday() != one.weekday and day not in told:
            told.add(day)
            yield f"{one.words(day.year)} is a {WEEKDAYS[day.weekday()].title()}."


def _readings(
    first: Written, begins: date, last: Written, ends: date
) -> Iterator[tuple[date, date]]:
    """Days that might have been meant, the likeliest first."""
    if first is last:
        yield from ((day, day) for day in _near(first, begins))
        return
    for pair in product(_near(first, begins), _near(last, ends)):
        if pair[0] <= pair[1]:
            yield pair


def _near(one: Written, day: date) -> list[date]:
    """The day as it is written, the nearest with its weekday, and the same day a year away."""
    if one.weekday is None or one.weekday == day.weekday():
        return [day]
    ahead = (one.weekday - day.weekday()) % 7
    nearest = day + timedelta(days=ahead if ahead <= 3 else ahead - 7)
    found = [day, nearest]
    for year in (day.year - 1, day.year + 1):
        if (one.month, one.day) != (2, 29):
            other = day.replace(year=year)
            found += [other] if other.weekday() == one.weekday else []
    return found
