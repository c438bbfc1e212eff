"""The paragraphs and tables of a Word document, in order, as blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from governance.importing.inline import Span, plain, wholly
from governance.importing.parts import Look
from governance.importing.shaped.blocks import CONTENTS, Block, Cell, Grid, Para
from governance.importing.word.numbering import Numbering
from governance.importing.word.package import W
from governance.importing.word.runs import MC, Reader, chosen, is_placeholder
from governance.importing.word.styles import NO_LIST, Style, Styles, paragraph_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # nosec B405

DEEPEST = 40  # tables in tables, boxes in boxes
WRAPPERS = {f"{W}{name}" for name in ("ins", "moveTo", "customXml", "smartTag", "sdtContent")}
MOST_COLUMNS = 60


@dataclass
class Walker:
    """Goes through the body, and keeps what is counted on from paragraph to paragraph."""

    styles: Styles
    numbering: Numbering
    reader: Reader
    carried: list[Span] = field(default_factory=list)  # of a paragraph whose end was deleted
    empty: bool = False  # the paragraph before had no words
    embedded: int = 0  # documents inside the document

    def blocks(self, elements: Iterable[Element], depth: int = 0) -> Iterator[Block]:
        """Everything a reader sees, in order."""
        if depth > DEEPEST:
            return
        for one in elements:
            if one.tag == f"{W}p":
                yield from self._paragraph(one, depth)
            elif one.tag == f"{W}tbl":
                yield self._table(one, depth)
            elif one.tag == f"{W}sdt" and not is_placeholder(one):
                yield from self._control(one, depth)
            elif one.tag in WRAPPERS:
                yield from self.blocks(one, depth + 1)
            elif one.tag == f"{MC}AlternateContent":
                yield from self.blocks(chosen(one), depth + 1)
            elif one.tag == f"{W}altChunk":
                self.embedded += 1

    def _control(self, one: Element, depth: int) -> Iterator[Block]:
        """A content control; Word keeps its table of contents in one."""
        content = one.find(f"{W}sdtContent")
        gallery = one.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
        of_contents = (
            gallery is not None and gallery.get(f"{W}val", "").casefold() == "table of contents"
        )
        for block in self.blocks(content if content is not None else (), depth + 1):
            if of_contents:
                block.role = CONTENTS
            yield block

    def _paragraph(self, one: Element, depth: int) -> Iterator[Block]:
        properties = one.find(f"{W}pPr")
        style = self._style(properties)
        spans = [*self.carried, *self.reader.spans(one, style.words)]
        boxes, contents = self.reader.boxes, self.reader.contents
        self.carried = []
        if properties is not None and properties.find(f"{W}rPr/{W}del") is not None:
            self.carried = spans
        elif not plain(spans):
            self.empty = True
        else:
            para = self._made(spans, style, one)
            para.apart, self.empty = self.empty, False
            if contents:
                para.role = CONTENTS
            yield para
        for box in boxes:
            yield from self.blocks(box, depth + 1)

    def _style(self, properties: Element | None) -> Style:
        named = properties.find(f"{W}pStyle") if properties is not None else None
        style_id = named.get(f"{W}val", "") if named is not None else ""
        style = self.styles.of(style_id)
        direct = paragraph_of(properties, style)
        if direct.list_id and direct.list_level is None:
            level = self.numbering.level_of_style(direct.list_id, style_id)
            direct = replace(direct, list_level=level or 0)
        return direct

    def _made(self, spans: list[Span], style: Style, one: Element) -> Para:
        number = None
        if style.list_id and style.list_id != NO_LIST:
            number = self.numbering.next(style.list_id, style.list_level or 0)
        own = self._own_indent(one)
        indent = own if own is not None else number.indent if number else style.indent
        if style.words.capitals and not any(span.href for span in spans):
            spans = [replace(span, text=span.text.upper()) for span in spans]
        return Para(
            spans=spans,
            heading=style.heading,
            printed=number.printed if number else "",
            family=style.list_id if number else "",
            level=number.level if number and number.printed and not style.heading else None,
            indent=indent or 0.0,
            look=self._look(spans, style, one),
            role=style.role,
            joins=style.continues and not number,
        )

    def _own_indent(self, one: Element) -> float | None:
        properties = one.find(f"{W}pPr")
        return paragraph_of(properties, Style()).indent if properties is not None else None

    def _look(self, spans: list[Span], style: Style, one: Element) -> Look:
        said = [run for run in one.iter(f"{W}r") if "".join(run.itertext()).strip()]
        looks = [self.reader._look(run, style.words) for run in said]
        sizes = [look.size for look in looks if look.size]
        return Look(
            size=max(set(sizes), key=sizes.count) if sizes else style.words.size,
            bold=wholly(spans, "bold"),
            italic=wholly(spans, "italic"),
            underlined=bool(looks) and all(look.underlined for look in looks),
            centred=style.centred,
        )

    def _table(self, table: Element, depth: int) -> Grid:
        rows = [
            self._row(row, depth)
            for row in self._inside(table, f"{W}tr")
            if row.find(f"{W}trPr/{W}del") is None
        ]
        return Grid([row for row in rows if row])

    def _row(self, row: Element, depth: int) -> list[Cell]:
        cells = [Cell() for _ in range(_whole(row, "trPr/gridBefore", 0))]
        for one in self._inside(row, f"{W}tc"):
            merged = one.find(f"{W}tcPr/{W}vMerge")
            cells.append(
                Cell(
                    blocks=list(self.blocks(one, depth + 1)),
                    across=max(1, _whole(one, "tcPr/gridSpan", 1)),
                    goes_on=merged is not None and merged.get(f"{W}val") != "restart",
                )
            )
        return cells

    def _inside(self, element: Element, tag: str) -> Iterator[Element]:
        """The rows or cells, also those inside content controls and changes."""
        for one in element:
            if one.tag == tag:
                yield one
            elif one.tag in WRAPPERS or one.tag == f"{W}sdt":
                yield from self._inside(one, tag)


def _whole(element: Element, path: str, otherwise: int) -> int:
    found = element.find("/".join(f"{W}{step}" for step in path.split("/")))
    text = found.get(f"{W}val", "") if found is not None else ""
    return min(int(text), MOST_COLUMNS) if text.isdecimal() and len(text) < 6 else otherwise
