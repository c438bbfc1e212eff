"""A school year to look at: twelve months of days, each of one kind, and what is worth knowing."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from people.calendar.days import DAY, DayKind, SchoolCalendar, bank_holiday_names, days_of
from people.models import Organisation, Term

MONTHS = 12
SEPTEMBER, AUGUST = 9, 8
# What stands beside the number of a day, so that nothing is told by colour alone.
MARKS = {
    DayKind.INSET: "I",
    DayKind.HALF_TERM: "H",
    DayKind.CLOSED: "C",
    DayKind.BANK_HOLIDAY: "B",
    DayKind.HOLIDAY: "–",
}
WORDS = {
    DayKind.SCHOOL: "School day",
    DayKind.INSET: "INSET day",
    DayKind.HALF_TERM: "Half-term",
    DayKind.CLOSED: "School closed",
    DayKind.BANK_HOLIDAY: "Bank holiday",
    DayKind.HOLIDAY: "Holiday",
    DayKind.WEEKEND: "Weekend",
}
UNSAID = (DayKind.SCHOOL, DayKind.WEEKEND)


@dataclass(frozen=True)
class YearDay:
    """One day: its kind, its mark and, where it is special, what it is in words."""

    day: date
    kind: DayKind
    words: str
    is_today: bool

    @property
    def mark(self) -> str:
        return MARKS.get(self.kind, "")


@dataclass(frozen=True)
class YearMonth:
    """A month as weeks from Monday to Sunday; None where a week belongs to another month."""

    first: date
    weeks: list[list[YearDay | None]]
    school_days: int


@dataclass(frozen=True)
class TermTotal:
    term: Term
    school_days: int
    inset_days: int


@dataclass(frozen=True)
class Special:
    """Days worth knowing: a half-term, an INSET day, a closure or a bank holiday."""

    first: date
    last: date
    kind: DayKind
    name: str

    @property
    def kind_words(self) -> str:
        return WORDS[self.kind]

    @property
    def days(self) -> str:
        """ "Mon 26 Oct to Fri 30 Oct 2026"."""
        return in_short(self.first, self.last)


def first_month(organisation: Organisation) -> int:
    """The month in which a school year begins: August in Scotland, elsewhere September."""
    return AUGUST if organisation.nation == Organisation.Nation.SCOTLAND else SEPTEMBER


def year_of(organisation: Organisation, day: date) -> int:
    """The school year of a day, by the calendar year in which it begins."""
    return day.year if day.month >= first_month(organisation) else day.year - 1


class SchoolYear:
    """The school year that begins in `starts`, as one school has it."""

    def __init__(
        self, organisation: Organisation, starts: int, days: SchoolCalendar, today: date
    ) -> None:
        self.starts = starts
        self.first = date(starts, first_month(organisation), 1)
        self.last = self.first.replace(year=starts + 1) - DAY
        self._days, self._today = days, today

    @property
    def label(self) -> str:
        return label_of(self.starts)

    @property
    def months(self) -> list[YearMonth]:
        begins = self.first.month - 1
        return [
            self._month(self.starts + (begins + n) // 12, (begins + n) % 12 + 1)
            for n in range(MONTHS)
        ]

    @property
    def terms(self) -> list[TermTotal]:
        """The terms that begin in this year, and what they hold."""
        return [
            TermTotal(
                term,
                self._days.school_days(term.starts_on, term.ends_on),
                self._count(DayKind.INSET, term.starts_on, term.ends_on),
            )
            for term in self._days.terms
            if self.first <= term.starts_on <= self.last
        ]

    @property
    def school_days(self) -> int:
        return self._days.school_days(self.first, self.last)

    @property
    def inset_days(self) -> int:
        return self._count(DayKind.INSET, self.first, self.last)

    @property
    def specials(self) -> list[Special]:
        """What the months show by a mark, as a list."""
        found = [
            Special(one.starts_on, one.ends_on, DayKind(one.kind), one.name)
            for one in self._days.closures
            if one.starts_on <= self.last and one.ends_on >= self.first
        ]
        return sorted([*found, *self._bank_holidays()], key=lambda one: (one.first, one.last))

    def _bank_holidays(self) -> Iterator[Special]:
        for year in (self.starts, self.starts + 1):
            for day, name in bank_holiday_names(self._days.nation, year).items():
                if self.first <= day <= self.last:
                    yield Special(day, day, DayKind.BANK_HOLIDAY, name)

    def _count(self, kind: DayKind, first: date, last: date) -> int:
        return sum(self._days.kind_of(day) is kind for day in days_of(first, last))

    def _month(self, year: int, month: int) -> YearMonth:
        weeks = [
            [self._day(date(year, month, number)) if number else None for number in week]
            for week in calendar.monthcalendar(year, month)
        ]
        days = [day for week in weeks for day in week if day]
        return YearMonth(
            date(year, month, 1), weeks, sum(day.kind is DayKind.SCHOOL for day in days)
        )

    def _day(self, day: date) -> YearDay:
        kind = self._days.kind_of(day)
        return YearDay(day, kind, self._words(day, kind), day == self._today)

    def _words(self, day: date, kind: DayKind) -> str:
        if kind in UNSAID:
            return ""
        name = ""
        if kind is DayKind.BANK_HOLIDAY:
            name = bank_holiday_names(self._days.nation, day.year)[day]
        elif kind is not DayKind.HOLIDAY:
            name = next(
                (one.name for one in self._days.closures_on(day) if one.kind == kind.value), ""
            )
        return f"{WORDS[kind]}: {name}" if name else WORDS[kind]


def label_of(starts: int) -> str:
    """ "2026/27"."""
    return f"{starts}/{(starts + 1) % 100:02}"


def in_short(first: date, last: date) -> str:
    """A span in few words: "Mon 26 Oct to Fri 30 Oct 2026"."""
    if first == last:
        return f"{first:%a} {first.day} {first:%b %Y}"
    begins = f"{first:%a} {first.day} {first:%b}"
    year = f" {first.year}" if first.year != last.year else ""
    return f"{begins}{year} to {last:%a} {last.day} {last:%b %Y}"


def schools_apart(trust: Organisation) -> tuple[list[Organisation], int]:
    """The schools of a trust that have terms of their own, and how many schools it has."""
    schools = list(Organisation.objects.filter(parent=trust).order_by("name"))
    own = set(
        Term.objects.filter(organisation__parent=trust).values_list("organisation", flat=True)
    )
    return [school for school in schools if school.pk in own], len(schools)
