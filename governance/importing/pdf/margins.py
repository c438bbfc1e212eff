"""What is printed above and below the text of each page: running titles and page numbers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from governance.importing.pdf.content import Drawn
from governance.importing.pdf.lines import Line
from governance.importing.ragged.leftovers import LONE_NUMBER, PAGE, PAGE_ENDING, PAGE_OF

EDGE = 0.16  # of a page's height, above and below
MOST_LINES = 5
SHARE = 0.34  # of the pages: left and right pages may differ, the first may have none


def find(pages: Sequence[Sequence[Line]], drawn: Sequence[Drawn]) -> list[set[int]]:
    """For each page, the places of the lines that are no part of the text."""
    edges = [_edges(lines, page.height) for lines, page in zip(pages, drawn, strict=True)]
    times: Counter[str] = Counter()
    for lines, places in zip(pages, edges, strict=True):
        times.update({_key(lines[index]) for index in places})
    least = max(2, round(len(pages) * SHARE))
    counted = _counted(pages, edges)
    found = []
    for number, (lines, places) in enumerate(zip(pages, edges, strict=True)):
        found.append(
            {
                index
                for index in places
                if times[_key(lines[index])] >= least
                or lines[index].apart
                or PAGE.match(lines[index].text)
                or PAGE_ENDING.match(lines[index].text)
                or PAGE_OF.match(lines[index].text)
                or (number, index) in counted
            }
        )
    return found


def _edges(lines: Sequence[Line], height: float) -> list[int]:
    """The first and last lines of a page, as far as they stand at its edge."""
    top = [i for i, line in enumerate(lines[:MOST_LINES]) if line.y > height * (1 - EDGE)]
    bottom = [
        i
        for i in range(max(len(lines) - MOST_LINES, len(top)), len(lines))
        if lines[i].y < height * EDGE
    ]
    return top + bottom


def _key(line: Line) -> str:
    """The same words at about the same height; numbers may differ."""
    return f"{round(line.y / 12)} {re.sub(r'[0-9]+', '#', line.text.casefold())}"


def _counted(
    pages: Sequence[Sequence[Line]], edges: Sequence[Sequence[int]]
) -> set[tuple[int, int]]:
    """Bare numbers at an edge that count the pages."""
    by_start: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, (lines, places) in enumerate(zip(pages, edges, strict=True)):
        for index in places:
            if found := LONE_NUMBER.match(lines[index].text):
                by_start[int(found[1]) - number].append((number, index))
    return {
        place
        for start, places in by_start.items()
        if len(places) > 1 or start in (0, 1)
        for place in places
    }
