"""Tables without lines: rows whose words begin at the same places, one below the other."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from governance.importing.inline import Span
from governance.importing.lines import mark_of
from governance.importing.pdf.content import Rule
from governance.importing.pdf.lines import Line, Segment

NEAR = 6.0  # points by which the beginning of a column may differ
SAME = 2.0  # points, for columns that only a narrow gap parts
NEXT_ROW = 1.45  # times the usual distance of two lines
CLOSE = 1.15  # times that distance: lines of one cell
WIDER = 1.2  # times the least distance: the next row


def find(
    lines: Sequence[Line], pitch: float, rules: Sequence[Rule] = ()
) -> list[tuple[int, int, list[list[list[Span]]]]]:
    """Tables as the places of their first line and of the line behind them, and their cells."""
    found = []
    index = 0
    while index < len(lines):
        end = _end(lines, index, pitch)
        found_here, starts = lines[index:end], _starts(lines, index)
        rows = (
            _rows(found_here, starts, _begins(found_here, starts, pitch, rules))
            if end - index > 1
            else []
        )
        if len(rows) >= 2 and _is_table(rows):
            found.append((index, end, rows))
            index = end
        else:
            index += 1
    return found


def _starts(lines: Sequence[Line], index: int) -> list[float]:
    """Where the columns of this line begin: behind wide gaps, or where the next lines begin too."""
    line = lines[index]
    below = [one.x0 for other in lines[index + 1 : index + 4] for one in other.segments]
    return [
        one.x0
        for place, one in enumerate(line.segments)
        if place == 0 or one.wide or any(abs(one.x0 - x) <= SAME for x in below)
    ]


def _end(lines: Sequence[Line], start: int, pitch: float) -> int:
    """Behind the last line whose words all begin where the first line's columns do."""
    starts = _starts(lines, start)
    if len(starts) < 2 or mark_of(lines[start].text):
        return start
    end = start + 1
    while end < len(lines):
        line, before = lines[end], lines[end - 1]
        cells = line.cells(starts, NEAR)
        fits = all(_column(starts, one) is not None for one in line.segments if one.wide)
        fits = fits and _column(starts, line.segments[0]) is not None
        if not fits or before.y - line.y > pitch * 3.5 or line.page != before.page:
            break
        if len(cells) == 1 and _column(starts, cells[0]) == 0:
            wide = line.x1 > starts[1] - 2
            if wide or before.y - line.y > pitch * NEXT_ROW:
                break
        end += 1
    return end


def _column(starts: Sequence[float], segment: Segment) -> int | None:
    return next((i for i, x in enumerate(starts) if abs(segment.x0 - x) <= NEAR), None)


def _rows(
    lines: Sequence[Line], starts: Sequence[float], begins: Sequence[bool]
) -> list[list[list[Span]]]:
    rows: list[list[list[Span]]] = []
    for line, begun in zip(lines, begins, strict=True):
        if begun:
            rows.append([[] for _ in starts])
        for segment in line.cells(starts, NEAR):
            place = _column(starts, segment)
            if place is not None:
                cell = rows[-1][place]
                cell += [Span(" "), *segment.spans] if cell else segment.spans
    return rows


def _begins(
    lines: Sequence[Line], starts: Sequence[float], pitch: float, rules: Sequence[Rule]
) -> list[bool]:
    """Which of the lines begin a row: by lines drawn between them, by space, by their words."""
    ruled = [
        any(two.y < rule.y0 < one.y + 1 for rule in rules) for one, two in itertools.pairwise(lines)
    ]
    if sum(ruled) >= 2 or (ruled and all(ruled)):
        return [True, *ruled]
    gaps = [one.y - two.y for one, two in itertools.pairwise(lines)]
    least = min(gaps)
    if least <= pitch * CLOSE and max(gaps) > least * WIDER:
        return [True, *(gap > least * WIDER for gap in gaps)]
    begins = [True]
    for before, line, gap in zip(lines, lines[1:], gaps, strict=False):
        goes_on = gap <= pitch * NEXT_ROW and len(line.cells(starts, NEAR)) < len(starts)
        first = abs(line.x0 - lines[0].x0) <= NEAR
        begins.append(not goes_on or (first and not _unfinished(before)))
    return begins


def _unfinished(line: Line) -> bool:
    """Whether the first cell may go on: it ends inside a phrase."""
    text = line.columns[0].text
    return text.endswith((",", "and", "of", "the", "for", "to", "&", "-"))


def _is_table(rows: Sequence[Sequence[Sequence[Span]]]) -> bool:
    """Two columns filled in most rows, and not a contents list with its page numbers."""
    full = [row for row in rows if sum(1 for cell in row if cell) > 1]
    last = ["".join(span.text for span in row[-1]).strip() for row in full]
    numbers = sum(1 for text in last if text.isdecimal() and len(text) <= 3)
    return len(full) >= 2 and len(full) * 2 >= len(rows) and numbers * 2 < len(full)
