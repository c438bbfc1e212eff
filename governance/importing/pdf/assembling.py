"""The pages of a PDF as blocks in reading order, what goes over a page's end joined again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from governance.importing import inline
from governance.importing.lines import ends_sentence, mark_of, starts_small
from governance.importing.pdf import columned, gutter, lines, margins, paragraphs, ruled
from governance.importing.pdf.content import Drawn, Run
from governance.importing.pdf.lines import Line
from governance.importing.pdf.paragraphs import Measure, Page
from governance.importing.pdf.ruled import Box, Ruled
from governance.importing.shaped.blocks import MARGIN, Block, Cell, Grid, Para

NEAR = 6.0
SMALL = 0.95  # of the size of the text: a footnote's print
NOTE = re.compile(r"\[\d{1,3}\]")
LINE = 40.0  # points: no shorter line parts the rows of a table


def blocks(drawn: Sequence[Drawn]) -> list[Block]:
    """Everything the pages say."""
    printed = [lines.build(page.runs, number) for number, page in enumerate(drawn, start=1)]
    beside = margins.find(printed, drawn)
    usual = paragraphs.measure(
        [one for index, one in enumerate(page) if index not in gone]
        for page, gone in zip(printed, beside, strict=True)
    )
    whole = paragraphs.edges(
        [
            one
            for page, gone in zip(printed, beside, strict=True)
            for index, one in enumerate(page)
            if index not in gone and len(one.columns) == 1
        ]
    )
    found: list[Block] = []
    notes: list[Block] = []
    seen: set[str] = set()
    tables: dict[int, Ruled] = {}  # by the grid's own id: what it was drawn as
    for number, page in enumerate(drawn, start=1):
        edge = [printed[number - 1][index] for index in sorted(beside[number - 1])]
        heights = [(line.y, line.size) for line in edge]
        runs = [run for run in page.runs if not _at(run, heights)]
        own = _page(runs, page, number, usual, whole.right, tables)
        notes += _notes(own, usual)
        _join(found, own, tables, usual.words)
        found += own
        for line in edge:
            if line.text not in seen:
                seen.add(line.text)
                found.append(Para(list(line.spans), role=MARGIN, place=f"page {number}"))
    return [*found, *notes]


def _notes(own: list[Block], usual: Measure) -> list[Block]:
    """The footnotes of a page: small print at its end that begins with a raised number."""
    for index, block in enumerate(own):
        if isinstance(block, Para) and NOTE.match(inline.plain(block.spans)):
            rest = own[index:]
            if all(isinstance(b, Para) and b.look.size < usual.size * SMALL for b in rest):
                del own[index:]
                return rest
    return []


def _at(run: Run, heights: Sequence[tuple[float, float]]) -> bool:
    return any(abs(run.y - y) <= size * 0.75 for y, size in heights)


def _page(
    runs: Sequence[Run],
    page: Drawn,
    number: int,
    usual: Measure,
    right: float,
    tables: dict[int, Ruled],
) -> list[Block]:
    grids, left = ruled.find(runs, page.rules)
    flow = lines.build(left, number)
    edge = Page(paragraphs.edges(flow).left, right)
    found: list[Block] = []
    for table in grids:
        above = [line for line in flow if line.y > table.top - line.size]
        flow = flow[len(above) :]
        found += _text(above, edge, usual, page)
        grid = _grid(table, number, usual)
        tables[id(grid)] = table
        found.append(grid)
    return found + _text(flow, edge, usual, page)


def _text(flow: Sequence[Line], edge: Page, usual: Measure, page: Drawn) -> list[Block]:
    """Paragraphs, column by column where there are two."""
    found: list[Block] = []
    columns = list(gutter.parted(flow, page.width))
    for column in columns:
        own = edge if len(columns) == 1 else paragraphs.edges(column)
        found += _column(column, own, usual, page)
    return found


def _column(flow: Sequence[Line], edge: Page, usual: Measure, page: Drawn) -> list[Block]:
    """Paragraphs, and tables whose columns only line up."""
    found: list[Block] = []
    done = 0
    level = [rule for rule in page.rules if rule.y1 - rule.y0 < 1 and rule.x1 - rule.x0 > LINE]
    for start, end, rows in columned.find(flow, usual.pitch * usual.size, level):
        found += paragraphs.gather(flow[done:start], edge, usual)
        cells = [[Cell([Para(spans)] if spans else []) for spans in row] for row in rows]
        found.append(Grid(cells, place=f"page {flow[start].page}"))
        done = end
    return [*found, *paragraphs.gather(flow[done:], edge, usual)]


def _grid(table: Ruled, number: int, usual: Measure) -> Grid:
    rows = [[_cell(box, number, usual) for box in row] for row in table.rows]
    return Grid(rows, place=f"page {number}")


def _cell(box: Box, number: int, usual: Measure) -> Cell:
    flow = lines.build(box.runs, number)
    edge = Page(min((line.x0 for line in flow), default=box.x0), box.x1 - 4)
    return Cell(list(paragraphs.gather(flow, edge, usual)), box.across, box.goes_on)


def _join(
    found: list[Block], own: list[Block], tables: dict[int, Ruled], words: Counter[str]
) -> None:
    """What the page before began and this one goes on with."""
    last = next((b for b in reversed(found) if b.role != MARGIN), None)
    first = own[0] if own else None
    if isinstance(last, Para) and isinstance(first, Para):
        if _is_rest(last, first):
            last.spans = paragraphs.joined(last.spans, first.spans, words)
            own.pop(0)
    elif isinstance(last, Grid) and isinstance(first, Grid):
        one, other = tables.get(id(last)), tables.get(id(first))
        if one and other and _same_columns(one, other):
            _add_rows(last, first, words)
            tables[id(last)] = other
            own.pop(0)


def _is_rest(last: Para, first: Para) -> bool:
    before, after = inline.plain(last.spans), inline.plain(first.spans)
    alike = last.look.size == first.look.size and last.look.bold == first.look.bold
    return alike and not ends_sentence(before) and starts_small(after) and not mark_of(after)


def _same_columns(one: Ruled, other: Ruled) -> bool:
    return len(one.xs) == len(other.xs) and all(
        abs(a - b) <= NEAR for a, b in zip(one.xs, other.xs, strict=True)
    )


def _add_rows(table: Grid, rest: Grid, words: Counter[str]) -> None:
    """The rows of the next page; the head printed again there is dropped."""
    rows = rest.rows
    heads = 0
    while heads < min(len(rows), len(table.rows), 3) and _said(rows[heads]) == _said(
        table.rows[heads]
    ):
        heads += 1
    rows = rows[heads:]
    if rows and _is_rest_of_row(table.rows[-1], rows[0]):
        for cell, more in zip(table.rows[-1], rows[0], strict=True):
            _add_words(cell, more, words)
        rows = rows[1:]
    table.rows += rows


def _said(row: Sequence[Cell]) -> list[str]:
    return [_words(cell) for cell in row]


def _words(cell: Cell) -> str:
    return " ".join(inline.plain(one.spans) for one in cell.blocks if isinstance(one, Para))


def _is_rest_of_row(above: Sequence[Cell], row: Sequence[Cell]) -> bool:
    """A row that a page's end cut through: no new first cell, or sentences that go on."""
    if len(above) != len(row):
        return False
    pairs = [(_words(a), _words(b)) for a, b in zip(above, row, strict=True)]
    if pairs[0][0] and not pairs[0][1] and not row[0].goes_on:
        return True
    going_on = [(a, b) for a, b in pairs if b]
    return bool(going_on) and all(
        a and starts_small(b) and not ends_sentence(a) for a, b in going_on
    )


def _add_words(cell: Cell, more: Cell, words: Counter[str]) -> None:
    first = more.blocks[0] if more.blocks else None
    last = cell.blocks[-1] if cell.blocks else None
    if isinstance(last, Para) and isinstance(first, Para) and _is_rest(last, first):
        last.spans = paragraphs.joined(last.spans, first.spans, words)
        cell.blocks += more.blocks[1:]
    else:
        cell.blocks += more.blocks
