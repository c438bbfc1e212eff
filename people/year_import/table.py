"""A CSV list with headings: name, kind, first, last, in words that people use for them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from people.year_import import words
from people.year_import.dates import Written, dates_in
from people.year_import.lines import tidy
from people.year_import.rows import Found, Left, shown
from people.year_import.spans import Span, Years, read, year_of
from web.errors import RuleBroken

DELIMITERS = ",;\t"
HEADINGS_WITHIN = 5
_COLUMNS = {
    "first": r"(?:first|start|from|begin|open)\w*(?: (?:day|date|on))?|date|day",
    "last": r"(?:last|end|to|until|finish|close)\w*(?: (?:day|date|on))?",
    "kind": r"kind|type|category|what",
    "name": r"name|title|event|term|summary|description|subject|label|period",
}
COLUMNS = {name: re.compile(pattern) for name, pattern in _COLUMNS.items()}
NO_KIND = "“{}” is none of: term, half-term, INSET, closed."


def records(text: str) -> tuple[list[list[str]], dict[str, int] | None]:
    """The cells of each line from the headings on, and which column is what.

    None for the columns where no line near the top holds headings: it is no such table. Raises
    RuleBroken where quotation marks do not match.
    """
    for delimiter in DELIMITERS:
        top = list(islice(_cells(text, delimiter, strict=False), HEADINGS_WITHIN))
        for cells in top:
            columns = _columns(cells)
            if "first" in columns and ("name" in columns or "kind" in columns):
                try:
                    return list(_cells(text, delimiter, strict=True)), columns
                except csv.Error:
                    raise RuleBroken(
                        "This table cannot be read: its quotation marks do not match."
                    ) from None
    return [], None


def read_table(
    rows: list[list[str]], columns: dict[str, int], years: Years
) -> tuple[list[Found], list[Left]]:
    """What each row of the table says. Rows above the headings are passed over."""
    found, left = [], []
    begun = False
    for number, cells in enumerate(rows, start=1):
        if not begun:
            begun = _columns(cells) == columns
            years.starts = words.school_year(" ".join(cells)) or years.starts
        elif any(cell.strip() for cell in cells):
            one = _row(number, cells, columns, years)
            if one.span.problem:
                left.append(Left(number, one.text, one.span.problem))
            else:
                found.append(one)
    return found, left


def _cells(text: str, delimiter: str, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text.strip("\n")), delimiter=delimiter, strict=strict)


def _columns(cells: list[str]) -> dict[str, int]:
    """Which column is what; each is one thing, and the first that fits counts."""
    found: dict[str, int] = {}
    if any(words.kind_of(cell) in (words.HALF_TERM, words.INSET) for cell in cells):
        return found  # columns of a table whose rows are terms
    for at, cell in enumerate(cells):
        heading = re.sub(r"[^a-z]+", " ", cell.lower()).strip()
        for name, pattern in COLUMNS.items():
            if name not in found and pattern.fullmatch(heading):
                found[name] = at
                break
    return found


def _row(number: int, cells: list[str], columns: dict[str, int], years: Years) -> Found:
    def cell(name: str) -> str:
        at = columns.get(name, len(cells))
        return tidy(cells[at]).strip() if at < len(cells) else ""

    name, asked = cell("name"), cell("kind").replace("_", " ")
    kind = words.kind_of(asked) or words.kind_of(name)
    text = shown(", ".join(part.strip() for part in cells if part.strip()))
    if asked and not words.kind_of(asked):
        span = Span(problem=NO_KIND.format(shown(asked)))
    else:
        span = _span(cell("first"), cell("last"), kind, name, years)
    role = ""
    if kind == words.TERM and not cell("last"):
        role = words.role_of(name)
    return Found(number, text, name or asked, kind, role, span)


def _span(first: str, last: str, kind: str, name: str, years: Years) -> Span:
    days: list[Written] = []
    for cell in (first, last):
        found = dates_in(cell)
        if cell and not found:
            return Span(problem=f"“{shown(cell)}” is not a date.")
        days += found
    if not days:
        return Span(problem="There is no first day in this row.")
    if len(days) > 2:
        return Span(problem="There are more than two dates in this row.")
    if len(days) == 1 and kind == words.TERM and not words.role_of(name):
        return Span(problem="This term has no last day.")
    span = read(days[0], days[1] if len(days) > 1 else None, years.known(), years.today)
    if span.readings:
        years.starts = year_of(span.readings[0][0])
    return span
