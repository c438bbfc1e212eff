"""Word documents: with Word's styles and lists, and without any."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

from tests.governance.documents.model import Block, Head, Item, Policy, Table, Text

FORMATS = {"-": "bullet", "1": "decimal", "a": "lowerLetter", "i": "lowerRoman"}
SYMBOLS = ("\uf0b7", "o", "\uf0a7")
FONTS = ("Symbol", "Courier New", "Wingdings")


def styled(policy: Policy) -> bytes:
    """Titles, headings, lists and the table of contents as Word means them."""
    document = Document()
    maker = _Styled(document)
    document.add_paragraph(policy.school, style="Subtitle")
    document.add_paragraph(policy.title, style="Title")
    _facts(document, policy)
    if policy.contents:
        maker.contents(policy)
        document.add_page_break()
    if policy.numbered:
        maker.number_headings()
    maker.write(policy.blocks)
    _margins(document, policy)
    return _bytes(document)


def ragged(policy: Policy) -> bytes:
    """Bold lines for headings, typed bullets and numbers, a typed contents list."""
    document = Document()
    for text, size in ((policy.school, 16), (policy.title, 20)):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        run.bold, run.font.size = True, Pt(size)
    _facts(document, policy)
    if policy.contents:
        document.add_paragraph().add_run("Contents").bold = True
        for page, head in enumerate(policy.heads(), start=2):
            if head.level == 1:
                document.add_paragraph(f"{head.printed} {'.' * 40} {page}")
        document.add_page_break()
    _Typed(document).write(policy.blocks)
    _margins(document, policy)
    return _bytes(document)


class _Maker:
    def __init__(self, document: Any) -> None:
        self.document = document

    def write(self, blocks: Sequence[Block]) -> None:
        for is_list, run in groupby(blocks, key=lambda block: isinstance(block, Item)):
            if is_list:
                self.items([block for block in run if isinstance(block, Item)])
                continue
            for block in run:
                if isinstance(block, Head):
                    self.heading(block)
                elif isinstance(block, Table):
                    _table(self.document, block)
                elif isinstance(block, Text):
                    self.document.add_paragraph(block.text)

    def heading(self, head: Head) -> None:
        raise NotImplementedError

    def items(self, items: Sequence[Item]) -> None:
        raise NotImplementedError


class _Styled(_Maker):
    """Headings by style, lists by definitions of their own."""

    def __init__(self, document: Any) -> None:
        super().__init__(document)
        self.numbering = document.part.numbering_part.element
        self.last = 100

    def heading(self, head: Head) -> None:
        self.document.add_paragraph(head.text, style=f"Heading {head.level}")

    def items(self, items: Sequence[Item]) -> None:
        kinds = {item.depth: item.kind for item in items}
        number = self._define(
            [
                _level(depth, FORMATS[kinds.get(depth, "-")], _shape(kinds.get(depth, "-"), depth))
                for depth in range(4)
            ]
        )
        for item in items:
            paragraph = self.document.add_paragraph(item.text, style="List Paragraph")
            _in_list(paragraph, number, item.depth)

    def number_headings(self) -> None:
        """1., 1.1 and 1.1.1, printed by Word and in no heading's text."""
        shapes = ["%1.", "%1.%2", "%1.%2.%3"]
        number = self._define(
            [_level(depth, "decimal", shape, f"Heading{depth + 1}") for depth, shape in
             enumerate(shapes)]
        )  # fmt: skip
        for depth in range(3):
            style = self.document.styles[f"Heading {depth + 1}"].element
            properties = style.get_or_add_pPr()
            properties.append(_numbered(number, depth))

    def contents(self, policy: Policy) -> None:
        """A field with its result, inside a content control, as Word inserts it."""
        lines = "".join(
            f'<w:p><w:pPr><w:pStyle w:val="TOC{head.level}"/></w:pPr><w:r><w:t>{head.printed}</w:t>'
            f"</w:r><w:r><w:tab/></w:r><w:r><w:t>{page}</w:t></w:r></w:p>"
            for page, head in enumerate(policy.heads(), start=2)
        )
        field = (
            '<w:p><w:r><w:t>Contents</w:t></w:r></w:p><w:p><w:r><w:fldChar w:fldCharType="begin"/>'
            '</w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-3" </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r></w:p>'
        )
        end = '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        control = parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtPr><w:docPartObj><w:docPartGallery "
            'w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>'
            f"{field}{lines}{end}</w:sdtContent></w:sdt>"
        )
        self.document.element.body.insert(-1, control)

    def _define(self, levels: list[str]) -> int:
        self.last += 1
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{self.last}">'
            f'<w:multiLevelType w:val="multilevel"/>{"".join(levels)}</w:abstractNum>'
        )
        first = self.numbering.find(qn("w:num"))
        self.numbering.insert(self.numbering.index(first), abstract)
        self.numbering.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{self.last}">'
                f'<w:abstractNumId w:val="{self.last}"/></w:num>'
            )
        )
        return self.last


class _Typed(_Maker):
    """Everything by hand."""

    def heading(self, head: Head) -> None:
        self.document.add_paragraph().add_run(head.printed).bold = True

    def items(self, items: Sequence[Item]) -> None:
        for item in items:
            paragraph = self.document.add_paragraph(f"{item.mark}\t{item.text}")
            paragraph.paragraph_format.left_indent = Cm(0.63 + 1.27 * item.depth)
            paragraph.paragraph_format.first_line_indent = Cm(-0.63)


def _shape(kind: str, depth: int) -> str:
    place = f"%{depth + 1}"
    return {"-": SYMBOLS[min(depth, 2)], "1": f"{place}.", "a": f"({place})", "i": f"{place}."}[
        kind
    ]


def _level(depth: int, format_: str, text: str, style: str = "") -> str:
    linked = f'<w:pStyle w:val="{style}"/>' if style else ""
    font = FONTS[min(depth, 2)]
    fonts = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>'
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{format_}"/>{linked}'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/><w:pPr><w:ind '
        f'w:left="{360 * (depth + 1)}" w:hanging="360"/></w:pPr>'
        f"{fonts if format_ == 'bullet' else ''}</w:lvl>"
    )


def _numbered(number: int, depth: int) -> Any:
    return parse_xml(
        f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    )


def _in_list(paragraph: Any, number: int, depth: int) -> None:
    paragraph._p.get_or_add_pPr().append(_numbered(number, depth))


def _facts(document: Any, policy: Policy) -> None:
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for label, value in policy.facts.items():
        cells = table.add_row().cells
        cells[0].paragraphs[0].add_run(label).bold = True
        cells[1].text = value
    document.add_paragraph()


def _table(document: Any, block: Table) -> None:
    table = document.add_table(rows=len(block.rows), cols=len(block.rows[0]), style="Table Grid")
    for r, c, text in block.shown():
        cell = table.cell(r, c)
        across, down = block.across(r, c), block.down(r, c)
        if across > 1 or down > 1:
            cell = cell.merge(table.cell(r + down - 1, c + across - 1))
        cell.text = text
        if r == 0:
            for run in cell.paragraphs[0].runs:
                run.bold = True
    document.add_paragraph()


def _margins(document: Any, policy: Policy) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].text = policy.running
    footer = section.footer.paragraphs[0]
    footer.add_run("Page ")
    for element in _field("PAGE"):
        footer._p.append(element)


def _field(code: str) -> Iterator[Any]:
    for kind in ("begin", "", "separate", "1", "end"):
        run = OxmlElement("w:r")
        if kind in ("begin", "separate", "end"):
            child = OxmlElement("w:fldChar")
            child.set(qn("w:fldCharType"), kind)
        else:
            child = OxmlElement("w:t" if kind else "w:instrText")
            child.text = kind or code
        run.append(child)
        yield run


def _bytes(document: Any) -> bytes:
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


WRITERS: dict[str, Callable[[Policy], bytes]] = {"tidy": styled, "ragged": ragged, "long": styled}
