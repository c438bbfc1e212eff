"""Which paragraphs are headings although the file does not call them so, and how deep each lies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from governance.importing.lines import word_count
from governance.importing.parts import Kind, Part
from governance.importing.ragged import headings as by_words
from governance.importing.ragged.headings import ADDRESS, NUMBERED, OPEN_ENDED, PART, VERB, titled

LARGER = 1.12  # times the size of the text: what is meant to stand out
MOST_WORDS = 14
A_SENTENCE = 22  # words; what is longer is no heading, whatever its style says
TEXT = (Kind.PARAGRAPH, Kind.ITEM)
NUMBERS = ("1.", "1.1", "(1)", "a)", "i)", "n")
LABEL = re.compile(r"[^:]{1,40}:\s+\S")


@dataclass(frozen=True, order=True)
class Rank:
    """How far a heading stands out; what is greater lies higher."""

    size: float
    capitals: bool
    bold: bool
    underlined: bool


def find(parts: list[Part]) -> None:
    """Turn paragraphs that only look like headings into headings, and give all their depth."""
    body = body_size(parts)
    for part in parts:
        if part.kind is Kind.HEADING and _is_sentence(part.text):
            part.kind, part.level = Kind.PARAGRAPH, 0
    for index, part in enumerate(parts):
        if _stands_out(parts, index, body):
            part.text = part.printed
            part.kind, part.mark, part.level = Kind.HEADING, None, 0
    _demote_runs(parts)
    if not any(part.kind is Kind.HEADING for part in parts):
        by_words.find(parts)
    _deepen(parts)


def look_like_any(parts: list[Part]) -> bool:
    """Whether anything in the text stands out by its size, its weight or capitals."""
    body = body_size(parts)
    return any(_stands_out(parts, index, body) for index in range(len(parts)))


def _is_sentence(text: str) -> bool:
    return word_count(text) > A_SENTENCE or (text.endswith(".") and word_count(text) > MOST_WORDS)


def body_size(parts: list[Part]) -> float:
    """The size that most of the words have; 0 where the file says none."""
    sizes: Counter[float] = Counter()
    for part in parts:
        if part.kind in TEXT and part.look.size:
            sizes[part.look.size] += len(part.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _stands_out(parts: list[Part], index: int, body: float) -> bool:
    part = parts[index]
    if part.kind not in TEXT or part.role or "\n" in part.rich:
        return False
    if part.mark and part.mark.kind not in NUMBERS:
        return False
    if not _shown_large(part, body):
        return _heads_clauses(parts, index)
    return _reads_like_one(part) and _heads_something(parts, index, body)


def _shown_large(part: Part, body: float) -> bool:
    look, words = part.look, part.text
    large = bool(body) and look.size >= body * LARGER
    shouted = words.isupper() and sum(1 for letter in words if letter.isalpha()) > 3
    return large or look.bold or look.underlined or (shouted and titled(words))


def _reads_like_one(part: Part) -> bool:
    text = part.text
    if not 1 <= word_count(text) <= MOST_WORDS or len(text) > 120 or ADDRESS.search(text):
        return False
    if not (text[0].isupper() or text[0].isdigit() or text[0] in "“‘\"'("):
        return False
    if text.endswith((",", ";", "…")) or (text.endswith(".") and not _short_numbered(part)):
        return False
    if text.endswith(":"):
        return word_count(text) <= 8 and not (VERB.search(text) or OPEN_ENDED.search(text))
    return not LABEL.match(text) or PART.match(text) is not None or not VERB.search(text)


def _short_numbered(part: Part) -> bool:
    """ "1. Purpose.", with a stop behind it."""
    return part.mark is not None and word_count(part.text) <= 6 and not VERB.search(part.text)


def _heads_clauses(parts: list[Part], index: int) -> bool:
    """ "1. Scope" right above "1.1 This policy …": a heading, however plainly it is printed."""
    part = parts[index]
    after = parts[index + 1] if index + 1 < len(parts) else None
    if part.mark is None or part.mark.kind != "1." or after is None or after.mark is None:
        return False
    below = after.mark.kind == "1.1" and after.mark.printed.startswith(f"{part.mark.number}.")
    return below and word_count(part.text) <= MOST_WORDS and not part.text.endswith((".", ";", ","))


def _heads_something(parts: list[Part], index: int, body: float) -> bool:
    """Whether text follows that it can head, rather than the next of a list of bold lines."""
    part = parts[index]
    after = parts[index + 1] if index + 1 < len(parts) else None
    if after is None:
        return False
    if part.mark is None or (body and part.look.size >= body * LARGER):
        return True
    before = parts[index - 1] if index else None
    return not any(
        one is not None and one.kind is Kind.ITEM and one.mark and one.mark.kind == part.mark.kind
        for one in (before, after)
    )


def _demote_runs(parts: list[Part]) -> None:
    """Of three or more such lines with nothing between, only the last heads anything."""
    index = 0
    while index < len(parts):
        end = index
        while (
            end < len(parts) and _doubtful(parts[end]) and _rank(parts[end]) == _rank(parts[index])
        ):
            end += 1
        last = end == len(parts)
        if end - index >= 3 or (last and end > index):
            for part in parts[index : end if last else end - 1]:
                part.kind = Kind.PARAGRAPH
        index = max(end, index + 1)


def _doubtful(part: Part) -> bool:
    return part.kind is Kind.HEADING and not part.styled and not NUMBERED.match(part.text)


def _rank(part: Part) -> Rank:
    look = part.look
    letters = re.sub(r"^[\d.\s]+", "", part.text)
    return Rank(round(look.size * 2) / 2, letters.isupper(), look.bold, look.underlined)


def _deepen(parts: list[Part]) -> None:
    """Every heading's depth, 2 being the highest below the policy's title."""
    found = [part for part in parts if part.kind is Kind.HEADING]
    styled = [part for part in found if part.styled]
    looks = [part for part in found if not part.styled]
    if styled and looks:
        _among_styled(found)
    elif looks:
        _by_rank(looks)
    if found:
        highest = min(part.level for part in found)
        above = 1
        for part in found:
            wanted = part.level - highest + 2
            part.level = above = min(wanted, above + 1, 6)
            part.text = part.text.rstrip(": ") or part.text


def _by_rank(found: list[Part]) -> None:
    """The look tells, and a number within it: "1.1" lies one deeper than "1."."""
    ranks = sorted({_rank(part) for part in found}, reverse=True)
    depth_of: dict[Rank, int] = {}
    for rank in ranks:
        own = list(_number_depths(part for part in found if _rank(part) == rank))
        taken = set(depth_of.values())
        floor = max(taken, default=-1) + 1
        if own and taken:
            # Looks alike in depth where their numbers say so, such as bold 14 and bold 13.
            numbered = [
                depth - _dots(part.text)
                for other, depth in depth_of.items()
                for part in found
                if _rank(part) == other and NUMBERED.match(part.text)
            ]
            depth_of[rank] = numbered[0] + min(own) if numbered else floor
        else:
            depth_of[rank] = min(floor, 4)
        for part in found:
            if _rank(part) == rank:
                deeper = _dots(part.text) - min(own) if own and NUMBERED.match(part.text) else 0
                part.level = depth_of[rank] + max(deeper, 0) + 1


def _number_depths(parts: Iterator[Part]) -> Iterator[int]:
    return (_dots(part.text) for part in parts if NUMBERED.match(part.text))


def _dots(text: str) -> int:
    found = NUMBERED.match(text)
    return found["deeper"].count(".") if found else 0


def _among_styled(found: list[Part]) -> None:
    """A heading that is only printed like one, between headings that the file calls so."""
    alike: dict[Rank, Counter[int]] = {}
    for part in found:
        if part.styled:
            alike.setdefault(_rank(part), Counter())[part.level] += 1
    numbered = [part.level - _dots(part.text) for part in found
                if part.styled and NUMBERED.match(part.text)]  # fmt: skip
    above = 0
    for part in found:
        if part.styled:
            above = part.level
        elif _rank(part) in alike and part.look.size:
            part.level = alike[_rank(part)].most_common(1)[0][0]
        elif numbered and NUMBERED.match(part.text):
            part.level = max(numbered[0] + _dots(part.text), 1)
        else:
            part.level = above + 1
