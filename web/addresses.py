"""Addresses of single things, for long lists of links: 3 µs each, of the 17 that Django takes.

And those that stand on every page: `fixed`, looked up once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

from django.conf import settings
from django.urls import get_script_prefix, reverse

# Both stand in no address of ours; a reference looks like the second.
NUMBER = 7_310_000_000
WORD = "S-2222-2222"
PLAIN = re.compile(r"[A-Za-z0-9_-]+")  # what an address holds as it is


def address(name: str, key: int | str) -> str:
    """As `reverse(name, args=[key])`, for a route whose only part that varies is this key."""
    if isinstance(key, str) and PLAIN.fullmatch(key):
        example: int | str = WORD
    elif isinstance(key, int) and key >= 0:
        example = NUMBER
    else:
        return reverse(name, args=[key])
    before, after = _around(name, example, settings.ROOT_URLCONF, get_script_prefix())
    return f"{before}{key}{after}"


def numbered(name: str, *args: str) -> Callable[[int], str]:
    """As `reverse(name, args=[*args, number])`, for many things of one school."""
    before, _, after = fixed(name, *args, NUMBER).partition(str(NUMBER))
    return lambda number: f"{before}{number}{after}"


def fixed(name: str, *args: str | int) -> str:
    """As `reverse(name, args=args)`, for the few addresses of a school that every page has."""
    return _fixed(name, args, settings.ROOT_URLCONF, get_script_prefix())


@lru_cache(maxsize=8192)
def _fixed(name: str, args: tuple[str | int, ...], _urlconf: str, _prefix: str) -> str:
    return reverse(name, args=args)


@cache
def _around(name: str, example: int | str, _urlconf: str, _prefix: str) -> tuple[str, str]:
    """What stands before and after the key, worked out once for each route."""
    before, _, after = reverse(name, args=[example]).partition(str(example))
    return before, after
