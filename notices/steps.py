"""One step of a ladder: whom to tell, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

To = Literal["owner", "line_manager", "head", "trust"]


@dataclass(frozen=True, slots=True)
class Step:
    """Tell `to` so many `days` after the due day (before it when negative), again `every` days.

    `after="start"` counts from the day the duty came into being instead. `in_school_days`: days on
    which pupils are in are counted, so that half-term and holidays stop the clock. For steps after
    the due day only.
    """

    days: int
    to: To = "owner"
    every: int = 0
    after: Literal["due", "start"] = "due"
    in_school_days: bool = False

    @property
    def stage(self) -> str:
        """The step's name in a notice's key. It stays when other steps of the ladder change."""
        start = ".start" if self.after == "start" else ""
        start += ".school" if self.in_school_days else ""
        return f"{self.to}{start}{self.days:+d}" + (f"/{self.every}" if self.every else "")
