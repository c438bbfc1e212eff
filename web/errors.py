"""What the portal says when a rule of the domain stands in the way."""

from __future__ import annotations

from collections.abc import Iterable


class RuleBroken(Exception):
    """A rule of the school or of the portal forbids this now.

    `reasons` are whole sentences for the person at the screen, all of them at once.
    """

    def __init__(self, *reasons: str) -> None:
        self.reasons: tuple[str, ...] = reasons
        super().__init__(" ".join(reasons))

    @classmethod
    def if_any(cls, reasons: Iterable[str]) -> None:
        """Raise with every reason, or return when there is none."""
        if found := tuple(reasons):
            raise cls(*found)
