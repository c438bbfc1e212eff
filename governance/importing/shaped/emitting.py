"""Blocks become parts, and the lines of a source text that a person can look them up in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from governance.importing import inline
from governance.importing.inline import Span
from governance.importing.lines import Mark, mark_of
from governance.importing.opening import tidy_words
from governance.importing.parts import Kind, Part
from governance.importing.shaped.blocks import Block, Cell, Grid, Para
from governance.text.escape import escape_block, escape_inline

ONE_CELL = 1
TAB, BLANK = 36.0, 3.0  # points
FEW_WORDS = 30
A_PASSAGE = 90  # words in each cell


@dataclass
class Source:
    """The text of the file, line by line, and where each line stands in it."""

    lines: list[str] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)

    def add(self, text: str, place: str = "") -> int:
        """Keep a line; hands back its number."""
        self.lines.append(text)
        if place:
            self.places[len(self.lines)] = place
        return len(self.lines)

    def gap(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")


@dataclass
class Emitter:
    """Makes the parts in order."""

    source: Source = field(default_factory=Source)
    parts: list[Part] = field(default_factory=list)
    tables: int = 0

    def take(self, blocks: Iterable[Block], role: str = "", place: str = "") -> None:
        for block in blocks:
            _tidy(block)
            block.role = block.role or role
            block.place = block.place or place
            if isinstance(block, Grid):
                self._grid(block)
            else:
                for para in _pieces(block):
                    self._para(para)

    def _para(self, para: Para) -> None:
        text = inline.plain(para.spans)
        if not text:
            return
        before = self.parts[-1] if self.parts else None
        if para.joins and before and before.kind is Kind.ITEM:
            self._join(before, para, text)
            return
        mark, spans = _mark(para, text)
        shown = inline.plain(spans)
        if not (mark and mark.kind and before and before.kind is Kind.ITEM):
            self.source.gap()
        printed = f"{para.printed} " if para.printed else ""
        indent = "  " * (para.level or 0)
        first, *more = [inline.plain(line) for line in inline.lines_of(para.spans)]
        number = self.source.add(f"{indent}{printed}{first}", para.place)
        for line in more:
            self.source.add(f"{indent}{line}", para.place)
        heading = para.heading > 0
        self.parts.append(
            Part(
                Kind.HEADING if heading else Kind.ITEM if mark else Kind.PARAGRAPH,
                f"{mark.printed} {shown}" if heading and mark else shown,
                number,
                mark=None if heading else mark,
                indent=round(para.indent + _set_in(para.spans)),
                level=para.heading if heading else (para.level or 0),
                look=para.look,
                styled=heading,
                role=para.role,
                rich="" if heading else inline.rich(spans),
                family=para.family,
                place=para.place,
                after_blank=para.apart,
            )
        )

    def _join(self, before: Part, para: Part | Para, text: str) -> None:
        assert isinstance(para, Para)
        own = inline.rich(para.spans) or escape_block(text)
        before.rich = f"{before.rich or escape_block(before.text)}\\\n{own}"
        before.text = f"{before.text} {text}"
        self.source.add("  " * (before.level + 1) + text, para.place)

    def _grid(self, grid: Grid) -> None:
        rows = _squared(grid.rows)
        if not rows:
            return
        if len(rows[0]) == ONE_CELL or _is_layout(rows):
            for row in rows:
                for cell in row:
                    self.take(cell.blocks, grid.role, grid.place)
            return
        self.tables += 1
        place = ", ".join(filter(None, (grid.place, f"table {self.tables}")))
        self.source.gap()
        part = Part(Kind.TABLE, "", 0, role=grid.role, place=grid.place)
        for index, row in enumerate(rows):
            texts = [_text(cell) for cell in row]
            part.rows.append(texts)
            part.rich_rows.append(
                [escape_inline(text) for text in texts]
                if index == 0
                else [_rich(cell, text) for cell, text in zip(row, texts, strict=True)]
            )
            part.row_numbers.append(self.source.add(" | ".join(texts), place))
        part.number = part.row_numbers[0]
        self.parts.append(part)
        self.source.gap()


def _tidy(block: Block) -> None:
    """No letter that a database or a page would choke on."""
    if isinstance(block, Para):
        block.spans = [replace(span, text=tidy_words(span.text)) for span in block.spans]
        block.printed = tidy_words(block.printed)
        return
    for row in block.rows:
        for cell in row:
            for inner in cell.blocks:
                _tidy(inner)


def _pieces(para: Para) -> Iterator[Para]:
    """One paragraph; several where its author made a list or short lines with line breaks."""
    lines = inline.lines_of(para.spans)
    if para.heading or len(lines) < 2:
        yield para
        return
    texts = [inline.plain(line) for line in lines]
    listed = [mark_of(text) for text in texts[1:]]
    if not any(listed):
        apart = not (para.printed or para.joins) and (_are_labels(texts) or _is_headed(lines))
        looks = [replace(para.look, bold=inline.wholly(line, "bold")) for line in lines]
        yield from (
            (replace(para, spans=line, look=look) for line, look in zip(lines, looks, strict=True))
            if apart
            else (para,)
        )
        return
    for index, line in enumerate(lines):
        if index == 0:
            yield replace(para, spans=line)
        else:
            joins = listed[index - 1] is None
            yield replace(para, spans=line, printed="", level=None, family="", joins=joins)


def _are_labels(texts: Sequence[str]) -> bool:
    """Short lines that end no sentence: the details on a front page, not a verse of the text."""
    return all(len(text) <= 70 and not text.endswith((".", ",", ";")) for text in texts)


def _is_headed(lines: Sequence[Sequence[Span]]) -> bool:
    """A bold line above others that are not: a heading with its text."""
    return inline.wholly(lines[0], "bold") and not any(
        inline.wholly(line, "bold") for line in lines[1:]
    )


def _mark(para: Para, text: str) -> tuple[Mark | None, list[Span]]:
    """The number or bullet, printed by the program or typed by hand, and the words behind it."""
    if para.printed:
        found = mark_of(f"{para.printed} x")
        mark = found[0] if found else Mark("n", para.printed, 1)
        if para.level is not None and mark.kind == "•":
            mark = replace(mark, kind="-")
        return mark, para.spans
    if typed := mark_of(text):
        mark, rest = typed
        return mark, _without(para.spans, len("".join(text[: len(text) - len(rest)].split())))
    return None, para.spans


def _set_in(spans: Sequence[Span]) -> float:
    """How far blanks in front push the words to the right, in points."""
    text = "".join(span.text for span in spans)
    return sum(TAB if sign == "\t" else BLANK for sign in text[: len(text) - len(text.lstrip())])


def _without(spans: Sequence[Span], count: int) -> list[Span]:
    """The spans less their first signs, blanks not counted."""
    left: list[Span] = []
    for span in spans:
        text = span.text
        while text and (count or (not left and text[0].isspace())):
            count -= not text[0].isspace()
            text = text[1:]
        if text:
            left.append(replace(span, text=text))
    return left


def _squared(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Rows of equal length, without rows and columns that are empty all through."""
    spread = []
    for row in rows:
        cells: list[Cell] = []
        for cell in row:
            cells += [Cell() if cell.goes_on else cell, *(Cell() for _ in range(cell.across - 1))]
        spread.append(cells)
    width = max((len(row) for row in spread), default=0)
    spread = [[*row, *(Cell() for _ in range(width - len(row)))] for row in spread]
    spread = [row for row in spread if any(_text(cell) for cell in row)]
    kept = [i for i in range(width) if any(_text(row[i]) for row in spread)]
    return [[row[i] for i in kept] for row in spread] if kept else []


def _is_layout(rows: Sequence[Sequence[Cell]]) -> bool:
    """A table that only puts whole passages side by side."""
    said = [cell for row in rows for cell in row if cell.blocks and _text(cell)]
    words = sum(len(_text(cell).split()) for cell in said)
    if len(rows) == 1:
        return any(len(cell.blocks) > 1 or len(_text(cell).split()) > FEW_WORDS for cell in said)
    return words > A_PASSAGE * len(said)


def _texts(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    """Each paragraph of a cell as text and as Markdown, its bullet or number in front."""
    for block in blocks:
        if isinstance(block, Grid):
            for row in block.rows:
                for cell in row:
                    yield from _texts(cell.blocks)
        elif text := inline.plain(block.spans):
            printed = f"{block.printed} " if block.printed else ""
            pieces = [inline.rich(line) or escape_inline(inline.plain(line))
                      for line in inline.lines_of(block.spans)]  # fmt: skip
            yield f"{printed}{text}", f"{escape_inline(printed)} {' '.join(pieces)}".strip()


def _text(cell: Cell) -> str:
    return " ".join(text for text, _ in _texts(cell.blocks))


def _rich(cell: Cell, text: str) -> str:
    return " ".join(rich for _, rich in _texts(cell.blocks)) if text else ""
