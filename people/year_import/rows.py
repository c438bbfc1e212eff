"""What a list says, row by row, and what in it could not be understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from people.models import Closure, Organisation, Term
from people.year_import import words
from people.year_import.spans import Span

MOST_SHOWN = 160


@dataclass(frozen=True)
class Found:
    """One thing said by one line: "half-term is from then to then", or "the term starts then"."""

    line: int
    text: str
    label: str
    kind: str
    role: str
    span: Span


@dataclass(frozen=True)
class Left:
    """A line that is not understood, and why."""

    line: int
    text: str
    why: str


@dataclass(frozen=True)
class Row:
    """Days that could be added. More than one reading: a person has to choose."""

    lines: tuple[int, ...]
    text: str
    label: str
    kind: str
    readings: tuple[tuple[date, date], ...]
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def entry(self, at: Organisation, kind: str, days: tuple[date, date]) -> Term | Closure:
        """The term or closure that this row would be, not saved."""
        first, last = days
        if kind == words.TERM:
            name = words.term_name(self.label, first)
            return Term(organisation=at, name=name, starts_on=first, ends_on=last)
        name = words.closure_name(self.label, kind)
        return Closure(organisation=at, kind=kind, name=name, starts_on=first, ends_on=last)

    def packed(self) -> list[Any]:
        """As plain lists, to be carried through a form."""
        days = [[first.isoformat(), last.isoformat()] for first, last in self.readings]
        return [self.lines, self.text, self.label, self.kind, days, self.doubts, self.notes]

    @classmethod
    def unpacked(cls, packed: list[Any]) -> Row:
        lines, text, label, kind, days, doubts, notes = packed
        readings = tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in days)
        return cls(tuple(lines), text, label, kind, readings, tuple(doubts), tuple(notes))


@dataclass(frozen=True)
class Listed:
    """All that was read of one list. `unit` is what its numbers count: line, row or event."""

    rows: list[Row] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unit: str = "line"


def shown(text: str) -> str:
    """A line as it is shown again: on one line, and not without end."""
    text = " ".join(text.split()).lstrip("•·●○▪■◦‣⁃* ")
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"
