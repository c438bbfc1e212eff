"""The lines of a plain text, each with what its shape says: indent, bullet, number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# The last two are what Word's Symbol and Wingdings bullets become in plain text.
BULLETS = "-–—−*•·▪▫◦●○■□‣⁃➢➤►▶✓✔✦❖☐☑☒❏❑■◆◇➔»\uf0b7\uf0a7\uf0d8\uf0fc"
SQUEEZE = re.compile(r"[ \t]+")
BULLET = re.compile(rf"([{re.escape(BULLETS)}+])(?:\s+(?P<spaced>\S.*)|(?P<close>[^\W\d_].*))$")
LONE_BULLET = re.compile(rf"(?:[{re.escape(BULLETS)}+o]|[0-9]{{1,2}}[.)])$")
O_BULLET = re.compile(r"o\s+(?P<text>\S.*)$")
NUMBER = re.compile(
    r"""(?P<mark>
          (?P<clause>[0-9]{1,2}(?:\.[0-9]{1,3})+)[.)]?
        | (?P<digits>[0-9]{1,2})[.)]
        | \((?P<indigits>[0-9]{1,2})\)
        | \(?(?P<roman>[ivx]{1,5})\)
        | (?P<romandot>[ivx]{2,5})\.
        | \(?(?P<letter>[a-z])\)
        | (?P<letterdot>[a-z])\.
        )\s+(?P<text>\S.*)$""",
    re.VERBOSE,
)
ENDS_SENTENCE = re.compile(r"[.!?:;…][\"'”’)\]]*$")
WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Mark:
    """A bullet or number at the start of a line. `printed` is what the line printed."""

    kind: str  # the bullet itself, or "1.", "1.1", "a)", "i)"
    printed: str
    number: int = 0
    nested: bool = False  # "- o text": a bullet inside a bullet


@dataclass(frozen=True)
class Line:
    """One line of the file. A blank one has an empty text."""

    number: int
    text: str
    indent: int = 0
    raw: str = ""
    new_page: bool = False

    @property
    def blank(self) -> bool:
        return not self.text


def split(text: str) -> list[Line]:
    """The lines, numbered from 1. A form feed is a blank line that begins a page."""
    lines = []
    for number, piece in enumerate(text.split("\n"), start=1):
        pages = piece.split("\f")
        for index, page in enumerate(pages):
            if index:
                lines.append(Line(number, "", new_page=True))
            if index == 0 or page.strip():
                lines.append(_line(number, page))
    return lines


def _line(number: int, piece: str) -> Line:
    raw = piece.rstrip()
    bare = raw.lstrip()
    indent = len(raw[: len(raw) - len(bare)].expandtabs(4))
    return Line(number, SQUEEZE.sub(" ", bare).strip(), indent, raw)


def mark_of(text: str) -> tuple[Mark, str] | None:
    """The bullet or number a line begins with, and the text behind it."""
    if found := BULLET.match(text):
        rest = found["spaced"] or found["close"]
        if found["close"] and found[1] not in "-–•·▪●○■➢➤►✓✔\uf0b7\uf0a7\uf0d8\uf0fc":
            return None  # *word* and +word are not bullets
        if inner := O_BULLET.match(rest):
            return Mark("o", found[1] + " o", nested=True), inner["text"]
        return Mark(_kind(found[1]), found[1]), rest
    if found := O_BULLET.match(text):
        return Mark("o", "o"), found["text"]
    if found := NUMBER.match(text):
        return _numbered(found), found["text"]
    return None


def _kind(bullet: str) -> str:
    return "-" if bullet in "-–—−" else bullet


def _numbered(found: re.Match[str]) -> Mark:
    printed = found["mark"]
    if found["clause"]:
        return Mark("1.1", printed, found["clause"].count("."))
    if digits := found["digits"] or found["indigits"]:
        return Mark("1." if found["digits"] else "(1)", printed, int(digits))
    if letter := found["letter"] or found["letterdot"]:
        return Mark("a)", printed, ord(letter) - 96)
    return Mark("i)", printed, _roman(found["roman"] or found["romandot"]))


def _roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in text]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-one if one < following else one for one, following in pairs)


def settled(mark: Mark, before: Mark | None) -> Mark:
    """The mark, where "i", "v" or "x" may be a letter or a number: what stood before it tells."""
    sign = mark.printed.strip("().")
    if sign not in ("i", "v", "x") or mark.kind not in ("a)", "i)"):
        return mark
    as_letter, as_number = ord(sign) - 96, _roman(sign)
    letter = before is not None and before.kind == "a)" and before.number == as_letter - 1
    return Mark("a)" if letter else "i)", mark.printed, as_letter if letter else as_number)


def wrap_width(lines: Sequence[Line]) -> int:
    """The width at which this text was broken into lines by hand; 0 if it was not."""
    lengths = sorted(len(line.raw) for line in lines if not line.blank)
    if not lengths:
        return 0
    top = lengths[int(len(lengths) * 0.97)] if len(lengths) > 30 else lengths[-1]
    near = sum(1 for length in lengths if top - 15 <= length <= top)
    return top if 45 <= top <= 120 and near >= max(3, len(lengths) // 6) else 0


def ends_sentence(text: str) -> bool:
    return bool(ENDS_SENTENCE.search(text))


def starts_small(text: str) -> bool:
    return text[:1].islower()


def word_count(text: str) -> int:
    return len(WORDS.findall(text))
