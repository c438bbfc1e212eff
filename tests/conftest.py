"""What every test may ask for."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator
from datetime import date
from typing import Any
from zlib import crc32

os.environ.setdefault("DATA_DIR", "/tmp/portal-tests")
# Playwright runs an event loop in the thread of the tests; Django would refuse every query there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase, override_settings

from people.models import Organisation
from tests.browser.halves import every_test
from tests.factories import make_school
from trail import immutable

_flush = TransactionTestCase._fixture_teardown


def _flush_without_triggers(self: TransactionTestCase) -> None:
    """Tests with real transactions end by emptying every table, which our triggers refuse."""
    with immutable.lifted():
        _flush(self)


TransactionTestCase._fixture_teardown = _flush_without_triggers


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Each table counts from a number of its own.

    So an id of one table is never by chance one of another, none is a number that a page shows,
    and what depends on ids being small fails at once instead of on some days.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for number, table in enumerate(sorted(connection.introspection.table_names())):
            for column in connection.introspection.get_sequences(cursor, table):
                start = 1_000_003 + number * 100_000
                if connection.vendor == "sqlite":
                    row = "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)"
                    cursor.execute(row, [table, start])
                else:
                    sequence = "SELECT setval(pg_get_serial_sequence(%s, %s), %s)"
                    cursor.execute(sequence, [table, column["column"], start])


@pytest.fixture(scope="session", autouse=True)
def own_files(tmp_path_factory: pytest.TempPathFactory) -> Generator[None, None, None]:
    """Two workers share no folder: what one clears away as nobody's is a file of the other."""
    with override_settings(FILES_DIR=tmp_path_factory.mktemp("files")):
        yield


@pytest.fixture
def school(db: None) -> Organisation:
    return make_school()


USES_DATABASE = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test about one kind of database is not part of the run on another.

    Nor is one that uses no database part of the second run: SQLite's has been.
    """
    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2].removesuffix("3")
    elsewhere = {item for item in items if not _belongs(item, engine)}
    if engine != "sqlite" and not every_test():
        elsewhere |= set(_further_parameters(items)) | set(_another_days(items))
    config.hook.pytest_deselected(items=list(elsewhere))
    items[:] = [item for item in items if item not in elsewhere]


# What is compiled, and what the database refuses, is looked at one by one on both.
ONE_BY_ONE = {"test_prepared_queries", "test_immutable", "test_migrations"}


def _another_days(items: list[pytest.Item]) -> Generator[pytest.Item, None, None]:
    """All of these have run on SQLite: here one half of them runs on even days, one on odd ones."""
    today = date.today().toordinal()
    for item in items:
        test = item.nodeid.partition("[")[0]
        always = item.path.stem in ONE_BY_ONE or item.get_closest_marker("only_on")
        is_race = "races" in item.path.stem or "queries" in item.path.stem
        if not always and not is_race and (crc32(test.encode()) + today) % 2:
            yield item


def _further_parameters(items: list[pytest.Item]) -> Generator[pytest.Item, None, None]:
    """Of a test with many parameters all have run on SQLite: here its first three do."""
    seen: Counter[str] = Counter()
    for item in items:
        test, _, parameters = item.nodeid.partition("[")
        seen[test] += 1
        one_by_one = item.path.stem in ONE_BY_ONE or item.get_closest_marker("only_on")
        if parameters and seen[test] > 3 and not one_by_one:
            yield item


def _belongs(item: pytest.Item, engine: str) -> bool:
    if only := item.get_closest_marker("only_on"):
        return engine in only.args
    if engine == "sqlite":
        return True
    if item.path.stem.endswith("_pages"):
        return False  # what a page shows depends on its rules, and those run on both
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & USES_DATABASE)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    return _nothing_skipped((yield), collector.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    return _nothing_skipped((yield), item.nodeid)


def _nothing_skipped(report: Any, name: str) -> Any:
    """Where everything is required, as in .ci/run, a skipped test is a failed one."""
    if report.skipped and os.environ.get("REQUIRE_ALL") == "1" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{name} was skipped, and nothing may be: {reason}"
    return report
