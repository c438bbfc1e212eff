"""A list held against the school's year: what is new, what is there already, what does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from people.calendar import SchoolCalendar, is_weekday
from people.calendar.days import days_of
from people.models import Closure, Organisation, Term
from people.services.calendar import is_there, problems
from people.year_import import words
from people.year_import.rows import Row
from web.words import day_in_words

NEW, THERE, KNOWN, CLASH = "new", "there", "known", "clash"
STATES = {
    NEW: "To be added",
    THERE: "Already there",
    KNOWN: "Nothing to add",
    CLASH: "Does not fit",
}
Days = tuple[date, date]


@dataclass
class Planned:
    """One row of the list and what becomes of it. `kind` is offered first; empty leaves it out."""

    number: int
    row: Row
    state: str
    kind: str
    sentences: list[str] = field(default_factory=list)
    warned: bool = False
    replaces: Term | Closure | None = None  # what is there and might be changed to these days

    @property
    def tone(self) -> str:
        """How sure it is: the state, or "choose" where a person has to look or to say something."""
        unsure = self.row.doubts or not self.kind or self.warned
        return "choose" if self.state == NEW and unsure else self.state

    @property
    def label(self) -> str:
        if self.tone == "choose":
            if self.row.doubts:
                return "Which days?"
            return "To be added: please check" if self.kind else "What is this?"
        return STATES[self.state]

    @property
    def words(self) -> str:
        return in_words(*self.days)

    @property
    def kind_words(self) -> str:
        return words.LABELS[self.kind]

    @property
    def open(self) -> bool:
        """Whether a person may still say what it is to be."""
        return self.state in (NEW, CLASH)

    @property
    def days(self) -> Days:
        return self.row.readings[0]


def plan(
    rows: Iterable[Row], at: Organisation, calendar: SchoolCalendar, own: Sequence[Term | Closure]
) -> list[Planned]:
    """What would become of each row. `own` is what the school has in its year by itself."""
    rows = list(rows)
    terms = [row.readings[0] for row in rows if row.kind == words.TERM]
    terms += [(term.starts_on, term.ends_on) for term in calendar.terms]
    found: list[Planned] = []
    listed: list[Term | Closure] = []
    for number, row in enumerate(rows):
        one = Planned(number, row, NEW, row.kind, [*row.doubts, *row.notes])
        if row.kind in (words.HOLIDAY, words.BANK_HOLIDAY):
            _settle(one, calendar, terms)
        if one.state == NEW and one.kind:
            entry = row.entry(at, one.kind, one.days)
            _compare(one, entry, own, listed)
            listed += [entry] if one.state == NEW else []
        if one.state == NEW and (warnings := list(_warnings(one, calendar, terms))):
            one.warned = True
            one.sentences += warnings
        found.append(one)
    return found


def _settle(one: Planned, calendar: SchoolCalendar, terms: list[Days]) -> None:
    """Holidays and bank holidays need no entry, unless they are days off within a term."""
    first, last = one.days
    weekdays = [day for day in days_of(first, last) if is_weekday(day)]
    if all(map(calendar.is_bank_holiday, weekdays)):
        one.state = KNOWN
        one.sentences.append("Bank holidays are known already.")
    elif one.row.kind == words.BANK_HOLIDAY:
        one.kind = words.CLOSED
        one.sentences.append("This is no bank holiday in your nation: the school would be closed.")
    elif any(begins <= first and last <= ends for begins, ends in terms):
        one.kind = words.HALF_TERM
    else:
        one.state = KNOWN
        one.sentences.append("What lies between two terms is holiday by itself.")


def _compare(
    one: Planned,
    entry: Term | Closure,
    own: Sequence[Term | Closure],
    listed: Sequence[Term | Closure],
) -> None:
    """Hold a row against the year, and against the rows before it."""
    if is_there(entry, own):
        one.state = THERE
    elif is_there(entry, listed):
        one.state = KNOWN
        one.sentences.append("It stands in the list twice.")
    elif not one.row.doubts:
        touched = [other for other in own if _overlap(entry, other)]
        reasons = list(problems(entry, [*own, *listed]))
        if touched and not reasons:
            reasons = [f"These days overlap with {_told(other)}." for other in touched]
        if reasons:
            one.state, one.kind = CLASH, ""
            one.sentences += reasons
        if len(touched) == 1:
            one.replaces = touched[0]


def _overlap(entry: Term | Closure, other: Term | Closure) -> bool:
    same = type(entry) is type(other) and getattr(entry, "kind", "") == getattr(other, "kind", "")
    return same and entry.starts_on <= other.ends_on and entry.ends_on >= other.starts_on


def _told(entry: Term | Closure) -> str:
    return f"{entry}, {day_in_words(entry.starts_on)} to {day_in_words(entry.ends_on)}"


def _warnings(one: Planned, calendar: SchoolCalendar, terms: list[Days]) -> Iterator[str]:
    first, last = one.days
    if one.kind == words.TERM:
        if first == last:
            yield "This is a term of one day. Is its last day missing?"
        for day in dict.fromkeys((first, last)):
            if not is_weekday(day):
                yield f"{day_in_words(day)} is a {day:%A}."
    elif one.kind == words.HALF_TERM and terms:
        if not any(begins <= first and last <= ends for begins, ends in terms):
            yield "These days lie outside every term, or reach beyond one. Check the dates."
    elif one.kind and not any(map(is_weekday, days_of(first, last))):
        yield "These days are a weekend."
    elif one.kind and calendar.is_bank_holiday(first) and first == last:
        yield "This is a bank holiday, which is known already."


def in_words(first: date, last: date) -> str:
    """A span as people say it, with weekdays."""
    if first == last:
        return f"{first:%A} {day_in_words(first)}"
    begins = f"{first.day} {first:%B}" if first.year == last.year else day_in_words(first)
    return f"{first:%A} {begins} to {last:%A} {day_in_words(last)}"
