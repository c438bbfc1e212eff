"""Which days a school is open, against an obvious and slow twin."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import holidays
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from people.calendar import SchoolCalendar, calendars
from people.models import Closure, Organisation, Term
from people.services import calendar as year
from tests.factories import make_school, make_trust
from web.errors import RuleBroken

HALF_TERM, INSET, CLOSED = Closure.Kind.HALF_TERM, Closure.Kind.INSET, Closure.Kind.CLOSED
DAY = timedelta(days=1)


def span(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def autumn(at: Organisation) -> Term:
    year.add_closure(
        at, kind=INSET, name="", starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 1), by=None
    )
    year.add_closure(
        at, kind=HALF_TERM, name="", starts_on=date(2026, 10, 26), ends_on=date(2026, 10, 30),
        by=None,
    )  # fmt: skip
    return year.add_term(
        at, name="Autumn", starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 18), by=None
    )


def test_pupils_are_in_on_weekdays_of_term_without_closures(school: Organisation) -> None:
    term = autumn(school)
    days = SchoolCalendar(school)

    assert days.is_school_day(date(2026, 9, 2))
    assert not days.is_school_day(date(2026, 9, 1)), "INSET"
    assert not days.is_school_day(date(2026, 9, 5)), "a Saturday"
    assert not days.is_school_day(date(2026, 10, 28)), "half-term"
    assert not days.is_school_day(date(2026, 8, 31)), "before term"
    assert days.is_school_day(date(2026, 12, 18)), "the last day counts"
    assert not days.is_school_day(date(2026, 12, 21))
    assert days.term_of(date(2026, 9, 1)) == term
    assert days.term_of(date(2026, 12, 19)) is None


def test_staff_work_on_inset_days_and_some_work_in_the_holidays(school: Organisation) -> None:
    autumn(school)
    days = SchoolCalendar(school)

    assert days.is_working_day(date(2026, 9, 1), term_time_only=True)
    assert days.is_working_day(date(2026, 8, 20))
    assert not days.is_working_day(date(2026, 8, 20), term_time_only=True)
    assert not days.is_working_day(date(2026, 8, 31)), "summer bank holiday"
    assert not days.is_working_day(date(2026, 10, 28)), "half-term"


def test_the_next_working_day_skips_the_weekend_and_half_term(school: Organisation) -> None:
    autumn(school)
    days = SchoolCalendar(school)
    assert days.next_working_day(date(2026, 10, 23)) == date(2026, 11, 2)
    assert days.next_working_day(date(2026, 9, 2)) == date(2026, 9, 3)
    assert days.next_working_day(date(2026, 8, 1), term_time_only=True) == date(2026, 9, 1)


def test_with_no_term_ahead_there_is_still_a_next_working_day(school: Organisation) -> None:
    autumn(school)
    days = SchoolCalendar(school)
    assert days.next_working_day(date(2026, 12, 24), term_time_only=True) == date(2026, 12, 29)


def test_the_nth_school_day_of_term_counts_no_inset_day(school: Organisation) -> None:
    term = autumn(school)
    days = SchoolCalendar(school)
    assert days.nth_school_day_of_term(term, 1) == date(2026, 9, 2)
    assert days.nth_school_day_of_term(term, 4) == date(2026, 9, 7)
    assert days.nth_school_day_of_term(term, 500) is None


def test_without_terms_weekdays_count_that_are_no_bank_holidays(school: Organisation) -> None:
    days = SchoolCalendar(school)
    assert days.is_school_day(date(2026, 11, 20))
    assert not days.is_school_day(date(2026, 12, 25))
    assert not days.is_school_day(date(2026, 12, 28)), "Boxing Day, moved"


def test_a_wait_goes_on_long_after_the_last_term_that_was_entered(school: Organisation) -> None:
    autumn(school)  # until 18 December; nobody has entered the terms that follow
    days = SchoolCalendar(school)
    asked = [date(2026, 10, 28), date(2026, 11, 20), date(2027, 4, 16), date(2027, 4, 19)]
    assert [days.counts(day) for day in asked] == [False, True, False, True]
    assert not days.counts(date(2027, 5, 3)), "a bank holiday"
    assert not days.is_school_day(date(2027, 4, 19)), "that is another question"


@pytest.mark.parametrize(
    ("nation", "day", "is_holiday"),
    [
        ("SCT", date(2026, 11, 30), True),
        ("ENG", date(2026, 11, 30), False),
        ("NIR", date(2026, 3, 17), True),
        ("WLS", date(2026, 3, 17), False),
        ("SCT", date(2026, 4, 6), False),
        ("ENG", date(2026, 4, 6), True),
    ],
)
def test_each_nation_has_its_own_bank_holidays(
    db: None, nation: str, day: date, is_holiday: bool
) -> None:
    days = SchoolCalendar(make_school(nation=nation))
    assert days.is_bank_holiday(day) is is_holiday


def test_a_school_without_terms_has_its_trusts_year_until_it_adds_its_own(db: None) -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    autumn(trust)
    assert not SchoolCalendar(school).is_school_day(date(2026, 10, 28))

    year.add_term(
        school, name="Own", starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 30), by=None
    )
    own = SchoolCalendar(school)
    assert own.is_school_day(date(2026, 10, 28)), "the trust's half-term is not ours any more"
    assert not own.is_school_day(date(2026, 9, 2))


def test_a_hundred_calendars_cost_two_queries(db: None) -> None:
    trust = make_trust()
    autumn(trust)
    schools = [make_school(trust=trust) for _ in range(8)]
    autumn(schools[0])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = calendars(schools)
        assert all(found[one.pk].term_of(date(2026, 9, 9)) for one in schools)
    assert len(asked) == 2
    with CaptureQueriesContext(connection) as asked:
        SchoolCalendar(schools[0]).is_school_day(date(2026, 9, 9))
    assert len(asked) <= 2


def test_terms_that_overlap_are_refused_with_a_sentence(school: Organisation) -> None:
    autumn(school)
    with pytest.raises(RuleBroken, match="overlap with Autumn, 1 September 2026"):
        year.add_term(
            school, name="B", starts_on=date(2026, 12, 18), ends_on=date(2027, 2, 1), by=None
        )
    with pytest.raises(RuleBroken, match="cannot be before"):
        year.add_term(
            school, name="C", starts_on=date(2027, 3, 1), ends_on=date(2027, 2, 1), by=None
        )
    assert Term.objects.count() == 1


# The twin: no sets, no bisection, every rule spelt out for one day.

YEAR_START = date(2026, 8, 1)
offsets = st.integers(0, 360)
spans = st.tuples(offsets, st.integers(0, 90))


class Twin:
    def __init__(
        self, terms: Iterable[tuple[date, date]], closures: Iterable[tuple[str, date, date]]
    ) -> None:
        self.terms, self.closures = list(terms), list(closures)
        self.bank = holidays.country_holidays("GB", subdiv="ENG")

    def school_day(self, day: date) -> bool:
        if day.weekday() in (5, 6) or day in self.bank:
            return False
        if any(first <= day <= last for _, first, last in self.closures):
            return False
        return not self.terms or any(first <= day <= last for first, last in self.terms)

    def working_day(self, day: date, term_time_only: bool) -> bool:
        if day.weekday() in (5, 6) or day in self.bank:
            return False
        if any(first <= day <= last for kind, first, last in self.closures if kind != INSET):
            return False
        if any(first <= day <= last for kind, first, last in self.closures if kind == INSET):
            return True
        if self.school_day(day):
            return True
        in_term = any(first <= day <= last for first, last in self.terms)
        return not in_term and not term_time_only


def dates(pair: tuple[int, int]) -> tuple[date, date]:
    first = YEAR_START + pair[0] * DAY
    return first, first + pair[1] * DAY


def apart(pairs: list[tuple[int, int]]) -> list[tuple[date, date]]:
    """Terms never overlap: keep each that starts after the last kept one ends."""
    kept: list[tuple[date, date]] = []
    for first, last in sorted(dates(pair) for pair in pairs):
        if not kept or first > kept[-1][1]:
            kept.append((first, last))
    return kept


@settings(max_examples=80, deadline=None)
@given(
    terms=st.lists(spans, max_size=4).map(apart),
    closures=st.lists(st.tuples(st.sampled_from([HALF_TERM, INSET, CLOSED]), spans), max_size=5),
    days=st.lists(st.integers(-40, 480), min_size=20, max_size=40),
    n=st.integers(1, 70),
)
def test_it_agrees_with_its_slow_twin(
    terms: list[tuple[date, date]],
    closures: list[tuple[Closure.Kind, tuple[int, int]]],
    days: list[int],
    n: int,
) -> None:
    shut = [(kind, *dates(pair)) for kind, pair in closures]
    school = Organisation(pk=1, kind="school", nation="ENG")
    rows = [Term(organisation=school, starts_on=a, ends_on=b) for a, b in terms]
    fast = SchoolCalendar(
        school,
        terms=rows,
        closures=[
            Closure(organisation=school, kind=kind, starts_on=a, ends_on=b) for kind, a, b in shut
        ],
    )
    slow = Twin(terms, shut)
    for offset in days:
        day = YEAR_START + offset * DAY
        assert fast.is_school_day(day) == slow.school_day(day), day
        for tto in (False, True):
            assert fast.is_working_day(day, term_time_only=tto) == slow.working_day(day, tto), day
        shown = fast.kind_of(day)
        assert (shown == "school") == slow.school_day(day), day
        assert (shown in ("school", "inset")) <= slow.working_day(day, True), day
    first, last = sorted(YEAR_START + offset * DAY for offset in days[:2])
    for tto in (False, True):
        worked = sum(slow.working_day(day, tto) for day in span(first, last)[1:])
        assert fast.working_days_between(first, last, term_time_only=tto) == worked
    assert fast.school_days(first, last) == sum(map(slow.school_day, span(first, last)))
    for row in rows:
        open_days = [day for day in span(row.starts_on, row.ends_on) if slow.school_day(day)]
        expected = open_days[n - 1] if len(open_days) >= n else None
        assert fast.nth_school_day_of_term(row, n) == expected


# What the calendar says on the days on which calendars go wrong.


def whole_year(at: Organisation) -> None:
    """2027/28: a 29 February, both clock changes, INSET before a term and as its first day."""
    for name, first, last in (
        ("Autumn", date(2027, 9, 2), date(2027, 12, 17)),
        ("Spring", date(2028, 1, 5), date(2028, 3, 31)),
        ("Summer", date(2028, 4, 18), date(2028, 7, 21)),
    ):
        year.add_term(at, name=name, starts_on=first, ends_on=last, by=None)
    for kind, first, last in (
        (INSET, date(2027, 9, 1), date(2027, 9, 1)),
        (INSET, date(2028, 1, 5), date(2028, 1, 5)),
        (HALF_TERM, date(2027, 10, 25), date(2027, 10, 29)),
        (HALF_TERM, date(2028, 2, 21), date(2028, 2, 25)),
    ):
        year.add_closure(at, kind=kind, name="", starts_on=first, ends_on=last, by=None)


@pytest.mark.demand("G5")
@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2027-09-01", "inset"),  # the day before term
        ("2027-09-02", "school"),
        ("2027-10-22", "school"),
        ("2027-10-23", "weekend"),
        ("2027-10-25", "half_term"),
        ("2027-10-29", "half_term"),
        ("2027-10-31", "weekend"),  # clocks go back
        ("2027-11-01", "school"),
        ("2027-12-17", "school"),
        ("2027-12-20", "holiday"),
        ("2027-12-27", "bank_holiday"),  # for Christmas Day, a Saturday
        ("2028-01-04", "holiday"),
        ("2028-01-05", "inset"),  # the first day of term
        ("2028-01-06", "school"),
        ("2028-02-28", "school"),
        ("2028-02-29", "school"),
        ("2028-03-26", "weekend"),  # clocks go forward
        ("2028-03-27", "school"),
        ("2028-04-14", "bank_holiday"),
        ("2028-05-01", "bank_holiday"),  # within a term
        ("2028-07-21", "school"),
        ("2028-07-24", "holiday"),
    ],
)
def test_each_day_is_of_one_kind(school: Organisation, day: str, kind: str) -> None:
    whole_year(school)
    days = SchoolCalendar(school)
    one = date.fromisoformat(day)
    assert days.kind_of(one) == kind
    assert days.is_school_day(one) == (kind == "school")
    assert days.is_working_day(one, term_time_only=True) == (kind in ("school", "inset"))
    assert days.is_working_day(one) == (kind in ("school", "inset", "holiday"))


@pytest.mark.demand("G5")
def test_the_tenth_school_day_of_term_passes_inset_half_term_and_the_29th_of_february(
    school: Organisation,
) -> None:
    whole_year(school)
    days = SchoolCalendar(school)
    autumn_term, spring_term, _ = days.terms
    assert days.nth_school_day_of_term(autumn_term, 10) == date(2027, 9, 15)
    assert days.nth_school_day_of_term(autumn_term, 38) == date(2027, 11, 1), "after half-term"
    assert days.nth_school_day_of_term(spring_term, 10) == date(2028, 1, 19), "INSET is not counted"
    counted = days.school_days(date(2028, 1, 5), date(2028, 2, 29))
    assert days.nth_school_day_of_term(spring_term, counted) == date(2028, 2, 29)
    assert days.working_days_between(date(2028, 2, 28), date(2028, 3, 1)) == 2


@pytest.mark.demand("G5")
def test_a_reminder_due_in_half_term_is_due_on_the_day_after_it(school: Organisation) -> None:
    whole_year(school)
    days = SchoolCalendar(school)
    assert days.next_working_day(date(2027, 10, 22)) == date(2027, 11, 1)
    assert days.next_working_day(date(2027, 12, 17), term_time_only=True) == date(2028, 1, 5)
    assert days.next_working_day(date(2027, 12, 17)) == date(2027, 12, 20)
    assert days.next_working_day(date(2028, 2, 28)) == date(2028, 2, 29)


def test_one_days_closure_of_two_kinds_is_the_stricter_of_them(school: Organisation) -> None:
    whole_year(school)
    shut = date(2027, 10, 27)
    year.add_closure(school, kind=CLOSED, name="Flood", starts_on=shut, ends_on=shut, by=None)
    year.add_closure(school, kind=INSET, name="", starts_on=shut, ends_on=shut, by=None)
    assert SchoolCalendar(school).kind_of(shut) == "closed"


def test_a_list_that_two_people_import_at_once_is_written_once(school: Organisation) -> None:
    def entries() -> list[Term | Closure]:
        return [
            Term(name="Autumn", starts_on=date(2027, 9, 2), ends_on=date(2027, 12, 17)),
            Closure(kind=INSET, starts_on=date(2027, 9, 1), ends_on=date(2027, 9, 1)),
        ]

    first = year.import_year(school, by=None, entries=entries())
    second = year.import_year(school, by=None, entries=entries())
    assert (first.terms, first.closures, first.there) == (1, 1, 0)
    assert (second.terms, second.closures, second.there) == (0, 0, 2)
    assert len(year.own_year(school)) == 2


def test_one_entry_that_does_not_fit_keeps_the_whole_list_out(school: Organisation) -> None:
    autumn(school)
    entries = [
        Term(name="Spring", starts_on=date(2027, 1, 4), ends_on=date(2027, 3, 26)),
        Term(name="Second", starts_on=date(2026, 12, 18), ends_on=date(2026, 12, 19)),
        Closure(kind=CLOSED, starts_on=date(2027, 5, 6), ends_on=date(2027, 5, 5)),
    ]
    before = len(year.own_year(school))
    with pytest.raises(RuleBroken) as refused:
        year.import_year(school, by=None, entries=entries)
    assert len(refused.value.reasons) == 2
    assert refused.value.reasons[0].startswith("Second, 18 December 2026: These days overlap")
    assert len(year.own_year(school)) == before
