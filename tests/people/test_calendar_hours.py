"""School hours between two moments, against a slow clock that walks minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people.calendar import SchoolCalendar
from people.calendar.hours import SchoolClock
from people.models import Closure, Organisation, Term

pytestmark = pytest.mark.once
LONDON = ZoneInfo("Europe/London")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HALF_TERM, INSET, CLOSED = Closure.Kind.HALF_TERM, Closure.Kind.INSET, Closure.Kind.CLOSED


def calendar_of(
    school: Organisation,
    terms: list[tuple[date, date]],
    closures: list[tuple[Closure.Kind, date, date]],
) -> SchoolCalendar:
    return SchoolCalendar(
        school,
        terms=[Term(organisation=school, starts_on=a, ends_on=b) for a, b in terms],
        closures=[
            Closure(organisation=school, kind=kind, starts_on=a, ends_on=b)
            for kind, a, b in closures
        ],
    )


YEAR = (
    [
        (date(2026, 9, 1), date(2026, 12, 18)),
        (date(2027, 1, 4), date(2027, 4, 1)),
        (date(2027, 4, 19), date(2027, 7, 21)),
    ],
    [
        (INSET, date(2026, 9, 1), date(2026, 9, 1)),
        (HALF_TERM, date(2026, 10, 26), date(2026, 10, 30)),
    ],
)


def school_with(zone: str = "Europe/London", **hours: str) -> Organisation:
    set_hours = {f"people.day_{name}": value for name, value in hours.items()}
    return Organisation(pk=1, kind="school", nation="ENG", time_zone=zone, settings=set_hours)


def clock(**kwargs: bool) -> SchoolClock:
    school = school_with()
    return SchoolClock(school, calendar_of(school, *YEAR), **kwargs)


def at(*parts: int, zone: ZoneInfo = LONDON) -> datetime:
    return datetime(*parts, tzinfo=zone)  # type: ignore[misc]


def test_a_report_on_friday_evening_has_no_school_hours_until_monday() -> None:
    ours = clock()
    friday_evening, monday = at(2026, 9, 11, 18), at(2026, 9, 14, 8, 30)
    assert ours.school_hours_between(friday_evening, monday) == timedelta(0)
    assert ours.school_hours_between(friday_evening, monday + 90 * MINUTE) == 90 * MINUTE
    assert ours.add_school_hours(friday_evening, 2 * HOUR) == at(2026, 9, 14, 10, 30)


def test_a_full_day_has_seven_and_a_half_hours_and_a_deadline_may_be_its_last_moment() -> None:
    ours = clock()
    assert ours.school_hours_between(at(2026, 9, 14), at(2026, 9, 15)) == 7.5 * HOUR
    assert ours.add_school_hours(at(2026, 9, 14, 8, 30), 7.5 * HOUR) == at(2026, 9, 14, 16)
    assert ours.add_school_hours(at(2026, 9, 14, 8, 30), 8 * HOUR) == at(2026, 9, 15, 9)


def test_half_term_counts_for_nobody_and_an_inset_day_for_staff_only() -> None:
    before, after = at(2026, 10, 23, 15), at(2026, 11, 2, 9)
    assert clock().school_hours_between(before, after) == 1.5 * HOUR
    assert clock(working_days=True).school_hours_between(before, after) == 1.5 * HOUR
    inset = at(2026, 9, 1, 9), at(2026, 9, 1, 12)
    assert clock().school_hours_between(*inset) == timedelta(0)
    assert clock(working_days=True).school_hours_between(*inset) == 3 * HOUR


def test_in_the_holidays_only_those_employed_all_year_have_hours() -> None:
    easter = at(2027, 4, 6), at(2027, 4, 7)
    assert clock(working_days=True).school_hours_between(*easter) == 7.5 * HOUR
    term_time = clock(working_days=True, term_time_only=True)
    assert term_time.school_hours_between(*easter) == timedelta(0)
    assert term_time.add_school_hours(at(2027, 4, 1, 15), 2 * HOUR) == at(2027, 4, 19, 9, 30)


@pytest.mark.demand("G5")
@pytest.mark.parametrize(
    ("friday", "monday"),
    [
        (at(2027, 3, 26, 12), at(2027, 3, 29, 12)),  # forward; both are bank holidays
        (at(2026, 10, 23, 12), at(2026, 10, 26, 12)),  # back; half-term begins
        (at(2024, 3, 29, 12), at(2024, 4, 1, 12)),
    ],
)
def test_a_weekend_with_a_clock_change_is_an_hour_longer_or_shorter_but_not_in_school_hours(
    friday: datetime, monday: datetime
) -> None:
    school = school_with()
    every_weekday = SchoolClock(school, calendar_of(school, [], []))
    expected = slowly(every_weekday, friday, monday)
    assert every_weekday.school_hours_between(friday, monday) == expected
    assert (monday.astimezone(UTC) - friday.astimezone(UTC)) != 3 * DAY


@pytest.mark.demand("G5")
def test_after_the_clock_changes_school_still_begins_at_half_past_eight() -> None:
    school = school_with()
    ours = SchoolClock(school, calendar_of(school, [], []))
    autumn = ours.add_school_hours(at(2026, 10, 23, 15), 2 * HOUR)
    assert autumn == at(2026, 10, 26, 9, 30)
    assert autumn.astimezone(UTC).hour == 9, "winter time"
    spring = ours.add_school_hours(at(2028, 3, 24, 15), 2 * HOUR)
    assert spring == at(2028, 3, 27, 9, 30)
    assert spring.astimezone(UTC).hour == 8, "summer time"


@pytest.mark.demand("G5")
def test_the_29th_of_february_has_its_hours() -> None:
    school = school_with()
    ours = SchoolClock(school, calendar_of(school, [], []))
    assert ours.school_hours_between(at(2028, 2, 28, 16), at(2028, 3, 1)) == 7.5 * HOUR
    assert ours.add_school_hours(at(2028, 2, 28, 16), HOUR) == at(2028, 2, 29, 9, 30)
    assert ours.school_hours_between(at(2027, 2, 28), at(2027, 3, 1)) == timedelta(0), "a Sunday"


def test_where_the_year_ahead_is_not_entered_no_moment_is_made_up() -> None:
    assert clock().add_school_hours(at(2027, 7, 21, 15), 2 * HOUR) is None
    assert clock().add_school_hours(at(2027, 7, 21, 15), HOUR) == at(2027, 7, 21, 16)
    everybody = clock(working_days=True)
    assert everybody.add_school_hours(at(2027, 7, 21, 15), 2 * HOUR) == at(2027, 7, 22, 9, 30)


def test_no_time_is_no_time_and_never_less() -> None:
    ours, night = clock(), at(2026, 9, 12, 3)
    assert ours.add_school_hours(night, timedelta(0)) == night
    assert ours.school_hours_between(night, night - DAY) == timedelta(0)
    with pytest.raises(ValueError, match="taken away"):
        ours.add_school_hours(night, -HOUR)
    with pytest.raises(ValueError, match="zone"):
        ours.school_hours_between(datetime(2026, 9, 1), night)


def test_a_school_may_set_its_hours_and_a_moment_may_come_from_elsewhere() -> None:
    school = school_with(opens="08:45", closes="15:15")
    ours = SchoolClock(school, calendar_of(school, *YEAR))
    assert ours.school_hours_between(at(2026, 9, 14), at(2026, 9, 15)) == 6.5 * HOUR
    sydney = at(2026, 9, 14, 23, zone=ZoneInfo("Australia/Sydney"))  # 14:00 in London
    assert ours.add_school_hours(sydney, 2 * HOUR) == at(2026, 9, 15, 9, 30)


def test_the_day_is_the_schools_own_and_not_the_servers() -> None:
    school = school_with("Pacific/Auckland")
    ours = SchoolClock(school, calendar_of(school, [], []))
    evening = at(2026, 9, 14, 20, zone=ZoneInfo("UTC"))  # Tuesday, 8:00 in Auckland
    assert ours.school_hours_between(evening, evening + 2 * HOUR) == 1.5 * HOUR
    friday = at(2026, 9, 18, 20, zone=ZoneInfo("UTC"))  # Saturday there
    assert ours.school_hours_between(friday, friday + 2 * HOUR) == timedelta(0)


def test_working_days_are_counted_after_the_first_and_with_the_last() -> None:
    school = school_with()
    days = calendar_of(school, *YEAR)
    friday = date(2026, 10, 23)
    assert days.working_days_between(friday, friday) == 0
    assert days.working_days_between(friday, date(2026, 11, 1)) == 0, "half-term"
    assert days.working_days_between(friday, date(2026, 11, 3)) == 2
    july = date(2027, 7, 21)
    assert days.working_days_between(july, date(2027, 7, 28)) == 5
    assert days.working_days_between(july, date(2027, 7, 28), term_time_only=True) == 0
    assert days.working_days_between(date(2026, 11, 3), friday) == 0, "the wrong way round"


# The twin: every minute is asked what time it is at the school.


def runs(ours: SchoolClock, moment: datetime) -> bool:
    local = moment.astimezone(ours.zone)
    return ours.opens <= local.time() < ours.closes and ours.counts(local.date())


def slowly(ours: SchoolClock, start: datetime, end: datetime) -> timedelta:
    moment, total = start.astimezone(UTC), timedelta(0)
    while moment < end.astimezone(UTC):
        total += MINUTE * runs(ours, moment)
        moment += MINUTE
    return total


# Weeks in which something happens: both clock changes, 29 February, the edges of terms, half-term.
INTERESTING = st.sampled_from(
    [
        date(2026, 10, 22), date(2027, 3, 25), date(2028, 2, 27), date(2028, 3, 24),
        date(2026, 8, 30), date(2026, 12, 16), date(2027, 1, 2), date(2027, 7, 19),
        date(2026, 10, 29), date(2027, 10, 30),
    ]
)  # fmt: skip
small_spans = st.tuples(st.integers(0, 9), st.integers(0, 4))


@pytest.mark.demand("G5")
@settings(max_examples=60, deadline=None)
@given(
    around=INTERESTING,
    zone=st.sampled_from(["Europe/London", "Pacific/Auckland", "America/St_Johns", "UTC"]),
    term=st.none() | small_spans,
    closures=st.lists(
        st.tuples(st.sampled_from([HALF_TERM, INSET, CLOSED]), small_spans), max_size=3
    ),
    opens=st.sampled_from(["06:00", "08:30", "09:15"]),
    closes=st.sampled_from(["12:45", "16:00", "20:00"]),
    working=st.booleans(),
    term_time_only=st.booleans(),
    minute=st.integers(0, 3 * 24 * 60),
    length=st.integers(0, 4 * 24 * 60),
)
def test_the_hours_agree_with_a_clock_that_walks_minute_by_minute(
    around: date,
    zone: str,
    term: tuple[int, int] | None,
    closures: list[tuple[Closure.Kind, tuple[int, int]]],
    opens: str,
    closes: str,
    working: bool,
    term_time_only: bool,
    minute: int,
    length: int,
) -> None:
    def dates(pair: tuple[int, int]) -> tuple[date, date]:
        return around + pair[0] * DAY, around + sum(pair) * DAY

    school = school_with(zone, opens=opens, closes=closes)
    days = calendar_of(
        school, [dates(term)] if term else [], [(kind, *dates(pair)) for kind, pair in closures]
    )
    ours = SchoolClock(school, days, working_days=working, term_time_only=term_time_only)
    start = datetime.combine(around, ours.opens, UTC) + minute * MINUTE - DAY
    end = start + length * MINUTE
    between = ours.school_hours_between(start, end)
    assert between == slowly(ours, start, end)

    # Adding what lies between leads to the first moment with so much behind it.
    there = ours.add_school_hours(start, between)
    assert there is not None
    assert there <= end
    assert ours.school_hours_between(start, there) == between
    if between:
        assert ours.school_hours_between(start, there - MINUTE) == between - MINUTE
