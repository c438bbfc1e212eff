"""The terms of the school year around a day, as an English school might have them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from people.models import Closure, Organisation
from people.services import calendar

MONDAY, FRIDAY = 0, 4


@dataclass(frozen=True)
class Year:
    """Three terms, three half-terms and an INSET day; `starts_in` is the year of its September."""

    starts_in: int

    @property
    def terms(self) -> list[tuple[str, date, date]]:
        first = self.starts_in
        return [
            ("Autumn term", _on_or_after(date(first, 9, 2), MONDAY + 1), _last(first, 12, 19)),
            ("Spring term", _on_or_after(date(first + 1, 1, 4), MONDAY), _last(first + 1, 3, 27)),
            ("Summer term", _on_or_after(date(first + 1, 4, 12), MONDAY), _last(first + 1, 7, 21)),
        ]

    @property
    def half_terms(self) -> list[date]:
        """The Monday of each half-term week."""
        return [
            _on_or_after(date(self.starts_in, 10, 24), MONDAY),
            _on_or_after(date(self.starts_in + 1, 2, 13), MONDAY),
            _on_or_after(date(self.starts_in + 1, 5, 25), MONDAY),
        ]


def year_of(day: date) -> Year:
    """The school year a day belongs to; August belongs to the one that is about to begin."""
    return Year(day.year if day.month >= 8 else day.year - 1)


def plan(organisation: Organisation, day: date) -> None:
    """Enter this school year and the next."""
    this = year_of(day)
    for year in (this, Year(this.starts_in + 1)):
        for name, starts_on, ends_on in year.terms:
            label = f"{name} {starts_on.year}"
            calendar.add_term(
                organisation, name=label, starts_on=starts_on, ends_on=ends_on, by=None
            )
        for monday in year.half_terms:
            calendar.add_closure(
                organisation,
                kind=Closure.Kind.HALF_TERM,
                starts_on=monday,
                ends_on=monday + timedelta(days=FRIDAY),
                by=None,
            )
        inset = year.terms[0][1]
        calendar.add_closure(
            organisation, kind=Closure.Kind.INSET, starts_on=inset, ends_on=inset, by=None
        )


def _on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _last(year: int, month: int, day: int) -> date:
    """The Friday on or before that day."""
    found = date(year, month, day)
    return found - timedelta(days=(found.weekday() - FRIDAY) % 7)
