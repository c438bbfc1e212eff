"""What every test may ask for."""

from __future__ import annotations

import os

os.environ.setdefault("DATA_DIR", "/tmp/portal-tests")

import pytest
from django.test import TransactionTestCase

from people.models import Organisation
from tests.factories import make_school
from trail import immutable

_flush = TransactionTestCase._fixture_teardown


def _flush_without_triggers(self: TransactionTestCase) -> None:
    """Tests with real transactions end by emptying every table, which our triggers refuse."""
    with immutable.lifted():
        _flush(self)


TransactionTestCase._fixture_teardown = _flush_without_triggers


@pytest.fixture
def school(db: None) -> Organisation:
    return make_school()
