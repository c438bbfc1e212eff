"""The short code on a printed copy, such as 2A7K-M9QX-D4TR, and what it says of that copy (D7, P3).

A code is the version's key in the first letters and nine letters made with TRAIL_KEY from that key
and the hash of the text. So no column holds it, it stays the same for ever, it belongs to one exact
text, and guessing one takes 26 million million tries (31 to the ninth, 44 bits).
"""

from __future__ import annotations

import hmac
import re

from governance.models import PolicyVersion
from governance.services.signing import ALPHABET
from web.crypto import keyed_hash

BASE = len(ALPHABET)
CHECK = 9
SHORTEST, LONGEST = 12, CHECK + 13  # 13 letters hold every key a database can count
GROUP = 4
OTHER_SIGNS = re.compile(r"[^0-9A-Z]+")


def code_of(version: PolicyVersion) -> str:
    """The code of a published version, in groups of four. A draft has none: ""."""
    if not version.is_published:
        return ""
    return grouped(_key_letters(version.pk) + _check_letters(version.pk, version.content_hash))


def version_of(code: str) -> PolicyVersion | None:
    """The published version with this code, however it was typed. One query, or none."""
    letters = tidy(code)
    if not may_be_one(letters):
        return None
    number = 0
    for letter in letters[:-CHECK]:
        number = number * BASE + ALPHABET.index(letter)
    if number >= 2**63:
        return None
    version = (
        PolicyVersion.objects.published()
        .filter(pk=number)
        .select_related("policy__owner__parent", "policy__current", "policy__parent", "withdrawal")
        .defer("body", "policy__current__body")
        .first()
    )
    if version is None or not hmac.compare_digest(tidy(code_of(version)), letters):
        return None
    return version


def tidy(code: str) -> str:
    """As it is compared: capitals, and nothing between them. A whole address is its last part."""
    last = code.strip().rstrip("/").rsplit("/", 1)[-1]
    return OTHER_SIGNS.sub("", last.upper())


def may_be_one(letters: str) -> bool:
    return SHORTEST <= len(letters) <= LONGEST and set(letters) <= set(ALPHABET)


def grouped(letters: str) -> str:
    """In fours, for reading out; the first group takes what is left over."""
    first = GROUP + len(letters) % GROUP
    rest = [letters[at : at + GROUP] for at in range(first, len(letters), GROUP)]
    return "-".join([letters[:first], *rest])


def _key_letters(key: int) -> str:
    return _in_letters(key).rjust(SHORTEST - CHECK, ALPHABET[0])


def _check_letters(key: int, content_hash: str) -> str:
    digest = keyed_hash(f"{key}:{content_hash}", purpose="policy-version.code")
    return _in_letters(int(digest, 16) % BASE**CHECK).rjust(CHECK, ALPHABET[0])


def _in_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number, BASE)
        letters = ALPHABET[rest] + letters
    return letters
