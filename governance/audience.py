"""Whom a version is for, in words."""

from __future__ import annotations

from collections.abc import Iterable

from governance.models import AudienceRule
from web.words import listed

MOST_PLACES = 5


def in_words(rules: Iterable[AudienceRule]) -> str:
    """One phrase where the rules are every combination of some ticks, as the form makes them."""
    rules = list(rules)
    roles = _once(rule.get_role_display() if rule.role else "" for rule in rules)
    employments = _once(rule.get_employment_display().lower() for rule in rules)
    places = _once(str(rule.organisation or "") for rule in rules)
    if len(rules) != len(roles) * len(employments) * len(places):
        return "; ".join(str(rule) for rule in rules)
    who = _either(roles) or ("Everyone" if rules else "")
    how = f" ({_either(employments)})" if any(employments) else ""
    where = f" at {_all_of(places)}" if any(places) else ""
    return who + how + where


def _once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _either(words: list[str]) -> str:
    """The first with its capital, as every label has one of its own."""
    first, *rest = words or [""]
    lowered = [word if word.split()[0].isupper() else word[0].lower() + word[1:] for word in rest]
    return listed([first, *lowered], "or")


def _all_of(places: list[str]) -> str:
    named, more = places[:MOST_PLACES], len(places) - MOST_PLACES
    return listed([*named, f"{more} more"] if more > 0 else named)
