"""What a runner goes through before a post, made of the account's house rules (R7, R12, R14)."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.house_rules import NAMES_OF_PUPILS, Section, hours
from accounts.models import HouseRules, SocialAccount

Moderation = SocialAccount.Moderation
COMMENTS = {
    Moderation.BEFORE: "Somebody is there who looks at comments before they are shown.",
    Moderation.AFTER: "Somebody looks at what people answer on the same day.",
    Moderation.OFF: "Comments are switched off.",
}


def before_posting(account: SocialAccount) -> list[Section]:
    """Four headings of things to tick: one page, on a phone and on paper."""
    rules = account.house_rules
    return [
        Section("Who can be seen", tuple(_people(account, rules))),
        Section("What it says", tuple(_words(rules))),
        Section("What is not ours", tuple(_others())),
        Section("When, and afterwards", tuple(_time(account, rules))),
    ]


def _people(account: SocialAccount, rules: HouseRules) -> Iterator[str]:
    if account.shows_pupils:
        yield "Every pupil in a picture has a parent’s written consent, and it still stands."
    else:
        yield "No pupil can be recognised in it: this account shows no pictures of pupils."
    yield NAMES_OF_PUPILS[HouseRules.Naming(rules.naming)]
    yield "Colleagues who can be seen or are named have agreed to it."
    yield "The picture was taken on the school’s own equipment, and is kept nowhere else."
    yield from _own(rules.pictures)


def _words(rules: HouseRules) -> Iterator[str]:
    yield "It is true, friendly, and about what this account is for."
    yield "It speaks as “we”, to everybody, and is aimed at no single person."
    yield "It tells nobody where a child is now, and nothing private about anybody."
    yield from _own(rules.more)


def _others() -> Iterator[str]:
    yield "Words, pictures and music by others: we may use them, and the permission is on the log."
    yield "I have opened every link. It leads where it should, and is fit for pupils."


def _time(account: SocialAccount, rules: HouseRules) -> Iterator[str]:
    kept = hours(rules).rstrip(".")
    otherwise = rules.exceptions.strip() or "Otherwise only for an event or urgent news."
    yield f"It is the time for it: {kept}. {otherwise}"
    yield from _own(rules.devices)
    yield COMMENTS[SocialAccount.Moderation(account.comments)]
    yield from _own(rules.replies)
    yield "The post is put on the log."


def _own(text: str) -> Iterator[str]:
    """The school's own words, a line each."""
    yield from filter(None, map(str.strip, text.splitlines()))
