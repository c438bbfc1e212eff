"""The one writer of the trail."""

from __future__ import annotations

from typing import Any


def record(verb: str, target: Any, *, by: Any, **details: str) -> None:
    """Write one line in the record. `by=None` means the portal itself acted."""
