"""The parts of a plain text: paragraphs, list items, tables and underlined headings.

Lines that were broken by hand are joined here; sentences torn by an empty line are mended later.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from governance.importing.lines import (
    ENDS_SENTENCE,
    Line,
    Mark,
    ends_sentence,
    mark_of,
    starts_small,
    wrap_width,
)
from governance.importing.parts import Kind, Part
from governance.importing.ragged import tables

UNDERLINE = re.compile(r"(=|-|~){3,}$")
LABELLED = re.compile(r"[A-Z][^:.!?]{1,40}:\s+\S")
# Ten words behind which no sentence and no heading ends.
LEADS_ON = re.compile(
    r"(?:,|\b(?:and|or|the|a|an|of|to|in|for|with|by|on|not|their|our|is|are))$", re.I
)


def gather(lines: Sequence[Line]) -> list[Part]:
    """The parts in order."""
    width = wrap_width(lines)
    found = tables.find(lines)
    parts: list[Part] = []
    after_blank, index = True, 0
    while index < len(lines):
        line = lines[index]
        if table := found.get(index):
            parts.append(Part(Kind.TABLE, "", line.number, rows=table.rows))
            index, after_blank = table.end, True
            continue
        index += 1
        if line.blank:
            after_blank = True
            continue
        if _underlined(parts, line, after_blank):
            parts[-1].kind = Kind.HEADING
            parts[-1].level = 0 if line.text[0] == "=" else 1
            after_blank = True
            continue
        _add(parts, line, after_blank, width)
        after_blank = False
    return parts


def _underlined(parts: list[Part], line: Line, after_blank: bool) -> bool:
    return bool(
        not after_blank
        and parts
        and UNDERLINE.match(line.text)
        and parts[-1].kind is Kind.PARAGRAPH
        and len(parts[-1].text) <= 100
        and parts[-1].after_blank
    )


def _add(parts: list[Part], line: Line, after_blank: bool, width: int) -> None:
    before = parts[-1] if parts and not after_blank else None
    marked = mark_of(line.text)
    if before is not None and _goes_on(before, line, marked, width):
        _join(before, line)
        return
    part = Part(
        Kind.ITEM if marked else Kind.PARAGRAPH,
        marked[1] if marked else line.text,
        line.number,
        mark=marked[0] if marked else None,
        indent=line.indent,
        after_blank=after_blank,
        last_raw=len(line.raw),
    )
    if _is_label_after_label(before, line):
        assert before is not None
        before.lines.append(line.text)
        before.last_raw = len(line.raw)
        return
    if LABELLED.match(line.text) and not marked and len(line.text) <= 100:
        part.lines = [line.text]
    parts.append(part)


def _is_label_after_label(before: Part | None, line: Line) -> bool:
    return bool(before and before.lines and LABELLED.match(line.text) and len(line.text) <= 100)


def _goes_on(before: Part, line: Line, marked: tuple[Mark, str] | None, width: int) -> bool:
    """Whether this line is the rest of the one above."""
    if before.kind not in (Kind.PARAGRAPH, Kind.ITEM):
        return False
    full = bool(width) and before.last_raw + 1 + len(line.text.split(" ", 1)[0]) > width
    if marked:
        # A full line that ends inside a sentence, and a number that begins no list: "…by\n12. The"
        mark = marked[0]
        return (
            full
            and mark.kind in ("1.", "a)", "i)")
            and mark.number > 1
            and bool(LEADS_ON.search(_tail(before)))
        )
    if before.text.isupper() != line.text.isupper() and len(before.text) < 80:
        return False
    if full:
        return True
    if starts_small(line.text) and not ends_sentence(_tail(before)):
        return len(_tail(before)) >= 40 or bool(LEADS_ON.search(_tail(before))) or bool(width)
    hanging = before.kind is Kind.ITEM and line.indent > before.indent + 1
    return hanging and not (width and ends_sentence(_tail(before)) and not before.text)


def _tail(part: Part) -> str:
    text = part.lines[-1] if part.lines else part.text
    return text[-200:]


def _join(before: Part, line: Line) -> None:
    if before.lines:
        before.lines[-1] = glue(before.lines[-1], line.text)
        before.text = before.lines[0] if len(before.lines) == 1 else before.text
    else:
        before.text = glue(before.text, line.text)
    before.last_raw = len(line.raw)


def glue(first: str, second: str) -> str:
    """Two halves of a sentence. A word broken at its hyphen is closed up, the hyphen kept."""
    broken = re.search(r"[^\W\d_]-$", first[-2:]) and starts_small(second)
    return f"{first}{'' if broken else ' '}{second}"


__all__ = ["ENDS_SENTENCE", "LEADS_ON", "Kind", "Part", "gather", "glue"]
