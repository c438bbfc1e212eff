"""What the tests about several writers at once need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from people.models import Organisation
from tests.factories import make_school


@pytest.fixture
def parallel(transactional_db: None, tmp_path: Path) -> Iterator[Organisation]:
    """A school in a database that threads share: on SQLite a file, as in a real portal."""
    school = make_school()
    if connection.vendor != "sqlite":
        yield school
        return
    file, settings = tmp_path / "portal.sqlite3", connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    in_memory, settings["NAME"] = settings["NAME"], str(file)
    yield school
    settings["NAME"] = in_memory
