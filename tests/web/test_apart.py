"""What opens files from anywhere has so much memory and so much time, and leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys

import pytest

from web.apart import ROOT, environment

pytestmark = pytest.mark.once
LIMITED = """
import resource, sys
from web.apart import limit
limit(memory=512 * 1024 * 1024, seconds=7)
print([resource.getrlimit(one) for one in (
    resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)], "django" in sys.modules)
"""


def test_a_process_apart_has_hard_limits_and_knows_no_django() -> None:
    pytest.importorskip("resource")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED],
        cwd=ROOT, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    size = 512 * 1024 * 1024
    assert done.stdout.strip() == f"{[(size, size), (7, 7), (0, 0)]} False"
