"""Days and lists as sentences say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date


def day_in_words(day: date) -> str:
    """ "3 September 2026"."""
    return f"{day.day} {day:%B %Y}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """ "a, b and c"; nothing for no words."""
    *most, end = [*words] or [""]
    return f"{', '.join(most)} {last} {end}" if most else end
