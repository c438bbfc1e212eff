"""What every test may ask for."""

from __future__ import annotations

import os

os.environ.setdefault("DATA_DIR", "/tmp/portal-tests")

import pytest

from people.models import Organisation
from tests.factories import make_school


@pytest.fixture
def school(db: None) -> Organisation:
    return make_school()
