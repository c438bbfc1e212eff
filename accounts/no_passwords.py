"""The portal never stores a password: text that looks like one is refused.

What a runner writes about a change (the vault's name, a note) must not hold the secret itself. No
rule finds every password; this one stops what people paste by habit, and lets ordinary sentences
and addresses through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SAID = re.compile(
    r"\b(?:pass\s?(?:word|wd|phrase|code)|pwd|pw|pin|code|secret)\b\s*(?:is|are|now|:|=|-|–|to)+\s*"
    r"(?P<secret>\S{4,})",
    re.IGNORECASE,
)
# Words that follow "the password is" in an honest sentence.
HONEST = re.compile(
    r"^(?:kept|stored|held|saved|changed|now|in|with|the|our|a|new|due|safe|known|only|not|being|"
    r"also|still|managed|shared|locked|set|at|on|by|and|reset|unchanged|strong|long|required)\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"^(?:https?://|www\.)|@[\w-]+\.|^@\w+$|^#\w+$", re.IGNORECASE)
SENTENCE = (
    "This looks like a password. The portal never keeps one: put it in the school’s vault and "
    "write the vault’s name here."
)


def problem(text: str, *, names: bool = False) -> str:
    """The sentence to show, or an empty text.

    `names`: names of accounts stand here, which look as passwords do. Then only what somebody calls
    a password counts.
    """
    return SENTENCE if any(True for _ in _suspects(text, names=names)) else ""


def _suspects(text: str, *, names: bool) -> Iterator[str]:
    for found in SAID.finditer(text):
        if not HONEST.match(found["secret"]):
            yield found["secret"]
    for word in () if names else text.split():
        if _is_mixed(word.strip(".,;:!?()[]\"'“”‘’")):
            yield word


def _is_mixed(word: str) -> bool:
    """A word of eight signs or more that mixes letters with digits and signs as no word does."""
    if len(word) < 8 or ADDRESS.search(word):
        return False
    kinds = sum(
        bool(re.search(pattern, word)) for pattern in (r"[a-z]", r"[A-Z]", r"\d", r"[^\w\s./:–—-]")
    )
    return kinds >= 3 and bool(re.search(r"\d", word)) and bool(re.search(r"[a-zA-Z]", word))
