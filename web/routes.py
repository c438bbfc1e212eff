"""Addresses that are asked for many times in a request: looked up once in a process."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse

MADE_UP = 7_310_000_000


def address(name: str, *args: str | int) -> str:
    """As `reverse`, remembered. For the few addresses that stand on very many pages."""
    return _address(get_script_prefix(), get_urlconf(), name, args)


def numbered(name: str, *args: str | int) -> Callable[[int], str]:
    """Addresses that differ in their last part alone, a number: one look-up for a whole list."""
    before, after = address(name, *args, MADE_UP).rsplit(str(MADE_UP), 1)
    return lambda number: f"{before}{number}{after}"


@lru_cache(maxsize=4096)
def _address(prefix: str, urlconf: str | None, name: str, args: tuple[str | int, ...]) -> str:
    return reverse(name, args=args)
