"""Days and lists as sentences say them, and moments as files say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime


def day_in_words(day: date) -> str:
    """ "3 September 2026"."""
    return f"{day.day} {day:%B %Y}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """ "a, b and c"; nothing for no words."""
    *most, end = [*words] or [""]
    return f"{', '.join(most)} {last} {end}" if most else end


def utc(at: datetime | None) -> str:
    """ "2026-09-03T14:05:00Z", for a file that others read; nothing for no moment."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
