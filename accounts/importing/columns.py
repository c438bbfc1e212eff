"""Which column of a list of accounts is what, told by its heading."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from people.importing.columns import match, words_of

# What a column may hold, with the words of its heading, likeliest first.
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "name": (
        "Name of the account",
        ("name", "account name", "account", "name of account", "title", "display name", "page name",
         "account title", "channel name", "page", "channel"),
    ),
    "platform": (
        "Platform",
        ("platform", "network", "social network", "site", "service", "channel type", "type",
         "social media platform", "social media", "app", "media"),
    ),
    "address": (
        "Address",
        ("address", "url", "link", "web address", "account url", "profile url", "account link",
         "website", "profile", "web link", "account address", "page url", "href"),
    ),
    "handle": (
        "Handle",
        ("handle", "username", "user name", "screen name", "account handle", "tag", "at name",
         "login name", "profile name", "user id"),
    ),
    "runners": (
        "Run by",
        ("runners", "run by", "runner", "managed by", "account managers", "administrators",
         "admins", "admin", "managers", "owner", "owners", "staff", "responsible",
         "staff in charge", "person responsible", "who runs it", "users", "editors", "lead",
         "account holder", "account owner", "staff responsible", "members of staff", "contact"),
    ),
    "department": (
        "Department",
        ("department", "faculty", "dept", "team", "subject", "area", "section", "year group"),
    ),
    "aim": (
        "What it is for",
        ("what it is for", "aim", "purpose", "aims", "why", "reason", "used for", "description"),
    ),
    "audience": (
        "Whom it is for",
        ("whom it is for", "audience", "who it is for", "for whom", "followers", "target audience"),
    ),
    "access": (
        "Who can see it",
        ("who can see it", "open or closed", "visibility", "privacy", "public or private",
         "access", "public", "private"),
    ),
    "comments": (
        "Comments by others",
        ("comments by others", "comments", "moderation", "comments on", "comment moderation"),
    ),
    "email": (
        "E-mail address of the account",
        ("e mail", "email", "account email", "email address", "e mail address", "registered email",
         "login email", "sign in email", "linked email", "e mail address of the account"),
    ),
    "faces_pupils": (
        "Pupils in its audience",
        ("pupils in its audience", "pupils", "students", "pupil facing", "open to pupils",
         "pupils follow", "student facing"),
    ),
    "shows_pupils": (
        "Pictures of pupils",
        ("pictures of pupils", "photos of pupils", "pupil images", "pupil photos", "photos",
         "images of pupils", "student photos"),
    ),
    "since": (
        "In use since",
        ("in use since", "since", "start date", "opened", "created", "date opened", "date created",
         "approved on", "date approved", "set up on", "date", "live since", "started"),
    ),
    "agreed_note": (
        "Who agreed to it",
        ("who agreed to it", "approved by", "agreed by", "authorised by", "approver", "approval",
         "signed off by", "authorised", "agreed to by"),
    ),
    "status": ("State", ("state", "status", "account status", "active")),
    "school": ("School", ("school", "academy", "site name", "school name")),
}  # fmt: skip
LABELS: dict[str, str] = {name: label for name, (label, _) in FIELDS.items()}
# A column with one of these above it is not read at all.
SECRET = re.compile(r"\b(?:pass\s?(?:word|wd|phrase|code)s?|pwd|pw|pin|secret|2fa|backup codes?)\b")


def recognise(headings: Sequence[str]) -> dict[str, int]:
    """Field → number of its column, counted from 0."""
    open_ones = ["" if is_secret(heading) else heading for heading in headings]
    return match(FIELDS, open_ones)


def is_secret(heading: str) -> bool:
    """Whether a password would stand below it."""
    return bool(SECRET.search(words_of(heading)))


def problems(mapping: Mapping[str, int], headings: Sequence[str]) -> list[str]:
    """What is wrong with a choice of columns, as sentences."""
    found = []
    if (
        any(not 0 <= at < len(headings) for at in mapping.values())
        or mapping.keys() - LABELS.keys()
    ):
        found.append("One of the columns is not in this file.")
    elif any(is_secret(headings[at]) for at in mapping.values()):
        found.append("A column of passwords is not read: the portal keeps none.")
    if not {"address", "handle"} & mapping.keys():
        found.append("Choose the column that holds the accounts’ addresses or handles.")
    elif "address" not in mapping and "platform" not in mapping:
        found.append("Choose the column that says on which platform each account is.")
    return found
