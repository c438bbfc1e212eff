"""What a check of an account asks. To each, "yes" means that all is well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from people.models import Organisation

YES, NO, NONE = "yes", "no", "none"
ANSWERS: Mapping[str, str] = {YES: "Yes", NO: "No", NONE: "Does not apply"}
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `why` helps whoever answers it; `code` names the school's setting."""

    code: str
    words: str
    why: str = ""


QUESTIONS = (
    Question(
        "followers",
        "Have you looked through those who follow it?",
        "Block whoever has no good reason to be there, and log it.",
    ),
    Question(
        "follows",
        "Does it follow only educational and community accounts?",
        "No pupils, no staff’s own accounts, nobody’s private account.",
    ),
    Question(
        "people",
        "Do names and pictures keep to the house rules and the list of consents?",
        "Look at the posts since the last check. Consent may have been taken back since.",
    ),
    Question(
        "settings",
        "Are its settings as the register says: who can see it, comments, who is let in?",
        "Platforms change settings by themselves now and then.",
    ),
    Question(
        "contacts",
        "Are the contact details shown there the school’s own?",
        "No private telephone number and no private address.",
    ),
    Question(
        "school",
        "Have you looked at what is said in public about the school?",
        "Search for the school’s name. What worries you belongs on the log.",
    ),
)


def questions_of(at: Organisation) -> list[Question]:
    """What a check asks at this school: ours that it has not switched off, then its own."""
    ours = [one for one in QUESTIONS if at.setting(f"accounts.check_asks_{one.code}")]
    return [*ours, *_own(str(at.setting("accounts.check_own")))]


def _own(text: str) -> Iterable[Question]:
    found = (" ".join(words.split()) for words in re.findall(r"[^?]+\?", text))
    return [Question(f"own_{n}", words[:LONGEST]) for n, words in enumerate(found, 1)]
