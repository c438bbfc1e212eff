"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

os.environ.setdefault("DATA_DIR", "/tmp/portal-tests")
# Playwright runs an event loop in the thread of the tests; Django would refuse every query there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase, override_settings

from people.models import Organisation
from tests.factories import make_school
from tests.two_databases import left_out
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What belongs to the other kind of database, or to another day, is no part of this run."""
    elsewhere = set(left_out(items, settings.DATABASES["default"]["ENGINE"]))
    config.hook.pytest_deselected(items=list(elsewhere))
    items[:] = [item for item in items if item not in elsewhere]


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
