"""The kinds of entry on an account's log: what each is called, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import LogEntry

K = LogEntry.Kind


@dataclass(frozen=True, slots=True)
class LogKind:
    """`short` is its button, `title` its form. `asks`: which more fields the form has."""

    short: str
    title: str
    ask: str
    hint: str
    asks: tuple[str, ...] = ()
    may_be_wordless: bool = False


NO_NAMES = "No pupil’s full name, and no password."
REMOVAL = ("audience_told", "platform_told")
KINDS: Mapping[str, LogKind] = {
    K.POST: LogKind(
        "A post", "Log a post", "What it was about",
        "A few words, such as “Year 6 bake sale”.", ("link", "outside_hours"), True,
    ),
    K.REMOVED: LogKind(
        "A comment or post removed", "Log a removal", "What was removed, and why",
        f"In your own words. {NO_NAMES}", REMOVAL,
    ),
    K.BLOCKED: LogKind(
        "Somebody blocked", "Log that somebody was blocked", "Who was blocked, and why",
        f"The name of the account as the platform shows it. {NO_NAMES}", REMOVAL,
    ),
    K.REPORTED: LogKind(
        "Something reported to the platform", "Log a report to the platform",
        "What was reported, and what the platform said", NO_NAMES, ("link",),
    ),
    K.FOLLOWERS: LogKind(
        "Followers looked through", "Log that you looked through the followers",
        "What you found", "Leave it empty where all was well.", (), True,
    ),
    K.UNFOLLOWED: LogKind(
        "Somebody no longer followed", "Log that the account follows somebody no longer",
        "Whom, and why", NO_NAMES,
    ),
    K.MONITORING: LogKind(
        "A public post about the school", "Log a public post about the school",
        "What is said there", f"In your own words. {NO_NAMES}", ("link", "platform_told"),
    ),
    K.PERMISSION: LogKind(
        "A permission to use something", "Log a permission",
        "What may be used, who allowed it, and where the permission is kept",
        "Something quoted, a picture by somebody else, music.", ("link",),
    ),
    K.OTHER: LogKind("Something else", "Log something else", "What happened", NO_NAMES, ("link",)),
}  # fmt: skip
# What the leadership team hears of, where the school has not switched that off (R8).
TOLD = (K.REMOVED, K.BLOCKED, K.REPORTED)
