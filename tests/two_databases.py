"""Which tests run on which of the two kinds of database, and on which day.

The whole run has to fit into a quarter of an hour. So a rule is tested on SQLite on one day and on
PostgreSQL on the next; what the databases themselves do (races, counts of queries, what they
refuse) on both every day; pages on SQLite. EVERY_TEST=1 runs all of it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from zlib import crc32

import pytest

from tests.browser.halves import every_test, today

USES_DATABASE = {"db", "transactional_db", "live_server"}
# What is compiled, and what the database refuses, is looked at one by one on both.
ONE_BY_ONE = {"test_prepared_queries", "test_immutable", "test_migrations"}
PARAMETERS = 3


def left_out(items: list[pytest.Item], engine: str) -> Iterator[pytest.Item]:
    """Those that do not run now. `tools.run_tests` says which day it is where it runs both."""
    day = os.environ.get("BOTH_DATABASES", "")
    resting = set() if every_test() else {item for item in items if _rests_today(item)}
    yield from resting
    items = [item for item in items if item not in resting]
    on_postgresql = {item for item in items if _runs_on_postgresql(item)}
    if not every_test():
        on_postgresql -= set(_further_parameters(items))
        if day:
            on_postgresql -= {item for item in on_postgresql if _is_for_sqlite(item, int(day))}
    if "sqlite" not in engine:
        yield from (item for item in items if item not in on_postgresql)
        return
    shared = bool(day) and not every_test()
    for item in items:
        only = item.get_closest_marker("only_on")
        is_there = shared and item in on_postgresql and not _is_for_both(item)
        if is_there or (only and "sqlite" not in only.args):
            yield item


def _rests_today(item: pytest.Item) -> bool:
    """Long ones take turns: those of even days and those of odd ones."""
    turn = item.get_closest_marker("every_other_day")
    return turn is not None and today() % 2 != turn.args[0]


def _runs_on_postgresql(item: pytest.Item) -> bool:
    if only := item.get_closest_marker("only_on"):
        return "postgresql" in only.args
    if item.get_closest_marker("once") or item.get_closest_marker("browser"):
        return False
    if item.path.stem.endswith("_pages"):
        return False  # what a page shows depends on its rules, and those run on both
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & USES_DATABASE)


def _is_for_both(item: pytest.Item) -> bool:
    stem = item.path.stem
    is_of_database = "races" in stem or "queries" in stem or stem in ONE_BY_ONE
    return is_of_database or item.get_closest_marker("only_on") is not None


def _is_for_sqlite(item: pytest.Item, day: int) -> bool:
    """One half of the rules on even days, the other on odd ones; with all their parameters."""
    test = item.nodeid.partition("[")[0]
    return not _is_for_both(item) and (crc32(test.encode()) + day) % 2 == 1


def _further_parameters(items: Iterable[pytest.Item]) -> Iterator[pytest.Item]:
    """Of a test with many parameters all run on SQLite, and its first three on PostgreSQL."""
    seen: Counter[str] = Counter()
    for item in items:
        test, _, parameters = item.nodeid.partition("[")
        seen[test] += 1
        if parameters and seen[test] > PARAMETERS and not _is_for_both(item):
            yield item
