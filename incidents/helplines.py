"""Who else helps, in a school's own words: its telephone numbers and web addresses become links.

A line is a sentence, as one would write it in a letter. Only numbers and addresses that begin with
http:// or https:// become links: nothing else that somebody types leads anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from people.models import Organisation

SETTING = "incidents.helplines"
MOST_LINES, LONGEST_LINE = 12, 200
CHILDLINE = "tel:08001111"
LINK = re.compile(
    r"(?P<web>https?://[^\s<>\"'()]*[^\s<>\"'().,;:!?])"
    r"|(?<![\w./+-])(?P<tel>(?:\+\d|0)[\d ]{5,14}\d|116 ?\d{3}|999|112|111|101)(?![\w/-])",
    re.IGNORECASE,
)
# How an address is read out: it breaks no line of a telephone's screen.
SHORT = re.compile(r"^https?://(?:www\.)?|/$", re.IGNORECASE)
OTHER_SCHEME = re.compile(
    r"\b(?!https?:)(?:[a-z][a-z0-9+.-]*://|(?:javascript|data|vbscript)\s*:)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line; with `href` they are a link."""

    text: str
    href: str = ""


Line = list[Piece]


def line_of(text: str) -> Line:
    return list(_pieces(text))


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for found in LINK.finditer(text):
        if found.start() > end:
            yield Piece(text[end : found.start()])
        words = found.group()
        if found["web"]:
            yield Piece(SHORT.sub("", words), words)
        else:
            yield Piece(words, "tel:" + re.sub(r"[^\d+]", "", words))
        end = found.end()
    if end < len(text):
        yield Piece(text[end:])


def lines_of(text: str) -> list[Line]:
    """Each line that says something."""
    return [line_of(line.strip()) for line in text.splitlines() if line.strip()]


def helplines_of(place: Organisation, *, but: str = "") -> list[Line]:
    """Those of a school, else of its trust, else ours; without one that is shown already."""
    lines = lines_of(str(place.setting(SETTING)))
    return [line for line in lines if not but or all(piece.href != but for piece in line)]


def problem(text: str) -> str:
    """What is wrong with what a school typed, as a sentence; or an empty text."""
    lines = [line for line in text.splitlines() if line.strip()]
    if OTHER_SCHEME.search(text):
        return "Web addresses begin with https:// or http://. Nothing else can be a link."
    if len(lines) > MOST_LINES:
        return f"Name no more than {MOST_LINES}: nobody in distress reads a longer list."
    if any(len(line) > LONGEST_LINE for line in lines):
        return f"One in each line, of no more than {LONGEST_LINE} letters."
    return ""
