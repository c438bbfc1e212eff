"""Pages set in two columns: the left one is read to its end before the right one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from governance.importing.lines import starts_small
from governance.importing.pdf.lines import Line, Segment

CLEAR = 5.0  # points on each side of the middle that stay white
FEWEST = 8  # lines on each side
GOES_ON = 0.35  # of the lines: so many begin inside a sentence in prose, and none in a table


def parted(lines: Sequence[Line], width: float) -> Iterator[list[Line]]:
    """The lines in the order in which they are read, in runs of one column each."""
    middle = width / 2
    index = done = 0
    while index < len(lines):
        end = index
        while end < len(lines) and _clears(lines[end], middle):
            end += 1
        left = [one for line in lines[index:end] for one in _side(line, middle, left=True)]
        right = [one for line in lines[index:end] for one in _side(line, middle, left=False)]
        if min(len(left), len(right)) >= FEWEST and _is_prose(left) and _is_prose(right):
            yield list(lines[done:index])
            yield left
            yield right
            done = end
        index = max(end, index + 1)
    yield list(lines[done:])


def _clears(line: Line, middle: float) -> bool:
    return not any(one.x0 < middle + CLEAR and one.x1 > middle - CLEAR for one in line.segments)


def _side(line: Line, middle: float, *, left: bool) -> Iterator[Line]:
    segments: list[Segment] = [one for one in line.segments if (one.x0 < middle) == left]
    if segments:
        yield Line(line.page, line.y, line.size, segments, line.apart, line.mark)


def _is_prose(lines: Sequence[Line]) -> bool:
    goes_on = sum(1 for line in lines if starts_small(line.text))
    return goes_on >= len(lines) * GOES_ON
