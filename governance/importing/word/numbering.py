"""The numbers and bullets that Word prints in front of paragraphs: they are not in its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from governance.importing.word.package import W

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # nosec B405

BULLET = "•"
LEVELS = 9
PLACE = "%"
NUMERALS = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
UNITS = [
    "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven",
    "Twelve", "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen",
]  # fmt: skip


@dataclass
class Level:
    """How the numbers of one depth look."""

    format: str = "decimal"
    text: str = ""
    start: int = 1
    indent: float | None = None
    restarts: bool = True
    plain: bool = False  # "1.1" although the level above counts in letters
    style: str = ""


@dataclass
class Definition:
    """A list's levels, and how far its numbers have come."""

    levels: dict[int, Level] = field(default_factory=dict)
    counts: list[int] = field(default_factory=lambda: [0] * LEVELS)
    style_link: str = ""


@dataclass(frozen=True)
class Number:
    """What is printed in front of a paragraph."""

    printed: str
    level: int
    indent: float | None
    bullet: bool


class Numbering:
    """All lists of a document. Asking for a number counts on."""

    def __init__(self, root: Element | None) -> None:
        self._definitions: dict[str, Definition] = {}
        self._lists: dict[str, tuple[str, dict[int, int], dict[int, Level]]] = {}
        self._begun: set[tuple[str, int]] = set()
        named: dict[str, str] = {}
        for one in root if root is not None else ():
            if one.tag == f"{W}abstractNum":
                key = one.get(f"{W}abstractNumId", "")
                self._definitions[key] = definition = _definition(one)
                if (link := one.find(f"{W}styleLink")) is not None:
                    named[link.get(f"{W}val", "")] = key
                definition.style_link = _value(one, "numStyleLink")
            elif one.tag == f"{W}num":
                key = _value(one, "abstractNumId")
                self._lists[one.get(f"{W}numId", "")] = (key, *_overrides(one))
        for definition in self._definitions.values():
            source = self._definitions.get(named.get(definition.style_link, ""))
            if source and not definition.levels:
                definition.levels = source.levels

    def level_of_style(self, number_id: str, style: str) -> int | None:
        """The depth that a list keeps for paragraphs of this style."""
        levels = self._levels(number_id)
        return next((index for index, level in levels.items() if level.style == style), None)

    def next(self, number_id: str, index: int) -> Number | None:
        """The number of the next paragraph of this list at this depth; None where it has none."""
        found = self._lists.get(number_id)
        definition = self._definitions.get(found[0]) if found else None
        if found is None or definition is None or not 0 <= index < LEVELS:
            return None
        levels = self._levels(number_id)
        level = levels.get(index) or Level(text=f"{PLACE}{index + 1}.")
        self._count(definition, levels, index, level, (number_id, index), found[1])
        if level.format == "bullet":
            return Number(_bullet(level.text), index, level.indent, bullet=True)
        printed = "" if level.format == "none" else _printed(level, levels, definition.counts)
        return Number(printed, index, level.indent, bullet=False)

    def _levels(self, number_id: str) -> dict[int, Level]:
        found = self._lists.get(number_id)
        definition = self._definitions.get(found[0]) if found else None
        return {**definition.levels, **found[2]} if found and definition else {}

    def _count(
        self,
        definition: Definition,
        levels: dict[int, Level],
        index: int,
        level: Level,
        key: tuple[str, int],
        starts: dict[int, int],
    ) -> None:
        counts = definition.counts
        for above in range(index):
            if counts[above] == 0:
                counts[above] = levels[above].start if above in levels else 1
        if index in starts and key not in self._begun:
            counts[index] = starts[index]
        else:
            counts[index] = counts[index] + 1 if counts[index] else level.start
        self._begun.add(key)
        for below in range(index + 1, LEVELS):
            if below not in levels or levels[below].restarts:
                counts[below] = 0


def _definition(one: Element) -> Definition:
    definition = Definition()
    for found in one.findall(f"{W}lvl"):
        index = found.get(f"{W}ilvl", "")
        if index.isdecimal() and int(index) < LEVELS:
            definition.levels[int(index)] = _level(found)
    return definition


def _level(found: Element) -> Level:
    format_ = found.find(f"{W}numFmt")
    if format_ is None:  # inside mc:AlternateContent
        format_ = found.find(f".//{W}numFmt")
    indent = found.find(f"{W}pPr/{W}ind")
    return Level(
        format=format_.get(f"{W}val", "decimal") if format_ is not None else "decimal",
        text=_value(found, "lvlText"),
        start=_whole(_value(found, "start"), 1),
        indent=left_of(indent) if indent is not None else None,
        restarts=_value(found, "lvlRestart") != "0",
        plain=found.find(f"{W}isLgl") is not None,
        style=_value(found, "pStyle"),
    )


def _overrides(one: Element) -> tuple[dict[int, int], dict[int, Level]]:
    starts: dict[int, int] = {}
    levels: dict[int, Level] = {}
    for found in one.findall(f"{W}lvlOverride"):
        index = _whole(found.get(f"{W}ilvl", ""), -1)
        if start := _value(found, "startOverride"):
            starts[index] = _whole(start, 1)
        if (level := found.find(f"{W}lvl")) is not None:
            levels[index] = _level(level)
    return starts, levels


def left_of(indent: Element) -> float | None:
    """The left edge of the text in points."""
    for name in ("start", "left"):
        if (twips := indent.get(f"{W}{name}")) is not None:
            try:
                return float(twips) / 20
            except ValueError:
                return None
    return None


def _printed(level: Level, levels: dict[int, Level], counts: list[int]) -> str:
    text = level.text
    for index in range(LEVELS):
        mark = f"{PLACE}{index + 1}"
        if mark in text:
            format_ = levels[index].format if index in levels and not level.plain else "decimal"
            if format_ in ("bullet", "none"):
                format_ = "decimal"
            text = text.replace(mark, _number(counts[index], format_))
    return " ".join(text.split())


def _number(count: int, format_: str) -> str:
    write = FORMATS.get(format_, str)
    return write(count) if 0 < count < 5_000 else str(count)


def _letters(count: int) -> str:
    """a … z, then aa, bb, as Word does."""
    repeated, letter = divmod(count - 1, 26)
    return chr(97 + letter) * (repeated + 1) if repeated < 20 else str(count)


def _roman(count: int) -> str:
    text = ""
    for value, letters in NUMERALS:
        while count >= value:
            text, count = text + letters, count - value
    return text


def _ordinal(count: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{'th' if 10 < count % 100 < 20 else ending}"


def _spelt(count: int) -> str:
    return UNITS[count - 1] if count <= len(UNITS) else str(count)


FORMATS: dict[str, Callable[[int], str]] = {
    "lowerLetter": _letters,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda count: _roman(count).upper(),
    "decimalZero": lambda count: f"{count:02}",
    "ordinal": _ordinal,
    "cardinalText": _spelt,
}


def _bullet(text: str) -> str:
    """Word's bullets are letters of its symbol fonts; those that are plain signs stay."""
    return text if text in ("-", "–", "—", "o", "*") else BULLET


def _value(element: Element, name: str) -> str:
    found = element.find(f"{W}{name}")
    return found.get(f"{W}val", "") if found is not None else ""


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else otherwise
