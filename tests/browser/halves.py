"""Which parts of a long walk through the portal run today."""

from __future__ import annotations

import os
from datetime import date


def todays(parts: int) -> list[int]:
    """Of so many parts every second one, the others tomorrow; with EVERY_TEST=1 all of them."""
    if os.environ.get("EVERY_TEST") == "1":
        return list(range(parts))
    return list(range(date.today().toordinal() % 2, parts, 2))
