"""What opens files from anywhere has so much memory and so much time, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from web.apart import ROOT, environment, run_apart

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


def test_it_is_handed_the_file_and_none_of_the_portals_settings() -> None:
    assert "DATA_DIR" in os.environ
    done = run_apart("tests.web.test_apart", "word", b"a file", seconds=20)
    kind, data, *names = done.stdout.decode().split("\n")
    assert (kind, data) == ("word", "a file")
    assert not {"DATA_DIR", "PATH", "HOME"} & {*names}


def test_one_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(TimeoutError):
        run_apart("tests.web.test_apart", "word", b"", seconds=0.001)


if __name__ == "__main__":  # what the process says of itself
    sys.stdout.write("\n".join([sys.argv[1], sys.stdin.read(), *os.environ]))
