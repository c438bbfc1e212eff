"""Rows as a template reads them, hundreds of times on one page."""

from __future__ import annotations

from typing import Any


class Listed:
    """A template asks for row["name"] before row.name; whoever answers the first is read sooner."""

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)
