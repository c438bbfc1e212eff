"""The policy's title, and the school's name that often stands above it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from governance.importing.lines import Line, mark_of, word_count
from governance.importing.result import Guess

SCHOOL = (
    r"(?:school|college|academy|academies|trust|learning|federation|nursery|primary|infants?|"
    r"juniors?|high|grammar|sixth form|hub|partnership)"
)
NAMES_SCHOOL = re.compile(rf"\b{SCHOOL}\b", re.IGNORECASE)
NAMES_DOCUMENT = re.compile(
    r"\b(?:policy|agreement|code|guidance|guidelines|statement|procedures?|handbook|charter|"
    r"rules|protocol|strategy)\b",
    re.IGNORECASE,
)
BOTH = re.compile(
    rf"(?P<school>(?:\S+ ){{1,12}}?{SCHOOL}(?: {SCHOOL})*)[ :–—-]+(?P<title>\S.*)$", re.I
)
SENTENCE = re.compile(
    r"[.;,]$|\b(?:must|should|is|are|will|encourage|recognises?)\b", re.IGNORECASE
)
LABELLED = re.compile(r"(?:(?:policy|document)\s+)?(?:title|name)\s*[:–-]\s*(?P<title>\S.*)$", re.I)
SECTION = re.compile(
    r"(?:\d|(?:introduction|rationale|purpose|aims?|scope|contents|overview|background|summary|"
    r"context|statement of intent|policy statement|who|why|what|how)\b)",
    re.IGNORECASE,
)
LEADING = 12


def find(lines: Sequence[Line]) -> tuple[Guess | None, Guess | None, set[int]]:
    """Title and organisation with where they stand, and the indexes of the lines they take up."""
    first = [(index, line) for index, line in enumerate(lines) if not line.blank][:LEADING]
    organisation: Guess | None = None
    used: set[int] = set()
    for position, (index, line) in enumerate(first[:4]):
        text = line.text.strip("=#*_ ").rstrip(":")
        if not text or not _could_be(text) or mark_of(line.text):
            break
        if found := LABELLED.match(text):
            return _guess(found["title"], line), organisation, {*used, index}
        if both := _both(text):
            school, title = both
            return _guess(title, line), organisation or _guess(school, line), {*used, index}
        if NAMES_DOCUMENT.search(text) or position == len(first) - 1:
            return _guess(text, line), organisation, {*used, index}
        if SECTION.match(text):
            break
        following = first[position + 1][1].text if position + 1 < len(first) else ""
        if NAMES_SCHOOL.search(text) or (_could_be(following) and NAMES_DOCUMENT.search(following)):
            if organisation is not None:
                break
            organisation = _guess(text, line)
            used.add(index)
            continue
        short = word_count(text) <= 8 and text[0].isupper()
        if (position == 0 and short) or _stands_alone(lines, index):
            return _guess(text, line), organisation, {*used, index}
        break
    return None, None, set()


def _both(text: str) -> tuple[str, str] | None:
    """ "Oakfield Primary School Social Media Policy": the school and the title."""
    found = BOTH.match(text[:200])
    if not found or not NAMES_DOCUMENT.search(found["title"]):
        return None
    if not re.search(r"[^\W\d_]", found["title"]) or word_count(found["school"]) < 2:
        return None
    if word_count(found["title"]) < 2 or not found["title"][0].isupper():
        return None
    return found["school"].strip(), found["title"].strip()


def _could_be(text: str) -> bool:
    return 1 <= word_count(text) <= 16 and len(text) <= 150 and not SENTENCE.search(text)


def _stands_alone(lines: Sequence[Line], index: int) -> bool:
    return index + 1 < len(lines) and (
        lines[index + 1].blank or set(lines[index + 1].text) <= set("=-")
    )


def _guess(value: str, line: Line) -> Guess:
    return Guess(value.strip(), line.text, line.number)
