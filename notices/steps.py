"""One step of a ladder: whom to tell, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

To = Literal["owner", "line_manager", "head", "trust"]


@dataclass(frozen=True, slots=True)
class Step:
    """Tell `to` so many `days` after the due day (before it when negative), again `every` days.

    `after="start"` counts from the day the duty came into being instead.
    """

    days: int
    to: To = "owner"
    every: int = 0
    after: Literal["due", "start"] = "due"

    @property
    def stage(self) -> str:
        """The step's name in a notice's key. It stays when other steps of the ladder change."""
        start = ".start" if self.after == "start" else ""
        return f"{self.to}{start}{self.days:+d}" + (f"/{self.every}" if self.every else "")
