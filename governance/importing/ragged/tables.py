"""Tables in plain text: cells between bars, between tabs, or in columns that line up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from governance.importing.lines import Line, mark_of

BAR_RULE = re.compile(r"\|?[\s:|+=-]+\|?$")
GAP = re.compile(r" {2,}")


@dataclass(frozen=True)
class Table:
    """Rows of equal length, and the index of the line behind the last."""

    rows: list[list[str]]
    end: int


def find(lines: Sequence[Line]) -> dict[int, Table]:
    """The tables, by the index of their first line."""
    found: dict[int, Table] = {}
    index = 0
    while index < len(lines):
        table = _bars(lines, index) or _tabs(lines, index) or _columns(lines, index)
        if table:
            found[index] = table
        index = table.end if table else index + 1
    return found


def _bars(lines: Sequence[Line], start: int) -> Table | None:
    if lines[start].text.count("|") < 2:
        return None
    rows, index = [], start
    while index < len(lines) and lines[index].text.count("|") >= 2:
        text = lines[index].text
        if not (BAR_RULE.match(text) and "-" in text):
            rows.append([cell.strip() for cell in text.strip("|").split("|")])
        index += 1
    return _squared(rows, index) if len(rows) >= 2 else None


def _tabs(lines: Sequence[Line], start: int) -> Table | None:
    return _copied(lines, start) or _lined_up(lines, start)


def _copied(lines: Sequence[Line], start: int) -> Table | None:
    """A table copied from a document: one tab from cell to cell, none of them dropped but last."""
    rows: list[list[str]] = []
    index = start
    while index < len(lines) and "\t" in lines[index].raw.strip(" "):
        if mark_of(lines[index].text) and lines[index].raw.count("\t") < 2:
            break
        rows.append([" ".join(cell.split()) for cell in lines[index].raw.strip(" ").split("\t")])
        index += 1
    width = max((len(row) for row in rows), default=0)
    full = [sum(1 for cell in row if cell) for row in rows]
    if len(rows) < 2 or width > 12 or full[0] < 2 or sum(full) < 1.8 * len(rows):
        return None
    headed = sum(1 for row in rows if row[0])
    return _squared(rows, index) if headed * 2 >= len(rows) else None


def _lined_up(lines: Sequence[Line], start: int) -> Table | None:
    """A table by hand: as many tabs from column to column as it took."""
    return _split(lines, start, lambda raw: re.split(r"\t+", raw.strip(" ")), fewest=2)


def _columns(lines: Sequence[Line], start: int) -> Table | None:
    """Three lines or more whose second column begins at the same place."""
    table = _split(lines, start, GAP.split, fewest=3)
    if table is None:
        return None
    begins = {
        found.end() for line in lines[start : table.end] if (found := GAP.search(line.raw.strip()))
    }
    return table if len(begins) == 1 else None


def _split(lines: Sequence[Line], start: int, cut, *, fewest: int) -> Table | None:  # type: ignore[no-untyped-def]
    rows: list[list[str]] = []
    index = start
    while index < len(lines) and not lines[index].blank:
        line = lines[index]
        cells = [" ".join(cell.split()) for cell in cut(line.raw.strip(" "))]
        full = [cell for cell in cells if cell]
        if (
            len(full) < 2
            or len(cells) > 12
            or (mark_of(line.text) and "\t" not in line.raw.strip())
        ):
            break
        if mark_of(line.text) and len(full) == 2:
            break  # "•<tab>text" and "1.<tab>text" are list items
        if rows and len(cells) != len(rows[0]):
            break
        rows.append(cells)
        index += 1
    return _squared(rows, index) if len(rows) >= fewest else None


def _squared(rows: list[list[str]], end: int) -> Table | None:
    width = max(len(row) for row in rows)
    if width < 2 or width > 20:
        return None
    return Table([row + [""] * (width - len(row)) for row in rows], end)
