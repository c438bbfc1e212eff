"""`--cpu`: processor time of who serves a page, for machines that do other things as well.

A rate falls when somebody else has the cores; the time that gunicorn's workers and PostgreSQL's
sessions spent does not. R is then the processor time of a page ÷ that of the bare page. Linux only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.db import connection

NANOSECONDS = 1e-9
SESSIONS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"


def spent(server: int) -> dict[int, float]:
    """Seconds spent so far by each worker of this server and each session of the database."""
    return {pid: _seconds(pid) for pid in (*_workers(server), *_sessions())}


def between(before: dict[int, float], after: dict[int, float]) -> float:
    """What was spent in the meantime; a session that has ended by then is not counted."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def _workers(server: int) -> Iterator[int]:
    return map(int, Path(f"/proc/{server}/task/{server}/children").read_text().split())


def _sessions() -> list[int]:
    """Those of the servers: our own answers this very question."""
    with connection.cursor() as cursor:
        cursor.execute(f"{SESSIONS} AND pid <> pg_backend_pid()")
        return [pid for (pid,) in cursor.fetchall()]


def _seconds(pid: int) -> float:
    """The first figure is the time on a processor, in nanoseconds."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) * NANOSECONDS
    except FileNotFoundError:  # a session that ended just now
        return 0.0
