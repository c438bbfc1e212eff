"""Which tests run today: the whole run has to fit into a quarter of an hour."""

from __future__ import annotations

import os
from datetime import date


def every_test() -> bool:
    """With EVERY_TEST=1 nothing is left for another day."""
    return os.environ.get("EVERY_TEST") == "1"


def today() -> int:
    """The day of the run, which may go on past midnight (`tools.run_tests` says it)."""
    return int(os.environ.get("BOTH_DATABASES") or date.today().toordinal())


def todays(parts: int) -> list[int]:
    """Of the parts of a long walk one each day, in turn."""
    return list(range(parts)) if every_test() else [today() % parts]
