"""What several files of tests about policies ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.governance.packs import content, files, lively_school, made
from tests.pages import rolled_back


@pytest.fixture(scope="module")
def pack(django_db_setup: None, django_db_blocker: Any) -> Iterator[bytes]:
    """Made once; the tests below are about bytes."""
    with django_db_blocker.unblock(), rolled_back():
        lively = lively_school()
        yield content(made(lively.school, lively.head))


@pytest.fixture(scope="module")
def entries(pack: bytes) -> dict[str, bytes]:
    return files(pack)


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packs")
