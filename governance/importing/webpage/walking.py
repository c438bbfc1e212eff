"""The tree of a page as blocks: paragraphs, headings, lists and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from governance.importing import inline
from governance.importing.inline import Span
from governance.importing.parts import Look
from governance.importing.shaped.blocks import (
    ASIDE,
    CONTENTS,
    MARGIN,
    TITLE,
    Block,
    Cell,
    Grid,
    Para,
)
from governance.importing.webpage.looks import Looks, hidden, indent_of, within
from governance.importing.webpage.tree import Node
from governance.importing.word.numbering import FORMATS

BLOCKS = {
    "p", "div", "section", "article", "main", "header", "footer", "nav", "aside", "blockquote",
    "pre", "figure", "figcaption", "address", "center", "ul", "ol", "li", "dl", "dt", "dd",
    "table", "hr", "details", "summary", "caption",
}  # fmt: skip
HEADING = re.compile(r"h([1-6])$")
OF_CONTENTS = re.compile(r"\btable[ _-]?of[ _-]?contents|(?:^|[\s_-])toc(?:[\s_\d-]|$)", re.I)
OF_PAGE = re.compile(r"cookie|breadcrumb|site-(?:header|footer|nav)|skip-link|navbar", re.I)
WORD_LIST = re.compile(r"(?P<list>l\d+)\s+level(?P<level>\d)(?:\s+(?P<lfo>lfo\d+))?")
GOOGLE_LIST = re.compile(r"lst-(?P<list>kix_\w+?)-(?P<level>\d)$")
TYPES = {
    "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "lower-alpha": "lowerLetter", "lower-latin": "lowerLetter", "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter", "lower-roman": "lowerRoman", "upper-roman": "upperRoman",
}  # fmt: skip
MOST_CELLS = 200_000
# LibreOffice writes a heading's number right in front of it.
GLUED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2})*\.?)(?=[A-Z])")
STEP = 18  # points by which a list is indented


@dataclass
class List:
    """A list that is open."""

    family: str
    level: int
    ordered: bool
    format: str = "decimal"
    count: int = 0

    def mark(self) -> str:
        self.count += 1
        if not self.ordered:
            return "•"
        return f"{FORMATS.get(self.format, str)(max(self.count, 1))}."


@dataclass
class Walker:
    """Goes through a page's tree."""

    lists: list[List] = field(default_factory=list)
    pictures: int = 0
    made: int = 0
    _spans: list[Span] = field(default_factory=list)
    _looks: list[Looks] = field(default_factory=list)
    _mark: str = ""  # of the list item whose first words are still to come
    _in_item: int = 0
    _word_mark: str = ""
    _empty: bool = False  # the paragraph before had no words

    def blocks(self, node: Node, looks: Looks, role: str = "") -> Iterator[Block]:
        """Everything below this element, in order."""
        for child in node.children:
            if isinstance(child, str):
                self._say(child, looks, node.tag == "pre")
            elif hidden(child):
                continue
            elif child.tag == "br":
                self._spans.append(Span("\n"))
                self._looks.append(looks)
            elif child.tag == "img":
                self.pictures += 1
            elif child.tag in BLOCKS or HEADING.match(child.tag):
                yield from self._flush(node, role)
                yield from self._block(child, within(child, looks), role_of(child) or role)
            else:
                yield from self._inline(child, looks, role)
        if node.tag in BLOCKS or HEADING.match(node.tag) or node.tag in ("body", "td", "th"):
            yield from self._flush(node, role)

    def _inline(self, node: Node, looks: Looks, role: str) -> Iterator[Block]:
        if "mso-list" in node.style and node.style["mso-list"].lower() == "ignore":
            self._word_mark = _symbols_of(node)
            return
        yield from self.blocks(node, within(node, looks), role)

    def _say(self, text: str, looks: Looks, as_typed: bool) -> None:
        if not as_typed:
            text = re.sub(r"[ \t\n\r\f]+", " ", text)
        if looks.capitals:
            text = text.upper()
        if looks.symbols and text.strip():
            text = "• "
        if text:
            self._spans.append(Span(text, looks.bold, looks.italic, looks.href))
            self._looks.append(looks)

    def _block(self, node: Node, looks: Looks, role: str) -> Iterator[Block]:
        if node.tag in ("ul", "ol"):
            yield from self._list(node, looks, role)
        elif node.tag == "li":
            yield from self._item(node, looks, role)
        elif node.tag == "table":
            yield self._table(node, replace(looks, bold=False, size=0.0), role)
        else:
            yield from self.blocks(node, looks, role)

    def _list(self, node: Node, looks: Looks, role: str) -> Iterator[Block]:
        outer = self.lists[-1] if self.lists else None
        self.made += 1
        level, family = (outer.level + 1, outer.family) if outer else (0, f"list {self.made}")
        google = next(filter(None, map(GOOGLE_LIST.match, node.classes)), None)
        if google and outer is None:
            level, family = int(google["level"]), google["list"]
        kind = node.attributes.get("type") or node.style.get("list-style-type", "")
        ordered = node.tag == "ol" and kind not in ("disc", "circle", "square", "none")
        start = node.attributes.get("start", "")
        begun = int(start) - 1 if start.isdecimal() and len(start) < 5 else 0
        self.lists.append(List(family, level, ordered, TYPES.get(kind, "decimal"), begun))
        mark, in_item = self._mark, self._in_item
        self._mark, self._in_item = "", 0
        role = role or (CONTENTS if _only_leads_into_the_page(node) else "")
        yield from self.blocks(node, looks, role)
        self.lists.pop()
        self._mark, self._in_item = mark, in_item

    def _item(self, node: Node, looks: Looks, role: str) -> Iterator[Block]:
        if not self.lists:
            self.made += 1
            self.lists.append(List(f"list {self.made}", 0, ordered=False))
        value = node.attributes.get("value", "")
        if value.isdecimal() and len(value) < 5:
            self.lists[-1].count = int(value) - 1
        before = (self._mark, self._in_item)
        self._mark, self._in_item = self.lists[-1].mark(), 1
        yield from self.blocks(node, looks, role)
        self._mark, self._in_item = before

    def _flush(self, node: Node, role: str) -> Iterator[Block]:
        """The words so far become a paragraph."""
        spans, looks = self._spans, self._looks
        self._spans, self._looks = [], []
        if node.tag == "pre" and sum(span.text.count("\n") for span in spans) > 2:
            yield from self._as_typed(node, spans, looks, role)
            return
        if inline.plain(spans):
            para = self._para(node, spans, looks, role)
            para.apart, self._empty = self._empty, False
            yield para
        elif spans and node.tag in ("p", "div"):
            self._empty = True

    def _as_typed(
        self, node: Node, spans: list[Span], looks: list[Looks], role: str
    ) -> Iterator[Block]:
        """A text file inside a page: a paragraph for each line."""
        for line in inline.every_line(spans):
            if not inline.plain(line):
                self._empty = True
                continue
            para = self._para(node, line, looks[:1] * len(line), role)
            para.apart, self._empty = self._empty, False
            yield para

    def _para(self, node: Node, spans: list[Span], looks: list[Looks], role: str) -> Para:
        found = HEADING.match(node.tag)
        if found and GLUED.match(spans[0].text.lstrip()):
            first = GLUED.sub(r"\g<number> ", spans[0].text.lstrip(), count=1)
            spans = [replace(spans[0], text=first), *spans[1:]]
        said = [one for one, span in zip(looks, spans, strict=True) if span.text.strip()]
        para = Para(
            spans=spans,
            heading=int(found[1]) if found else 0,
            indent=indent_of(node),
            look=Look(
                size=max((one.size for one in said), default=0.0),
                bold=inline.wholly(spans, "bold") and node.tag != "th",
                italic=inline.wholly(spans, "italic"),
                underlined=all(one.underlined for one in said) and not any(o.href for o in said),
                centred=bool(said) and said[0].centred,
            ),
            role=role or _role_of_words(node),
        )
        if listed := WORD_LIST.search(node.style.get("mso-list", "")):
            para.level = int(listed["level"]) - 1
            para.family = f"{listed['list']} {listed['lfo']}"
            para.printed, self._word_mark = self._word_mark or "•", ""
            if para.heading:
                para.level = None
        elif self._in_item and self.lists:
            self._as_item(para)
        return para

    def _as_item(self, para: Para) -> None:
        """The first words of an item carry its mark; paragraphs behind them go on with it."""
        if not self._mark:
            para.joins = not para.heading
            return
        one = self.lists[-1]
        if para.heading:
            para.printed = self._mark if one.ordered and one.level == 0 else ""
        else:
            para.printed, para.level, para.family = self._mark, one.level, one.family
            para.indent = STEP * (one.level + 1)
        self._mark = ""

    def _table(self, table: Node, looks: Looks, role: str) -> Grid:
        outer, self.lists = self.lists, []
        before = (self._mark, self._in_item)
        self._mark, self._in_item = "", 0
        rows: list[list[Cell]] = []
        open_below: dict[int, int] = {}  # columns that a cell above goes on into: rows left
        for tr in _rows(table):
            rows.append(self._row(tr, looks, open_below))
            if sum(map(len, rows)) > MOST_CELLS:
                break
        self.lists = outer
        self._mark, self._in_item = before
        return Grid([row for row in rows if row], role=role)

    def _row(self, tr: Node, looks: Looks, below: dict[int, int]) -> list[Cell]:
        cells: list[Cell] = []
        column = 0
        for td in [one for one in tr.children if isinstance(one, Node)]:
            if td.tag not in ("td", "th"):
                continue
            column = _fill(cells, column, below)
            across = _span(td, "colspan")
            cell = Cell(list(self.blocks(td, within(td, looks))), across=across)
            cells.append(cell)
            if (down := _span(td, "rowspan")) > 1:
                below.update(dict.fromkeys(range(column, column + across), down - 1))
            column += across
        _fill(cells, column, below)
        return cells


def _fill(cells: list[Cell], column: int, below: dict[int, int]) -> int:
    """Cells above that reach into this row; hands back the next free column."""
    while below.get(column, 0) > 0:
        below[column] -= 1
        cells.append(Cell(goes_on=True))
        column += 1
    return column


def _rows(table: Node) -> Iterator[Node]:
    """The table's own rows, not those of tables in its cells."""
    for one in table.children:
        if not isinstance(one, Node):
            continue
        if one.tag == "tr":
            yield one
        elif one.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in one.children if isinstance(row, Node) and row.tag == "tr")


def _span(cell: Node, name: str) -> int:
    text = cell.attributes.get(name, "")
    return max(1, min(int(text), 60)) if text.isdecimal() and len(text) < 5 else 1


def role_of(node: Node) -> str:
    """What an element around the text says of it."""
    names = f"{node.attributes.get('id', '')} {' '.join(node.classes)}"
    if OF_CONTENTS.search(names) and node.tag in ("div", "nav", "ul", "ol", "section"):
        return CONTENTS
    if node.attributes.get("title", "").lower() in ("header", "footer") and node.tag == "div":
        return MARGIN  # as LibreOffice writes what is printed on each page
    if node.tag in ("nav", "aside", "footer") or OF_PAGE.search(names):
        return ASIDE
    return ASIDE if node.attributes.get("role") in ("navigation", "banner", "search") else ""


def _role_of_words(node: Node) -> str:
    for name in node.classes:
        if name.startswith("msotoc"):
            return CONTENTS
        if name in ("msotitle", "msosubtitle", "title", "subtitle"):
            return TITLE
        if name in ("msoheader", "msofooter"):
            return MARGIN
    return ""


def _symbols_of(node: Node) -> str:
    """The number that Word printed, or its bullet in a font of symbols."""
    words = [child for child in node.children if isinstance(child, str)]
    words += [child for one in node.elements() for child in one.children if isinstance(child, str)]
    text = " ".join("".join(words).split())
    return text if any(character.isalnum() for character in text) and len(text) < 12 else "•"


def _only_leads_into_the_page(node: Node) -> bool:
    """A list of nothing but links to places in this very page."""
    links = [one for one in node.elements() if one.tag == "a"]
    into = [one for one in links if one.attributes.get("href", "").startswith("#")]
    return len(into) >= 3 and sum(one.words() for one in into) >= node.words()
