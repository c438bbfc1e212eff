"""`make test`: pytest on SQLite, then on PostgreSQL, with a real Redis and a real browser.

A part that this machine lacks is left out and named. With REQUIRE_ALL=1, as in .ci/run, it is an
error instead, and so is every skipped test.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import date
from types import FrameType

from tools import services

NOTHING_COLLECTED = 5
# Each begins with one half in its order, so that what a file makes once is made once.
TWO = ["-n", "2", "--dist", "worksteal"]


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, _stop)
    with ExitStack() as stack:
        environment = os.environ | {
            "DATA_DIR": stack.enter_context(
                tempfile.TemporaryDirectory(prefix="portal-tests-", ignore_cleanup_errors=True)
            )
        }
        # The tests choose these themselves; what the shell has set must not leak in.
        for name in ("DATABASE_URL", "CELERY_BROKER_URL", "EMAIL_URL", "PRODUCTION", "HTTPS"):
            environment.pop(name, None)
        missing = []
        if program := services.find_redis():
            environment["REDIS_URL"] = stack.enter_context(services.redis(program))
        elif "REDIS_URL" not in os.environ:
            missing.append("no redis-server: tests with a real Redis are left out")
        if not services.find_chromium():
            missing.append("no Chromium: tests in a browser are left out")
        postgres = os.environ.get("DATABASE_URL", "")
        if not postgres.startswith("postgres"):
            if folder := services.find_postgres():
                postgres = stack.enter_context(services.postgres(folder, for_tests=True))
            else:
                missing.append("no PostgreSQL: the tests run on SQLite only")
        if missing and os.environ.get("REQUIRE_ALL") == "1":
            return _fail(missing)
        codes = _on_each(postgres, arguments, environment)
    for lack in missing:
        print(f"Left out here: {lack}.")
    return max(codes)


def _on_each(postgres: str, arguments: list[str], environment: dict[str, str]) -> list[int]:
    if postgres and not arguments:
        # One half of the rules on each, tomorrow the other way round. The same day for both.
        environment["BOTH_DATABASES"] = str(date.today().toordinal())
    codes = [_pytest("SQLite", arguments, environment)]
    if postgres:
        codes.append(_pytest("PostgreSQL", arguments, environment | {"DATABASE_URL": postgres}))
    return codes


def _pytest(database: str, arguments: list[str], environment: dict[str, str]) -> int:
    print(f"\n=== Tests on {database} ===", flush=True)
    started = time.monotonic()
    workers = [] if any(word.startswith("-n") for word in arguments) else TWO
    command = [sys.executable, "-m", "pytest", "-q", *workers, *arguments]
    code = subprocess.run(command, env=environment, check=False).returncode
    print(f"=== {database}: {time.monotonic() - started:.0f} s ===", flush=True)
    return 0 if code == NOTHING_COLLECTED and arguments else code


def _fail(missing: list[str]) -> int:
    for lack in missing:
        print(f"Missing, and everything is required here: {lack}.", file=sys.stderr)
    return 1


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit("Stopped.")  # so that the services are stopped too


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
