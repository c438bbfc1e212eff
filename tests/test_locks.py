"""Nobody waits for the other in a ring: how rows are locked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCK = re.compile(r"select_for_update\(((?:[^()]|\([^()]*\))*)\)")
# The end of a record, rows of the outbox: nothing refers to them while they are locked.
FREE = {
    "trail/audit.py", "notices/sweeping.py", "notices/delivery.py", "notices/digests.py",
    "notices/services.py",
}  # fmt: skip
APPS = (
    "people", "trail", "notices", "files", "governance", "accounts", "approvals", "incidents",
    "overview",
)  # fmt: skip
LOCKING = {
    name: taken
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if (taken := LOCK.findall(path.read_text()))
    and (name := str(path.relative_to(ROOT))) not in FREE
}


@pytest.mark.parametrize("name", sorted(LOCKING))
def test_a_locked_row_may_still_be_referred_to(name: str) -> None:
    """PostgreSQL checks references when a transaction ends, while it holds the record's end.

    A row locked without `no_key` would make that wait for somebody who waits for the record.
    """
    assert all("no_key=True" in arguments for arguments in LOCKING[name]), LOCKING[name]


def test_the_search_finds_locks() -> None:
    assert {"governance/services/drafts.py", "people/services/calendar.py"} < set(LOCKING)
