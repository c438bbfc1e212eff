"""What slows down guessing holds, and keeps nobody's network address."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from web import limits

pytestmark = pytest.mark.once


def rows() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM portal_cache")
        return str(cursor.fetchall())


def test_a_network_is_counted_by_a_number_that_nobody_can_make_again(
    db: None, rf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    request = rf.get("/", REMOTE_ADDR="198.51.100.7")
    ask = {"app": "web", "what": "try", "rate": "1/h/key"}
    assert limits.may(request, **ask, count=False)
    assert limits.may(request, **ask)
    assert not limits.may(request, **ask, count=False)
    assert limits.may(rf.get("/", REMOTE_ADDR="198.51.100.8"), **ask)
    before = rows()
    # Another process or another day: the same network makes another number.
    monkeypatch.setattr(limits, "_KEY", limits._Key())
    assert limits.may(request, **ask)
    assert rows().count("web:try") == before.count("web:try") + 1


def test_a_count_is_not_forgotten_because_many_others_are_kept(db: None) -> None:
    """Whoever fills the cache would wipe out how often they have tried."""
    cache.clear()
    cache.set("0", "tried ten times", 600)
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO portal_cache (cache_key, value, expires) VALUES (%s, %s, %s)",
            [(f":1:z{number}", "gARLAS4=", "2999-01-01 00:00:00") for number in range(2_000)],
        )
    cache.set("1", "another", 600)
    assert cache.get("0") == "tried ten times"
