"""What Word's styles say of a paragraph and of its words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from governance.importing.shaped.blocks import CONTENTS, TITLE
from governance.importing.word.numbering import left_of
from governance.importing.word.package import W

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # nosec B405

HEADING = re.compile(r"heading ([1-9])\b")
IN_CONTENTS = re.compile(r"(?:toc (?:\d|heading)|contents (?:\d|heading)|table of figures)")
NO_LIST = "0"
OFF = ("0", "false", "off", "none")


@dataclass(frozen=True)
class Words:
    """How words look."""

    bold: bool = False
    italic: bool = False
    underlined: bool = False
    capitals: bool = False
    hidden: bool = False
    struck: bool = False
    size: float = 0.0


@dataclass(frozen=True)
class Style:
    """How a paragraph looks and what it is."""

    words: Words = Words()
    heading: int = 0
    role: str = ""
    list_id: str = ""
    list_level: int | None = None
    indent: float | None = None
    centred: bool = False
    continues: bool = False  # "List Continue": the rest of a list item


@dataclass
class Styles:
    """The styles of a document by id, each with what it inherits."""

    root: Element | None
    _found: dict[str, Style] = field(default_factory=dict)

    def __post_init__(self) -> None:
        root = self.root
        self._elements = {
            one.get(f"{W}styleId", ""): one
            for one in (root.findall(f"{W}style") if root is not None else ())
        }
        self._default = next(
            (
                key
                for key, one in self._elements.items()
                if one.get(f"{W}default") == "1" and one.get(f"{W}type") == "paragraph"
            ),
            "",
        )
        defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr") if root is not None else None
        self._base = Style(words=words_of(defaults, Words()))

    def character(self, style_id: str) -> Element | None:
        """What a style of words sets."""
        one = self._elements.get(style_id)
        return one.find(f"{W}rPr") if one is not None else None

    def of(self, style_id: str) -> Style:
        """A style with everything it inherits."""
        return self._of(style_id if style_id in self._elements else self._default, ())

    def _of(self, style_id: str, above: tuple[str, ...]) -> Style:
        if style_id in self._found:
            return self._found[style_id]
        one = self._elements.get(style_id)
        if one is None or style_id in above:
            return self._base
        based = one.find(f"{W}basedOn")
        parent = (
            self._of(based.get(f"{W}val", ""), (*above, style_id))
            if based is not None and len(above) < 50
            else self._base
        )
        style = paragraph_of(one.find(f"{W}pPr"), replace(parent, role=parent.role))
        style = replace(style, words=words_of(one.find(f"{W}rPr"), style.words))
        self._found[style_id] = style = _named(style, _name(one))
        return style


def _name(one: Element) -> str:
    found = one.find(f"{W}name")
    return (found.get(f"{W}val", "") if found is not None else "").casefold()


def _named(style: Style, name: str) -> Style:
    """Word's own names say more than their looks."""
    if found := HEADING.match(name):
        return replace(style, heading=int(found[1]), role="")
    if name in ("title", "subtitle"):
        return replace(style, role=TITLE, heading=0)
    if IN_CONTENTS.match(name):
        return replace(style, role=CONTENTS, heading=0)
    if name.startswith("list continue"):
        return replace(style, continues=True)
    return style


def paragraph_of(properties: Element | None, style: Style) -> Style:
    """The style, changed by what is set on the paragraph itself."""
    if properties is None:
        return style
    for one in properties:
        value = one.get(f"{W}val", "")
        if one.tag == f"{W}outlineLvl" and value.isdecimal():
            style = replace(style, heading=int(value) + 1 if int(value) < 9 else 0)
        elif one.tag == f"{W}numPr":
            style = _in_list(one, style)
        elif one.tag == f"{W}ind" and (left := left_of(one)) is not None:
            style = replace(style, indent=left)
        elif one.tag == f"{W}jc":
            style = replace(style, centred=value == "center")
    return style


def _in_list(one: Element, style: Style) -> Style:
    list_id, level = one.find(f"{W}numId"), one.find(f"{W}ilvl")
    if list_id is not None:
        style = replace(style, list_id=list_id.get(f"{W}val", ""))
    if level is not None and (value := level.get(f"{W}val", "")).isdecimal():
        style = replace(style, list_level=int(value))
    return style


def words_of(properties: Element | None, words: Words) -> Words:
    """The look of words, changed by what is set on them."""
    if properties is None:
        return words
    for one in properties:
        value = one.get(f"{W}val", "")
        on = value.casefold() not in OFF
        name = SWITCHES.get(one.tag.removeprefix(W))
        if name:
            words = replace(words, **{name: on})
        elif one.tag == f"{W}sz" and value.isdecimal():
            words = replace(words, size=int(value) / 2)
    return words


SWITCHES = {
    "b": "bold",
    "i": "italic",
    "u": "underlined",
    "caps": "capitals",
    "vanish": "hidden",
    "strike": "struck",
    "dstrike": "struck",
}
