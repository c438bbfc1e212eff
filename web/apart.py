"""A process of its own for a file that comes from anywhere, with an end to its time and its memory.

It knows no key and no database, opens no connection, and hands back bytes. This module imports no
Django: the process begins with nothing of the portal's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run_apart(
    module: str, kind: str, data: bytes, *, seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """What this module of ours makes of a file of this kind. Raises TimeoutError.

    The module calls `limit` before it looks at the file.
    """
    try:
        return subprocess.run(  # noqa: S603 (our own modules, no shell)
            [sys.executable, "-m", module, kind],
            input=data,
            capture_output=True,
            timeout=seconds,
            cwd=ROOT,
            env=environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError from None


def environment() -> dict[str, str]:
    """None of the portal's own settings; what Python needs to start on Windows."""
    return {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}


def limit(*, memory: int, seconds: int) -> None:
    """From now on this process has so many bytes and so much time, and leaves nothing behind."""
    try:
        import resource
    except ImportError:  # Windows knows no such limits; whoever started this process still counts
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
