"""What the text of a cell means: a platform, who can see it, comments, its state."""

from __future__ import annotations

import re

from accounts.models import SocialAccount
from accounts.platforms import CHOICES
from accounts.workflow import Status
from people.importing.columns import words_of
from people.importing.values import Unclear, short

Access, Moderation = SocialAccount.Access, SocialAccount.Moderation

PLATFORM_WORDS: dict[str, str] = {
    **{words_of(label): code for code, label in CHOICES},
    **{code: code for code, _ in CHOICES},
    "fb": "facebook", "facebook page": "facebook", "facebook group": "facebook", "meta": "facebook",
    "insta": "instagram", "ig": "instagram",
    "twitter": "x", "x formerly twitter": "x", "x twitter": "x", "twitter x": "x", "tweets": "x",
    "you tube": "youtube", "yt": "youtube", "youtube channel": "youtube",
    "tik tok": "tiktok", "linked in": "linkedin", "linkedin page": "linkedin",
    "whatsapp": "whatsapp", "whats app": "whatsapp", "blue sky": "bluesky", "bsky": "bluesky",
    "blog": "other", "website": "other", "podcast": "other", "web site": "other",
}  # fmt: skip
ACCESS_WORDS = {
    **{words_of(label): code for code, label in Access.choices},
    **dict.fromkeys(("open", "public", "everyone", "anyone", "yes"), Access.OPEN.value),
    **dict.fromkeys(("closed", "private", "protected", "by request", "no"), Access.CLOSED.value),
}
COMMENT_WORDS = {
    **{words_of(label): code for code, label in Moderation.choices},
    **dict.fromkeys(("off", "no", "disabled", "none", "switched off"), Moderation.OFF.value),
    **dict.fromkeys(("before", "approved first", "held", "moderated"), Moderation.BEFORE.value),
    **dict.fromkeys(("after", "on", "yes", "open", "enabled"), Moderation.AFTER.value),
}
STATUS_WORDS: dict[str, str] = {
    **{words_of(label): code for code, label in Status.choices},
    **dict.fromkeys(("active", "in use", "open", "yes", "y", "current"), Status.LIVE.value),
    **dict.fromkeys(
        ("inactive", "deleted", "no", "n", "dormant", "archived", "old"), Status.CLOSED.value
    ),
    **dict.fromkeys(("unauthorised", "unofficial", "not ours", "fake"), Status.UNAUTHORISED.value),
}


def a_platform(text: str) -> str:
    try:
        return PLATFORM_WORDS[words_of(text)]
    except KeyError:
        known = ", ".join(label for _, label in CHOICES)
        raise Unclear(f"“{short(text)}” is not a platform the portal knows: {known}.") from None


def an_access(text: str) -> str:
    try:
        return ACCESS_WORDS[words_of(text)]
    except KeyError:
        raise Unclear(f"“{short(text)}” is neither open nor closed.") from None


def comments(text: str) -> str:
    try:
        return COMMENT_WORDS[words_of(text)]
    except KeyError:
        raise Unclear(f"“{short(text)}” is none of: before, after, off.") from None


def a_status(text: str) -> str:
    """Its state; live for a word that says something else."""
    return STATUS_WORDS.get(words_of(text), Status.LIVE.value)


def some_people(text: str) -> list[str]:
    """The people named in a cell: by lines, semicolons, "and", or commas between whole names."""
    parts = [part.strip() for part in re.split(r"[;/&|\n]|\band\b", text) if part.strip()]
    if len(parts) == 1 and text.count(",") and not _is_turned(text):
        parts = [part.strip() for part in text.split(",") if part.strip()]
    return [_turned(part) for part in parts]


def _is_turned(text: str) -> bool:
    """ "Rivers, Jo" is one person; "Jo Rivers, Sam Hill" are two."""
    before, _, after = text.partition(",")
    return "," not in after and " " not in before.strip() and "@" not in text


def _turned(name: str) -> str:
    if name.count(",") == 1 and _is_turned(name):
        family, _, given = name.partition(",")
        return f"{given.strip()} {family.strip()}"
    return name
