"""Names that look like another: letters of other alphabets, one letter off, something added.

Hints only. Nothing is decided by them: two schools may well have names that are alike.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

SHORTEST = 5  # below that, every name is one letter off another
LONGEST = 120
# What the eye takes for the same: letters of other alphabets, then figures, then pairs.
OTHER_LETTERS = {
    "a": "аαɑ", "b": "вβ", "c": "сϲ", "d": "ԁđ", "e": "еεҽ", "f": "ƒ", "g": "ɡց", "h": "һнհ",
    "i": "іιı", "j": "јϳ", "k": "кκ", "l": "ӏłℓ", "m": "м", "n": "ηոп", "o": "оοօø", "p": "рρ",
    "q": "ԛ", "r": "г", "s": "ѕ", "t": "тτ", "u": "υս", "v": "ν", "w": "ԝωѡ", "x": "хχ",
    "y": "уγ", "z": "ᴢ",
}  # fmt: skip
FIGURES = {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "i": "l"}
PAIRS = (("rn", "m"), ("vv", "w"))
SAME = str.maketrans(
    {other: letter for letter, others in OTHER_LETTERS.items() for other in others}
)
READ_AS = str.maketrans(FIGURES)
# What impostors add to a name.
ADDED = ("official", "real", "original", "the", "new", "account", "page", "uk", "backup")


@lru_cache(maxsize=8192)
def shape(name: str) -> str:
    """What the eye keeps of a name: no signs, no accents, one letter for all that look like it."""
    text = unicodedata.normalize("NFKD", name[:LONGEST]).casefold().translate(SAME)
    text = "".join(one for one in text if one.isalnum()).translate(READ_AS)
    for pair, one in PAIRS:
        text = text.replace(pair, one)
    return text


@lru_cache(maxsize=8192)
def bare(name: str) -> str:
    """The shape without what is often added to a name, and without figures at its end."""
    text = shape(name.rstrip("0123456789"))
    for word in map(shape, ADDED):
        left = text.removeprefix(word).removesuffix(word)
        if len(left) >= SHORTEST:
            text = left
    return text


def looks_like(name: str, official: str) -> bool:
    """Whether somebody could take this name for that one. The same name does, too."""
    asked, ours = shape(name), shape(official)
    if min(len(asked), len(ours)) < SHORTEST or official.isdigit():
        return asked == ours and bool(ours) and not official.isdigit()
    return asked == ours or bare(name) == bare(official) or one_apart(asked, ours)


def one_apart(first: str, second: str) -> bool:
    """One letter more, less or other; or two that changed places."""
    if abs(len(first) - len(second)) > 1:
        return False
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    left, right = first[start:], second[start:]
    while left and right and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    if len(left) <= 1 and len(right) <= 1:
        return True
    return len(left) == len(right) == 2 and left == right[::-1]


def is_foreign(text: str) -> bool:
    """Whether it holds letters of another alphabet, as no address of an account does."""
    return any(not one.isascii() and one.isalpha() for one in text)
