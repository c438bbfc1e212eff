"""Tables without lines: rows whose words begin at the same places, one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from governance.importing.inline import Span
from governance.importing.lines import mark_of
from governance.importing.pdf.lines import Line, Segment

NEAR = 6.0  # points by which the beginning of a column may differ
NEXT_ROW = 1.45  # times the usual distance of two lines


def find(lines: Sequence[Line], pitch: float) -> list[tuple[int, int, list[list[list[Span]]]]]:
    """Tables as the places of their first line and of the line behind them, and their cells."""
    found = []
    index = 0
    while index < len(lines):
        end = _end(lines, index, pitch)
        rows = _rows(lines[index:end], _starts(lines[index]), pitch) if end - index > 1 else []
        if len(rows) >= 2 and _is_table(rows):
            found.append((index, end, rows))
            index = end
        else:
            index += 1
    return found


def _starts(line: Line) -> list[float]:
    return [segment.x0 for segment in line.columns]


def _end(lines: Sequence[Line], start: int, pitch: float) -> int:
    """Behind the last line whose words all begin where the first line's columns do."""
    starts = _starts(lines[start])
    if len(starts) < 2 or mark_of(lines[start].text):
        return start
    end = start + 1
    while end < len(lines):
        line, before = lines[end], lines[end - 1]
        fits = all(_column(starts, segment) is not None for segment in line.columns)
        if not fits or before.y - line.y > pitch * 3.5 or line.page != before.page:
            break
        if len(line.columns) == 1 and _column(starts, line.columns[0]) == 0:
            wide = line.x1 > starts[1] - 2
            if wide or before.y - line.y > pitch * NEXT_ROW:
                break
        end += 1
    return end


def _column(starts: Sequence[float], segment: Segment) -> int | None:
    return next((i for i, x in enumerate(starts) if abs(segment.x0 - x) <= NEAR), None)


def _rows(lines: Sequence[Line], starts: Sequence[float], pitch: float) -> list[list[list[Span]]]:
    rows: list[list[list[Span]]] = []
    for index, line in enumerate(lines):
        gap = lines[index - 1].y - line.y if index else 0.0
        columns = {_column(starts, segment): segment for segment in line.columns}
        goes_on = index > 0 and gap <= pitch * NEXT_ROW and len(columns) < len(starts)
        if not goes_on or (0 in columns and not _unfinished(rows[-1])):
            rows.append([[] for _ in starts])
        for place, segment in columns.items():
            if place is not None:
                cell = rows[-1][place]
                cell += [Span(" "), *segment.spans] if cell else segment.spans
    return rows


def _unfinished(row: Sequence[Sequence[Span]]) -> bool:
    """Whether the first cell may go on: it ends inside a phrase."""
    text = "".join(span.text for span in row[0]).rstrip()
    return text.endswith((",", "and", "of", "the", "for", "to", "&", "-"))


def _is_table(rows: Sequence[Sequence[Sequence[Span]]]) -> bool:
    """Two columns filled in most rows, and not a contents list with its page numbers."""
    full = [row for row in rows if sum(1 for cell in row if cell) > 1]
    last = ["".join(span.text for span in row[-1]).strip() for row in full]
    numbers = sum(1 for text in last if text.isdecimal() and len(text) <= 3)
    return len(full) >= 2 and len(full) * 2 >= len(rows) and numbers * 2 < len(full)
