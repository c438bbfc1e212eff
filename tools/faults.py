"""`make faults`: every scenario, one after the other, on PostgreSQL, and one table at the end.

At full size some twelve minutes; `ARGS=--short` the sizes of the tests, two minutes; `ARGS="--only
kills"` a part. Exit code 1: a mail was lost, or a row is twice.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psycopg2

from tests.faults.clock import clock
from tests.faults.faulty_mail import faulty_mail
from tests.faults.processes import MIGRATED_DATABASES, Portal
from tests.faults.redis_gone import redis_gone
from tests.faults.scenarios import Result, kills
from tools import services

Play = Callable[[Path, str], Iterator[Result]]
HEAD = (
    f"{'scenario':52} {'due':>6} {'sent':>6} {'doubt':>5} {'lost':>4} {'rows×2':>6} {'mails×2':>7}"
)


@dataclass(frozen=True)
class Size:
    """How much of it. `each`: mails of a kind for a mail server that misbehaves."""

    people: int
    kills: int
    restarts: int
    each: int
    clock_people: int
    minutes: int  # between two sweeps while the clock changes
    next_day: bool = True


LONG = Size(10_000, kills=20, restarts=5, each=20, clock_people=10, minutes=30)
SHORT = Size(60, kills=2, restarts=1, each=3, clock_people=2, minutes=240, next_day=False)


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    options = _options()
    folder = services.find_postgres()
    if folder is None or services.find_redis() is None:
        raise SystemExit("PostgreSQL and Redis are needed: install Debian's packages of the names.")
    size = SHORT if options.short else LONG
    results: list[Result] = []
    began = time.monotonic()
    with services.postgres(folder) as server:
        _migrate(server)
        for name, play in _plays(size, options.only):
            with tempfile.TemporaryDirectory() as place:
                started = time.monotonic()
                for result in play(Path(place), _copy(server, name)):
                    results.append(result)
                    print(f"{_line(result)}  [{time.monotonic() - started:.0f} s]", flush=True)
    print(f"\n{HEAD}")
    for result in results:
        print(_line(result))
    told = ("due", "sent", "doubt", "lost", "rows_twice", "mails_twice")
    total = {name: sum(getattr(one, name) for one in results) for name in told}
    print(_line(Result("all", **total, note=f"{time.monotonic() - began:.0f} s")))
    return 0 if all(result.fine for result in results) else 1


def _migrate(server: str) -> None:
    """Once: half a minute that each play would take again."""
    with tempfile.TemporaryDirectory() as place:
        Portal(Path(place), environment={"DATABASE_URL": server}).stop()


def _copy(server: str, name: str) -> str:
    """The address of a migrated database of its own for a play."""
    before, _, original = server.rpartition("/")
    connection = psycopg2.connect(f"{before}/template1")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {original}")
    finally:
        connection.close()
    MIGRATED_DATABASES.add(f"{before}/{name}")
    return f"{before}/{name}"


def _plays(size: Size, only: list[str] | None) -> Iterator[tuple[str, Play]]:
    plays: dict[str, Play] = {
        "redis": lambda place, database: redis_gone(place, database=database),
        "mail": lambda place, database: faulty_mail(place, each=size.each, database=database),
        "clock": lambda place, database: clock(
            place, people=size.clock_people, minutes=size.minutes, database=database
        ),
        "kills": lambda place, database: iter([play_kills(size, place, database)]),
    }
    for name in only or plays:
        yield name, plays[name]


def play_kills(size: Size, place: Path, database: str = "") -> Result:
    return kills(
        place,
        people=size.people,
        # They leave first, and the kills are to hit reminders too.
        urgent=max(20, size.people // 100),
        times=size.kills,
        restarts=size.restarts,
        next_day=size.next_day,
        database=database,
    )


def _line(one: Result) -> str:
    return (
        f"{one.scenario:52} {one.due:>6} {one.sent:>6} {one.doubt:>5} {one.lost:>4} "
        f"{one.rows_twice:>6} {one.mails_twice:>7}  {one.note}"
    )


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit("Stopped.")  # so that every process is stopped too


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="as the tests do it")
    parser.add_argument("--only", action="append", choices=["redis", "mail", "clock", "kills"])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
