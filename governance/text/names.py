"""Whether the name somebody typed is theirs: case, spacing, accents and kinds of signs forgiven."""

from __future__ import annotations

import re
import unicodedata

APOSTROPHES = re.compile(
    "[\u2018\u2019\u201a\u201b\u02b9\u02bb\u02bc\u02c8\u0060\u00b4\u2032\uff07\u055a]"
)
HYPHENS = re.compile(r"\s*[\u2010-\u2015\u2212\ufe58\ufe63\uff0d\u00ad-]\s*")
INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
# Letters that are drawn with an accent but do not come apart into a letter and its accent.
DRAWN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


def same_name(typed: str, name: str) -> bool:
    """Whether both are the same name. An empty one is nobody's.

    Where words are parted, by a space, a hyphen or not at all, is how one writes, not who one is.
    """
    wanted = _joined(normalise(name))
    return bool(wanted) and _joined(normalise(typed)) == wanted


def normalise(name: str) -> str:
    """A name for comparing: small letters, no accents, one kind of apostrophe and of hyphen."""
    # Before taking letters apart: that turns a lone acute accent into a space and an accent.
    name = APOSTROPHES.sub("'", INVISIBLE.sub("", name))
    folded = unicodedata.normalize("NFKD", name).casefold().translate(DRAWN)
    folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not _is_accent(c))
    return " ".join(HYPHENS.sub("-", folded).split())


def _is_accent(character: str) -> bool:
    """Marks above, below and through a letter, and the vowel points of Hebrew and Arabic.

    Not every combining mark: in other scripts they are letters, as the vowels of Hindi or the
    voicing of Japanese.
    """
    place = unicodedata.combining(character)
    return place == 1 or 10 <= place <= 35 or 202 <= place <= 240


def _joined(name: str) -> str:
    kept = "".join(name.replace("-", " ").split())
    return kept if any(character.isalnum() for character in kept) else ""
