"""The words of one Word paragraph: what a reader sees, changes accepted, fields by their result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from governance.importing.inline import Span
from governance.importing.word.package import W
from governance.importing.word.styles import Styles, Words, words_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # nosec B405

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LINK = re.compile(r'\s*HYPERLINK\s+"([^"]+)"', re.IGNORECASE)
IN_CONTENTS = re.compile(r"\s*TOC\b", re.IGNORECASE)
# Words that a change tracked by Word took away, and what is no text at all.
GONE = {f"{W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "sdtEndPr")}
THROUGH = {
    f"{W}{name}"
    for name in (
        "ins", "moveTo", "smartTag", "customXml", "sdt", "sdtContent", "fldSimple", "dir", "bdo",
        "ruby", "rubyBase",
    )
}  # fmt: skip
WORDS = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t"}
BOX = f"{W}txbxContent"
CHECKED = {"00FE": "☒", "00FD": "☒", "00A8": "☐", "006F": "☐", "00FC": "✓"}


@dataclass
class Field:
    """A field under way: its code first, then its result."""

    code: str = ""
    showing: bool = False

    @property
    def href(self) -> str:
        found = LINK.match(self.code)
        return found[1] if found else ""


@dataclass
class Seen:
    """What was met on the way, for warnings. Fields go on from one paragraph to the next."""

    fields: list[Field] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # kind and id, in order
    changes: int = 0
    pictures: int = 0
    objects: int = 0
    struck: int = 0
    hidden: int = 0

    @property
    def in_contents(self) -> bool:
        return any(IN_CONTENTS.match(one.code) for one in self.fields)


@dataclass
class Reader:
    """Reads the runs of paragraphs."""

    styles: Styles
    links: dict[str, tuple[str, str]]
    seen: Seen = field(default_factory=Seen)
    boxes: list[Element] = field(default_factory=list)  # text boxes met in this paragraph
    contents: bool = False  # whether a table of contents was under way in this paragraph

    def spans(self, paragraph: Element, words: Words) -> list[Span]:
        """Its words in order. Text boxes that hang on it are put into `boxes`."""
        self.boxes = []
        self.contents = self.seen.in_contents
        return list(self._children(paragraph, words, ""))

    def _children(self, element: Element, words: Words, href: str) -> Iterator[Span]:
        for one in element:
            if one.tag == f"{W}r":
                yield from self._run(one, words, href)
            elif one.tag == f"{W}hyperlink":
                kind, target = self.links.get(one.get(R_ID, ""), ("", ""))
                yield from self._children(one, words, target if kind == "hyperlink" else href)
            elif one.tag in GONE or is_placeholder(one):
                self.seen.changes += one.tag in (f"{W}del", f"{W}moveFrom")
            elif one.tag in THROUGH:
                self.seen.changes += one.tag in (f"{W}ins", f"{W}moveTo")
                yield from self._children(one, words, href)
            elif one.tag == f"{MC}AlternateContent":
                yield from self._children(chosen(one), words, href)
            elif one.tag.endswith(("}oMath", "}oMathPara")):
                yield Span("".join(t.text or "" for t in one.iter() if t.tag.endswith("}t")))

    def _run(self, run: Element, words: Words, href: str) -> Iterator[Span]:
        looks = self._look(run, words)
        for one in run:
            if one.tag in (f"{W}fldChar", f"{W}instrText"):
                self._field(one)
            elif one.tag == f"{MC}AlternateContent":
                yield from self._run(chosen(one), words, href)
            elif one.tag.rpartition("}")[2] in ("drawing", "pict", "object"):
                self._picture(one)
            elif text := self._text(one):
                yield from self._shown(text, looks, href)

    def _shown(self, text: str, looks: Words, href: str) -> Iterator[Span]:
        if not all(one.showing for one in self.seen.fields):
            return
        if looks.hidden:
            self.seen.hidden += 1
            return
        self.seen.struck += looks.struck
        href = href or next((one.href for one in self.seen.fields if one.href), "")
        yield Span(text, bold=looks.bold, italic=looks.italic, href=href)

    def _look(self, run: Element, words: Words) -> Words:
        properties = run.find(f"{W}rPr")
        if properties is None:
            return words
        style = properties.find(f"{W}rStyle")
        if style is not None:
            named = self.styles.character(style.get(f"{W}val", ""))
            words = words_of(named, words)
        return words_of(properties, words)

    def _field(self, one: Element) -> None:
        fields = self.seen.fields
        if one.tag == f"{W}instrText":
            if fields and not fields[-1].showing:
                fields[-1].code += one.text or ""
                self.contents = self.contents or self.seen.in_contents
            return
        kind = one.get(f"{W}fldCharType")
        if kind == "begin":
            fields.append(Field())
        elif kind == "separate" and fields:
            fields[-1].showing = True
        elif kind == "end" and fields:
            fields.pop()

    def _picture(self, one: Element) -> None:
        boxes = list(_outermost(one, BOX))
        self.boxes += boxes
        if not boxes:
            if one.tag == f"{W}object":
                self.seen.objects += 1
            else:
                self.seen.pictures += 1

    def _text(self, one: Element) -> str:
        if one.tag == f"{W}t":
            return one.text or ""
        if one.tag == f"{W}br":
            return "" if one.get(f"{W}type") in ("page", "column") else "\n"
        if one.tag == f"{W}sym":
            return _symbol(one)
        if one.tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            kind = one.tag.removeprefix(W).removesuffix("Reference")
            self.seen.notes.append((kind, one.get(f"{W}id", "")))
            return f"[{len(self.seen.notes)}]"
        return WORDS.get(one.tag, "")


def is_placeholder(one: Element) -> bool:
    """A content control that nobody filled in: "Click here to enter a date"."""
    return one.tag == f"{W}sdt" and one.find(f"{W}sdtPr/{W}showingPlcHdr") is not None


def chosen(one: Element) -> Element:
    """The first of the forms in which Word wrote the same thing; the last is for old programs."""
    return next(iter(one), one)


def _outermost(element: Element, tag: str) -> Iterator[Element]:
    waiting = list(element)
    while waiting:
        one = waiting.pop(0)
        if one.tag == tag:
            yield one
        else:
            waiting[:0] = list(one)


def _symbol(one: Element) -> str:
    """A letter of a symbol font, where it is known what it draws."""
    code = one.get(f"{W}char", "").upper()
    code = "00" + code[2:] if code.startswith("F0") else code
    if "wingdings" in one.get(f"{W}font", "").casefold():
        return CHECKED.get(code, "•")
    return "•" if "symbol" in one.get(f"{W}font", "").casefold() else ""
