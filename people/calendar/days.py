"""Which days a school is open, read from its terms and closures once.

A school without terms of its own has its trust's year: the trust's terms, the trust's closures and
any closures of its own. Bank holidays are those of the school's nation.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple

import holidays
from django.db.models import QuerySet

from people.models import Closure, Organisation, Term
from web.json_rows import AmongIds
from web.prepared import prepared

DAY = timedelta(days=1)
SATURDAY = 5
# Longer than any holiday between two terms; beyond it no term is known.
HORIZON_DAYS = 120


class DayKind(StrEnum):
    """What a day is at a school. Each day is one of these and no other."""

    SCHOOL = "school"
    INSET = "inset"
    HALF_TERM = "half_term"
    CLOSED = "closed"
    BANK_HOLIDAY = "bank_holiday"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"


@lru_cache(maxsize=256)
def bank_holiday_names(nation: str, year: int) -> Mapping[date, str]:
    """The bank holidays of one nation of the United Kingdom in one year, and their names."""
    found = holidays.country_holidays("GB", subdiv=nation, years=[year])
    return MappingProxyType(dict(sorted(found.items())))


@lru_cache(maxsize=256)
def bank_holidays(nation: str, year: int) -> frozenset[date]:
    """The bank holidays of one nation of the United Kingdom in one year."""
    return frozenset(bank_holiday_names(nation, year))


def is_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY


class Shut(NamedTuple):
    """A half-term, an INSET day or a closure, without its row."""

    starts_on: date
    ends_on: date
    kind: str
    name: str


class SchoolCalendar:
    """The days of one school. Loading takes two queries; asking takes none."""

    def __init__(
        self,
        organisation: Organisation,
        *,
        terms: Iterable[Term] | None = None,
        closures: Iterable[Closure] | None = None,
    ) -> None:
        ids = [pk for pk in (organisation.pk, organisation.parent_id) if pk]
        found_terms = list(Term.objects.filter(organisation__in=ids) if terms is None else terms)
        found_closures = list(
            Closure.objects.filter(organisation__in=ids) if closures is None else closures
        )
        self.nation = organisation.nation
        own = [term for term in found_terms if term.organisation_id == organisation.pk]
        inherited = [term for term in found_terms if term.organisation_id != organisation.pk]
        self.follows_trust = not own and bool(inherited)
        self.terms: Sequence[Term] = sorted(own or inherited, key=lambda term: term.starts_on)
        self._starts = [term.starts_on for term in self.terms]
        # Whose closures count. The rows are not kept: a sweep holds the calendars of every school.
        self.counting = tuple(pk for pk in ids if pk == organisation.pk or not own)
        self.closures: Sequence[Shut] = sorted(
            Shut(one.starts_on, one.ends_on, one.kind, one.name)
            for one in found_closures
            if one.organisation_id in self.counting
        )
        self._closed: set[date] = set()
        self._inset: set[date] = set()
        for closure in self.closures:
            days = days_of(closure.starts_on, closure.ends_on)
            (self._inset if closure.kind == Closure.Kind.INSET else self._closed).update(days)
        self._nth: dict[tuple[date, date, int], date | None] = {}

    @property
    def facts(self) -> tuple[Any, ...]:
        """Schools of which these are the same are open on the same days: most of a trust."""
        terms = tuple((term.starts_on, term.ends_on) for term in self.terms)
        return self.nation, terms, tuple(self.closures)

    def term_of(self, day: date) -> Term | None:
        """The term that this day lies in, first and last day included."""
        at = bisect_right(self._starts, day) - 1
        if at >= 0 and day <= self.terms[at].ends_on:
            return self.terms[at]
        return None

    def is_bank_holiday(self, day: date) -> bool:
        return day in bank_holidays(self.nation, day.year)

    def is_school_day(self, day: date) -> bool:
        """Pupils are in: a weekday in term, without closure or bank holiday.

        While no term is known at all, every weekday counts that is none of those.
        """
        if not is_weekday(day) or day in self._closed or day in self._inset:
            return False
        if self.terms and self.term_of(day) is None:
            return False
        return not self.is_bank_holiday(day)

    def counts(self, day: date) -> bool:
        """Whether a wait in school days moves on: a school day, or long after the last known term.

        Whoever forgets to enter the next year would else stop every reminder and every deadline.
        """
        if not self.terms or (day - self.terms[-1].ends_on).days <= HORIZON_DAYS:
            return self.is_school_day(day)
        return is_weekday(day) and not self.is_bank_holiday(day)

    def is_working_day(self, day: date, *, term_time_only: bool = False) -> bool:
        """Staff are at work: school days and INSET days.

        Outside the terms, people who are employed all year work on weekdays that are no bank
        holidays.
        """
        if self.is_school_day(day):
            return True
        if not is_weekday(day) or day in self._closed or self.is_bank_holiday(day):
            return False
        if day in self._inset:
            return True
        return not term_time_only and self.term_of(day) is None

    def kind_of(self, day: date) -> DayKind:
        """What this day is. A school day here is one for `is_school_day`, and the reverse."""
        if not is_weekday(day):
            return DayKind.WEEKEND
        if self.is_bank_holiday(day):
            return DayKind.BANK_HOLIDAY
        if day in self._closed:
            found = self.closures_on(day)
            shut = any(one.kind == Closure.Kind.CLOSED for one in found)
            return DayKind.CLOSED if shut else DayKind.HALF_TERM
        if day in self._inset:
            return DayKind.INSET
        return DayKind.SCHOOL if self.is_school_day(day) else DayKind.HOLIDAY

    def closures_on(self, day: date) -> list[Shut]:
        return [one for one in self.closures if one.starts_on <= day <= one.ends_on]

    def school_days(self, first: date, last: date) -> int:
        """How many school days lie from the first to the last day, both included."""
        return sum(map(self.is_school_day, days_of(first, last)))

    def working_days_between(self, start: date, end: date, *, term_time_only: bool = False) -> int:
        """How many working days come after `start`, up to and including `end`.

        So a deadline of three working days is the first day for which this is three. It is 0 when
        the end is not after the start.
        """
        return sum(
            self.is_working_day(day, term_time_only=term_time_only)
            for day in days_of(start + DAY, end)
        )

    def next_working_day(self, day: date, *, term_time_only: bool = False) -> date:
        """The first working day after this one.

        Where no term lies ahead, term-time staff get the next weekday that is no bank holiday.
        """
        for step in range(1, HORIZON_DAYS + 1):
            ahead = day + step * DAY
            if self.is_working_day(ahead, term_time_only=term_time_only):
                return ahead
        ahead = day + DAY
        while not is_weekday(ahead) or self.is_bank_holiday(ahead):
            ahead += DAY
        return ahead

    def nth_school_day_of_term(self, term: Term, n: int) -> date | None:
        """The nth day on which pupils are in, counted from 1. None when the term is shorter."""
        key = (term.starts_on, term.ends_on, n)
        if key not in self._nth:
            days = days_of(term.starts_on, term.ends_on)
            open_on = (day for day in days if self.is_school_day(day))
            self._nth[key] = next(islice(open_on, max(n, 1) - 1, None), None)
        return self._nth[key]


def calendars(organisations: Iterable[Organisation]) -> dict[int, SchoolCalendar]:
    """The calendars of many organisations by id, in two queries however many they are."""
    wanted = list(organisations)
    ids = json.dumps(sorted({pk for one in wanted for pk in (one.pk, one.parent_id) if pk}))
    terms: dict[int, list[Term]] = defaultdict(list)
    closures: dict[int, list[Closure]] = defaultdict(list)
    for term in _terms(place_ids=ids):
        terms[term.organisation_id].append(term)
    for closure in _closures(place_ids=ids):
        closures[closure.organisation_id].append(closure)
    return {
        one.pk: SchoolCalendar(
            one,
            terms=terms[one.pk] + terms.get(one.parent_id or 0, []),
            closures=closures[one.pk] + closures.get(one.parent_id or 0, []),
        )
        for one in wanted
    }


@prepared
def _terms(*, place_ids: str) -> QuerySet[Term]:
    return Term.objects.filter(AmongIds("organisation", place_ids))


@prepared
def _closures(*, place_ids: str) -> QuerySet[Closure]:
    return Closure.objects.filter(AmongIds("organisation", place_ids))


def days_of(first: date, last: date) -> Iterator[date]:
    """Each day from the first to the last, both included; none when they are the wrong way."""
    for step in range((last - first).days + 1):
        yield first + step * DAY
