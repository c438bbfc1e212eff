"""The figures of a term in words and bars: for the page, the paper and the spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from incidents.models import TermFigures
from incidents.statistics import BODIES, TABLES, YES

HIDDEN = "Not shown"
TOLD = "Who was told outside the school"
HEADER = ("Term", "From", "Until", "Table", "Row", "Number")
WIDE = 100  # of the drawing


@dataclass(frozen=True, slots=True)
class Bar:
    """How long a bar is; None where there is no number that could be drawn."""

    now: int | None
    before: int | None


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    now: str
    before: str
    bar: Bar

    @property
    def says_something(self) -> bool:
        return self.now != HIDDEN or self.before not in (HIDDEN, "")


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the report, with what the term before it had."""

    title: str
    lines: list[Line]

    @property
    def shown(self) -> list[Line]:
        """The rows of which something is known, in this term or the one before."""
        return [line for line in self.lines if line.says_something]

    @property
    def hidden(self) -> list[str]:
        return [line.label for line in self.lines if not line.says_something]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number as it is shown: itself, at least so many, or nothing."""

    number: int | None
    floor: int = 0

    @property
    def words(self) -> str:
        if self.number is not None:
            return str(self.number)
        return f"{self.floor} or more" if self.floor else HIDDEN

    @property
    def length(self) -> int | None:
        return self.number if self.number is not None else self.floor or None


def total_of(figures: TermFigures) -> str:
    """How many reports there were, in words."""
    if figures.total is not None:
        return str(figures.total)
    if figures.schools is None:
        return f"Fewer than {figures.smallest}, or none"
    return Figure(None, figures.floor).words


def parts_of(now: TermFigures, before: TermFigures | None) -> list[Part]:
    """The tables of the report. Outside bodies stand together, with whoever was told."""
    found = [
        Part(table.title, _lines(now, before, [(name, cell, words) for cell, words in
                                               table.cells.items()]))
        for name, table in TABLES.items()
        if not name.startswith("told_")
    ]  # fmt: skip
    told = [(f"told_{one.value}", YES, str(one.label)) for one in BODIES]
    return [*found, Part(TOLD, _lines(now, before, told))]


def _lines(
    now: TermFigures, before: TermFigures | None, cells: list[tuple[str, str, str]]
) -> list[Line]:
    pairs = [
        (words, figure(now, name, cell), figure(before, name, cell) if before else None)
        for name, cell, words in cells
    ]
    longest = max([_length(one) for _, *both in pairs for one in both if one], default=0)
    return [
        Line(words, this.words, last.words if last else "", _bar(this, last, longest))
        for words, this, last in pairs
    ]


def _length(figure: Figure) -> int:
    return figure.length or 0


def _bar(now: Figure, before: Figure | None, longest: int) -> Bar:
    return Bar(_share(now, longest), _share(before, longest) if before else None)


def _share(figure: Figure, longest: int) -> int | None:
    if figure.length is None or not longest:
        return None
    return max(1, WIDE * figure.length // longest)


def figure(figures: TermFigures, table: str, cell: str) -> Figure:
    """A number of the report. A cell that the report did not know yet is not shown."""
    number = figures.tables.get(table, {}).get(cell)
    return Figure(number, figures.floors.get(table, {}).get(cell, 0))


def rows(figures: TermFigures) -> Iterator[tuple[str, ...]]:
    """For a spreadsheet: one row for each number, in the words of the page."""
    first = (figures.name, str(figures.first_day), str(figures.last_day))
    yield (*first, "All reports", "", total_of(figures))
    for part in parts_of(figures, None):
        for line in part.lines:
            yield (*first, part.title, line.label, line.now)
