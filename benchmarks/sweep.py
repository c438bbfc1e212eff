"""H10 and G6: the sweep of many schools, its time, its memory and its queries.

`python -m benchmarks.sweep [--schools 10 100 1000] [--busy]`: PostgreSQL, 100 staff a school, ten
policies. Ordinarily one in ten people has something to be told, as on most days of a term; with
`--busy` everybody has, as on the day after ten policies were published at once. Each sweep is a
process of its own, so that its memory can be seen; the second says whether anything is told twice.

Beside the seconds stands the processor time: of Python, and of the one process of PostgreSQL that
answers it. On a machine that does other things as well it is the figure to compare.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tools import services

ROOT = Path(__file__).resolve().parent.parent
STAFF_A_SCHOOL = 100
ORDINARY, BUSY = 0.99, 0.0  # the share of the policies that people have signed
MEGABYTE = 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--step", choices=["seed", "sweep"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step == "seed":
        _seed(options.schools[0], busy=options.busy)
        return
    if options.step == "sweep":
        print(json.dumps(_sweep()))
        return
    folder = services.find_postgres()
    if folder is None:
        raise SystemExit("PostgreSQL is needed for the figures; install Debian's postgresql.")
    print(f"{'schools':>8} {'staff':>8} {'duties':>8} {'notices':>8} {'mails':>8} "
          f"{'seconds':>8} {'of CPU':>12} {'queries':>8} {'MB':>6}  "
          "again: new, seconds, of CPU, queries")  # fmt: skip
    for schools in options.schools:
        with ExitStack() as stack:
            os.environ |= {
                "DATA_DIR": stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")),
                "DATABASE_URL": stack.enter_context(services.postgres(folder)),
                "PRODUCTION": "0",
                "DJANGO_SETTINGS_MODULE": "config.settings",
            }
            _child("seed", "--schools", str(schools), *(["--busy"] if options.busy else []))
            first, again = (json.loads(_child("sweep").splitlines()[-1]) for _ in range(2))
        print(
            f"{schools:8} {schools * STAFF_A_SCHOOL:8} {first['duties']:8} {first['notices']:8} "
            f"{first['mails']:8} {first['seconds']:8.1f} {first['cpu']:>12} {first['queries']:8} "
            f"{first['mb']:6.0f}  {again['notices'] + again['mails']}, {again['seconds']:.1f}, "
            f"{again['cpu']}, {again['queries']}",
            flush=True,
        )


def _child(step: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.sweep", "--step", step, *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def _seed(schools: int, *, busy: bool) -> None:
    """Fill the database, in a process of its own: what that takes must not be in the figures."""
    import django

    django.setup()
    from django.db import connection

    from benchmarks import seeding
    from config import new_database

    new_database.make()
    profile = replace(seeding.PROFILES["L"], schools=schools, staff=schools * STAFF_A_SCHOOL)
    share = BUSY if busy else ORDINARY
    seeding.seed(replace(profile, signed_share=share, last_unsigned=False))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _sweep() -> dict[str, Any]:
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from notices.services import sweep

    counted = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(sql, params, many, context)

    backend = _backend()
    with connection.execute_wrapper(count):
        started, python, database = time.perf_counter(), time.process_time(), _used(backend)
        done = sweep(_a_working_morning(timezone.now()))
        seconds = time.perf_counter() - started
        python, database = time.process_time() - python, _used(backend) - database
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    return {
        "duties": done.duties, "notices": done.notices, "mails": done.mails, "seconds": seconds,
        "queries": counted, "mb": peak, "cpu": f"{python:.1f} + {database:.1f}",
    }  # fmt: skip


def _backend() -> int:
    """The process of PostgreSQL that answers this one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _used(process: int) -> float:
    """Seconds of processor time that it has had; 0 where there is no /proc."""
    file = Path(f"/proc/{process}/stat")
    if not file.exists():
        return 0.0
    fields = file.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _a_working_morning(now: datetime) -> datetime:
    """The next Tuesday at eleven: no bank holiday of England ever falls on one in term."""
    day = now + timedelta(days=1 + (7 - now.weekday()) % 7)
    return day.replace(hour=11, minute=0)


if __name__ == "__main__":
    main()
