"""Which tests run today: the whole run has to fit into a quarter of an hour."""

from __future__ import annotations

import os
from datetime import date


def every_test() -> bool:
    """With EVERY_TEST=1 nothing is left for another day."""
    return os.environ.get("EVERY_TEST") == "1"


def todays(parts: int) -> list[int]:
    """Of so many parts of a long walk every second one, the others tomorrow."""
    if every_test():
        return list(range(parts))
    return list(range(date.today().toordinal() % 2, parts, 2))
