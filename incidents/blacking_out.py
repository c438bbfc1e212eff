"""Taking words out of a text for good: what is blacked out is not in the bytes that leave.

All places are found in the text as it came, and only then taken out: of two passages that overlap
no rest stays. What stands in their place is always the same, so that its length tells nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MARK = "[blacked out]"
# Nobody sees them, and a name with one inside would not be found.
UNSEEN = dict.fromkeys([0x00AD, 0x2060, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F)])
ALIKE = {"'": "['’‘ʼ]", "-": "[-‐‑‒–—]"}
FOLDED = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", **dict.fromkeys("‐‑‒–—", "-")})


def plain(text: str) -> str:
    """The same text, each letter written in one way only."""
    return unicodedata.normalize("NFC", text).translate(UNSEEN)


def lines_of(typed: str) -> list[str]:
    """Passages as somebody typed them: one in each line, none twice."""
    return list(dict.fromkeys(line.strip() for line in plain(typed).splitlines() if line.strip()))


def _pattern(passage: str) -> re.Pattern[str]:
    """As whole words, in any case, whatever stands between them: a line may end there."""
    folded = plain(passage).translate(FOLDED)
    words = [
        "".join(ALIKE.get(letter) or re.escape(letter) for letter in word)
        for word in folded.split()
    ]
    first = r"(?<!\w)" if folded.strip()[:1].isalnum() else ""
    last = r"(?!\w)" if folded.strip()[-1:].isalnum() else ""
    return re.compile(first + r"\s+".join(words) + last, re.IGNORECASE)


def black_out(text: str, passages: Iterable[str]) -> str:
    """The text without these passages, wherever they stand."""
    text = plain(text)
    spans = sorted(
        found.span()
        for passage in passages
        if passage.strip()
        for found in _overlapping(_pattern(passage), text)
    )
    pieces, at = [], 0
    for start, end in _merged(spans):
        pieces += [text[at:start], MARK]
        at = end
    return "".join([*pieces, text[at:]])


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterable[re.Match[str]]:
    at = 0
    while (found := pattern.search(text, at)) is not None:
        yield found
        at = found.start() + 1


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def not_found(texts: Iterable[str], passages: Iterable[str]) -> list[str]:
    """Those of the passages that stand in none of these texts: a slip would leave words behind."""
    read = [plain(text) for text in texts]
    return [
        passage for passage in passages if not any(_pattern(passage).search(text) for text in read)
    ]
