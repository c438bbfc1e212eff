"""`make faults`: every scenario at full size, on PostgreSQL, with a table at the end.

`ARGS="--people 1000 --kills 5"` makes it shorter. Exit code 1: a mail was lost, or a row is twice.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from tests.faults.clock import clock
from tests.faults.faulty_mail import faulty_mail
from tests.faults.redis_gone import redis_gone
from tests.faults.scenarios import Result, kills
from tools import services

Play = Callable[[Path, str], Iterator[Result]]
HEAD = (
    f"{'scenario':52} {'due':>6} {'sent':>6} {'doubt':>5} {'lost':>4} {'rows×2':>6} {'mails×2':>7}"
)


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    options = _options()
    folder = services.find_postgres()
    if folder is None or services.find_redis() is None:
        raise SystemExit("PostgreSQL and Redis are needed: install Debian's packages of the names.")
    results: list[Result] = []
    for play in _plays(options):
        with services.postgres(folder) as database, tempfile.TemporaryDirectory() as place:
            started = time.monotonic()
            for result in play(Path(place), database):
                results.append(result)
                print(f"{_line(result)}  [{time.monotonic() - started:.0f} s]", flush=True)
    print(f"\n{HEAD}")
    for result in results:
        print(_line(result))
    return 0 if all(result.fine for result in results) else 1


def _plays(options: argparse.Namespace) -> Iterator[Play]:
    plays: dict[str, Play] = {
        "redis": lambda place, database: redis_gone(place, database=database),
        "mail": lambda place, database: faulty_mail(place, each=options.each, database=database),
        "clock": lambda place, database: clock(place, database=database),
        "kills": lambda place, database: iter([_kills(options, place, database)]),
    }
    for name in options.only or plays:
        yield plays[name]


def _kills(options: argparse.Namespace, place: Path, database: str) -> Result:
    return kills(
        place,
        people=options.people,
        # They leave first, and the kills are to hit reminders too.
        urgent=options.people // 100,
        times=options.kills,
        restarts=options.restarts,
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
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--restarts", type=int, default=5)
    parser.add_argument("--each", type=int, default=20, help="mails of a kind for the mail server")
    parser.add_argument("--only", action="append", choices=["redis", "mail", "clock", "kills"])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
