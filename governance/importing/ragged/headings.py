"""Which lines are headings, and how deep."""

from __future__ import annotations

import re

from governance.importing.lines import ends_sentence, word_count
from governance.importing.ragged.parts import Kind, Part

# What a heading does not hold unless it asks a question: the verb of a sentence.
VERB = re.compile(
    r"\b(?:must|should|will|shall|may|might|cannot|can|could|would|is|are|was|were|has|have|had|"
    r"does|do|don['’]t|includes?|covers|applies|agree|understand|recogni[sz]es?|expects?|needs?)\b",
    re.IGNORECASE,
)
SPEAKS = re.compile(
    r"(?:this|these|those|the following|we|you|it|they|all|for|if|when|never|always|please|dear|"
    r"see|e\.g|i\.e|note|nb|yes|no|staff)\b",
    re.IGNORECASE,
)
SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "but",
        "by",
        "for",
        "from",
        "in",
        "into",
        "nor",
        "of",
        "on",
        "or",
        "per",
        "than",
        "the",
        "to",
        "up",
        "via",
        "vs",
        "with",
        "when",
        "while",
        "within",
        "working",
        "use",
        "using",
        "advice",
    ]
)
MAJOR = re.compile(
    r"\b(?:policy|agreement|guidance|guidelines|checklist|procedures?|code of conduct|statement)\b",
    re.IGNORECASE,
)
PART = re.compile(r"(?:appendix|annex|annexe|schedule|part|section|chapter)\s+[\dA-Z]{1,3}\b", re.I)
ASKS = re.compile(r"(?:what|who|why|when|where|how)\b", re.IGNORECASE)
DETERMINER = re.compile(r"\b(?:this|our|the school|these|your)\b", re.IGNORECASE)
NOUN = re.compile(r"\w+(?:tions?|ments?|ings?|ity|ities|ances?|ences?|ness|ship|ures?)$")
ADDRESS = re.compile(r"https?:|www\.|@\w|\b[A-Z]{1,2}\d{1,2}[A-Z]?\s?\d[A-Z]{2}\b")
# "The school aims to:" leads on to its list.
OPEN_ENDED = re.compile(r"\b(?:to|that|by|of|and|with|as|for|following|not|we|they|you)\s*:$", re.I)
NUMBERED = re.compile(r"\d{1,2}(?P<deeper>(?:\.\d{1,3})*)[.):]?\s+(?P<text>\S.*)$")


def titled(text: str) -> bool:
    """Whether a line by itself reads like a heading."""
    if not 1 <= word_count(text) <= 12 or len(text) > 100 or ADDRESS.search(text):
        return False
    body = found["text"] if (found := NUMBERED.match(text)) else text
    if not body[0].isalpha() or (
        (body[0].lower() == body[0].upper()) is False and body[0].islower()
    ):
        return False
    if text.isupper():
        return not text.endswith((",", ";"))
    if text.endswith("?"):
        return word_count(text) <= 9 and not re.search(r"[.?!]\s", text)
    if re.search(r"[.,;!…—–-]$|[.!?]\s+[A-Z]|:\s", text) or text.count("(") != text.count(")"):
        return False
    if text.endswith(":"):
        if OPEN_ENDED.search(text):
            return False
        return word_count(text) <= 6 and not VERB.search(text) and not SPEAKS.match(text)
    if ASKS.match(text):
        return word_count(text) <= 8
    return not VERB.search(text) or _capitals(text) > 0.7 or PART.match(text) is not None


def titled_with_stop(text: str) -> bool:
    """A heading that somebody ended with a full stop: a noun in front, and no verb."""
    if not text.endswith(".") or not 3 <= word_count(text) <= 10 or ends_sentence(text[:-1]):
        return False
    first = text.split(" ", 1)[0]
    return bool(NOUN.match(first)) and first[0].isupper() and not VERB.search(text)


def _capitals(text: str) -> float:
    words = [word for word in re.findall(r"[^\W\d_]+", text) if word.lower() not in SMALL]
    return sum(1 for word in words if word[0].isupper()) / len(words) if words else 0.0


def find(parts: list[Part]) -> list[str]:
    """Turn the parts that are headings into headings. Hands back what to look at again."""
    doubts = []
    counted = 0  # the number of the last numbered heading
    for index, part in enumerate(parts):
        following = parts[index + 1] if index + 1 < len(parts) else None
        if part.kind is Kind.ITEM:
            counted = _numbered_heading(parts, index, counted)
        elif part.kind is Kind.PARAGRAPH and following and not part.lines:
            alone = part.after_blank and (following.after_blank or _opens(following))
            over_text = _opens(following) or _long(following) or _shouts_over(part, following)
            if titled(part.text) and (alone or over_text):
                part.kind = Kind.HEADING
            elif alone and following.after_blank and titled_with_stop(part.text):
                part.kind = Kind.HEADING
                part.text = part.text.rstrip(".")
                doubts.append(
                    f"Line {part.number} “{part.text}” was taken as a heading, although it ends "
                    "with a full stop."
                )
    _demote_runs(parts)
    return doubts


def _opens(part: Part) -> bool:
    return part.kind in (Kind.ITEM, Kind.TABLE)


def _shouts_over(part: Part, following: Part) -> bool:
    """Capitals above a line that is none: a heading above another, say."""
    letters = sum(1 for letter in part.text if letter.isalpha())
    return part.text.isupper() and letters > 3 and not following.text.isupper()


def _long(part: Part) -> bool:
    return part.kind is Kind.PARAGRAPH and (len(part.text) > 60 or ends_sentence(part.text))


def _numbered_heading(parts: list[Part], index: int, counted: int) -> int:
    """ "1. Introduction" above text is a heading; in a run of numbers it is a list item.

    `counted` is the number of the last such heading: a short line that goes on counting is one
    too, even in words that do not look like a title. Hands back the number of the last heading.
    """
    part = parts[index]
    mark = part.mark
    if mark is None or mark.kind not in ("1.", "1.1"):
        return counted
    if not titled(part.text) and not _goes_on(part, counted):
        return counted
    if part.text.endswith("?") and mark.kind == "1.1":
        return counted
    before = parts[index - 1] if index else None
    after = parts[index + 1] if index + 1 < len(parts) else None
    if after is None or (after.mark and after.mark.kind == mark.kind):
        return counted
    if before and before.kind is Kind.ITEM and before.mark and before.mark.kind == mark.kind:
        return counted
    part.kind, part.text = Kind.HEADING, part.printed
    part.level = mark.number if mark.kind == "1.1" else 0
    part.mark = None
    return mark.number if mark.kind == "1." else counted


def _goes_on(part: Part, counted: int) -> bool:
    """A short line between blank lines that bears the next number: "3. If one is lost"."""
    assert part.mark is not None
    next_one = part.mark.kind == "1." and counted > 0 and part.mark.number == counted + 1
    within = part.mark.kind == "1.1" and part.mark.printed.startswith(f"{counted}.")
    return (
        (next_one or within)
        and part.after_blank
        and word_count(part.text) <= 8
        and not ends_sentence(part.text)
    )


def _demote_runs(parts: list[Part]) -> None:
    """Of three or more headings with nothing between, only the last heads anything."""
    index = 0
    while index < len(parts):
        end = index
        while end < len(parts) and parts[end].kind is Kind.HEADING and not _sure(parts[end]):
            end += 1
        last = end == len(parts)  # nothing comes behind: they head nothing
        if end - index >= 3 or last:
            for part in parts[index : end if last else end - 1]:
                part.kind = Kind.PARAGRAPH
        index = max(end, index + 1)


def _sure(part: Part) -> bool:
    return bool(NUMBERED.match(part.text) or PART.match(part.text))


def is_major(text: str) -> bool:
    """Whether it heads a document within the document."""
    if PART.match(text):
        return True
    return bool(MAJOR.search(text)) and _capitals(text) > 0.7 and not DETERMINER.search(text)


def deepen(parts: list[Part]) -> None:
    """Give every heading its depth, 2 being the highest below the policy's title."""
    numbered = any(part.kind is Kind.HEADING and NUMBERED.match(part.text) for part in parts)
    capitals = [part.text.isupper() for part in parts if part.kind is Kind.HEADING]
    shouted = not numbered and 2 <= sum(capitals) < len(capitals) and capitals[0]
    bullets = {part.mark.kind for part in parts if part.mark and not part.mark.nested}
    inside = previous_major = False
    for index, part in enumerate(parts):
        if part.kind is not Kind.HEADING:
            continue
        before = parts[index - 1] if index else None
        after = parts[index + 1] if index + 1 < len(parts) else None
        paired = bool(after and after.kind is Kind.HEADING and not numbered)
        found = NUMBERED.match(part.text)
        if found:
            level = found["deeper"].count(".")
        elif is_major(part.text) or (paired and inside):
            inside, level = True, 0
        elif numbered:
            level = 0 if part.text.isupper() else 1
        else:
            level = max(part.level, 1 if inside else 0, shouted and not part.text.isupper())
            if before and before.kind is Kind.HEADING and not previous_major:
                level = max(level, before.level - 2 + 1)
            if _over_small_bullets(after, bullets):
                level += 1
        part.level = min(2 + level, 6)
        previous_major = is_major(part.text)
        part.text = part.text.rstrip(": ") or part.text
    _close_gaps(parts)


def _over_small_bullets(after: Part | None, bullets: set[str]) -> bool:
    """A heading right above "o" bullets, where "-" ones are the outer ones, lies deeper."""
    return bool(after and after.mark and after.mark.kind == "o" and bullets - {"o"})


def _close_gaps(parts: list[Part]) -> None:
    """No heading lies more than one deeper than the one before it."""
    above = 1
    for part in parts:
        if part.kind is Kind.HEADING:
            part.level = above = min(part.level, above + 1)
