"""The half-terms of a school's own year, in each of which an account is looked through."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.periods import Period, due_day, period_of, periods
from people.calendar import SchoolCalendar
from people.models import Closure, Organisation, Term

pytestmark = pytest.mark.once
SINCE = date(2026, 9, 10)


def school(**settings: Any) -> Organisation:
    return Organisation(pk=1, kind="school", name="Hill", settings=settings)


def year(at: Organisation, *halves: tuple[date, date]) -> SchoolCalendar:
    """An autumn and a spring term with these half-terms."""
    terms = [
        Term(organisation_id=1, name="Autumn", starts_on=date(2026, 9, 2),
             ends_on=date(2026, 12, 18)),
        Term(organisation_id=1, name="Spring", starts_on=date(2027, 1, 4),
             ends_on=date(2027, 3, 25)),
    ]  # fmt: skip
    closures = [
        Closure(organisation_id=1, kind="half_term", starts_on=first, ends_on=last)
        for first, last in halves
    ]
    return SchoolCalendar(at, terms=terms, closures=closures)


OCTOBER = (date(2026, 10, 26), date(2026, 10, 30))
FEBRUARY = (date(2027, 2, 15), date(2027, 2, 19))


def names(at: Organisation, days: SchoolCalendar) -> list[str]:
    return [one.name for one in periods(at, days)]


def test_a_year_falls_into_half_terms() -> None:
    at = school()
    found = list(periods(at, year(at, OCTOBER, FEBRUARY)))
    assert [one.name for one in found] == [
        "Autumn, first half", "Autumn, second half", "Spring, first half", "Spring, second half",
    ]  # fmt: skip
    assert found[0] == Period("Autumn, first half", date(2026, 9, 2), date(2026, 10, 25))
    assert found[1].starts_on == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("halves", "expected"),
    [
        ((), ["Autumn", "Spring"]),
        ((OCTOBER,), ["Autumn, first half", "Autumn, second half", "Spring"]),
        # Two weeks, entered week by week, are one half-term.
        (
            (OCTOBER, (date(2026, 11, 2), date(2026, 11, 6))),
            ["Autumn, first half", "Autumn, second half", "Spring"],
        ),
        # Half-term until the last day of term leaves nothing after it.
        (((date(2026, 12, 14), date(2026, 12, 18)),), ["Autumn", "Spring"]),
        (
            ((date(2026, 9, 28), date(2026, 9, 29)), OCTOBER),
            ["Autumn, first part", "Autumn, second part", "Autumn, third part", "Spring"],
        ),
    ],
)
def test_missing_and_odd_half_terms_fall_back_to_the_term(halves: Any, expected: list[str]) -> None:
    at = school()
    assert names(at, year(at, *halves)) == expected


def test_a_school_may_look_once_in_a_term() -> None:
    at = school(**{"accounts.check_every": "term"})
    assert names(at, year(at, OCTOBER, FEBRUARY)) == ["Autumn", "Spring"]


def test_it_is_due_on_the_fifteenth_school_day_or_the_last() -> None:
    at = school()
    days = year(at, OCTOBER)
    first, second, _ = periods(at, days)
    assert due_day(at, days, first) == date(2026, 9, 22)
    assert due_day(at, days, second) == date(2026, 11, 20)
    late = school(**{"accounts.check_within": 40})
    assert due_day(late, days, first) == date(2026, 10, 23)


def test_holidays_and_half_terms_ask_for_nothing() -> None:
    at = school()
    days = year(at, OCTOBER)
    for day in (date(2026, 10, 28), date(2026, 12, 27), date(2027, 4, 10), date(2026, 8, 1)):
        assert period_of(at, days, day, SINCE) is None


def test_without_terms_every_eight_weeks_are_counted_and_say_so() -> None:
    at = school()
    empty = SchoolCalendar(at, terms=[], closures=[])
    assert period_of(at, empty, SINCE - timedelta(days=1), SINCE) is None
    for later, begins in ((0, SINCE), (55, SINCE), (56, date(2026, 11, 5))):
        found = period_of(at, empty, SINCE + timedelta(days=later), SINCE)
        assert found is not None
        assert (found.starts_on, found.counted) == (begins, True)
        assert due_day(at, empty, found) == found.ends_on == begins + timedelta(days=55)
    # Long after the last term that is entered, the days are counted too.
    long_after = period_of(at, year(at), date(2028, 1, 10), SINCE)
    assert long_after is not None
    assert long_after.counted
