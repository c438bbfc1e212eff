"""`make bench`: our pages beside a bare Django page, in alternating rounds.

PostgreSQL, two gunicorn workers, 40 sessions. Prints R (requests a second of the bare page divided
by those of ours) with its range over the rounds, p50, p99, the number of queries and page weight.
`ARGS="--profile M --rounds 5"` chooses size and length, `--page register` some pages. `--cpu`:
R of processor time, for a machine that does other things as well.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools import services

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    options = _options()
    folder = services.find_postgres()
    if folder is None:
        raise SystemExit("PostgreSQL is needed for the figures; install Debian's postgresql.")
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        os.environ |= {
            "DATA_DIR": data,
            "DATABASE_URL": stack.enter_context(services.postgres(folder)),
            "PRODUCTION": "0",
            "ALLOWED_HOSTS": "localhost",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        for profile in options.profile:
            run(profile, options)


def run(profile: str, options: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks import jobs, pages, seeding
    from config import new_database
    from trail import immutable

    connection.ensure_connection()
    new_database.make()
    call_command("createcachetable", verbosity=0)
    if _is_used():
        with immutable.lifted():
            call_command("flush", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    started = time.perf_counter()
    world = seeding.seed(seeding.PROFILES[profile])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"\nProfile {profile}: seeded in {time.perf_counter() - started:.1f} s", flush=True)
    from django.conf import settings

    ours = pages.Sessions(settings.AUTHENTICATION_BACKENDS[0])
    bare = pages.Sessions("benchmarks.yardstick.BareBackend")
    with _server("config.settings") as portal, _server("benchmarks.yardstick") as bare_server:
        floor = pages.yardstick(world, bare)
        wanted = (page for page in pages.pages(world, ours) if options.page in page.name)
        rows = [_row(page, portal, bare_server, floor, options) for page in wanted]
    _print(profile, rows)
    for name, seconds, aim in () if options.page else jobs.jobs(world):
        print(f"{name:60} {seconds:8.3f} s (aim {aim})")
    if options.json:
        print(json.dumps(rows))


def _row(page, portal, bare_server, floor, options):  # type: ignore[no-untyped-def]
    from benchmarks import load

    # Both workers: what is compiled once, and the five plans PostgreSQL makes before it keeps one.
    warm_up = min(24, page.most // 6)
    n = max(20, int(options.requests * page.share))
    n = min(n, (page.most - warm_up - 1) // options.rounds)
    load.measure(bare_server.port, floor(40), _found)
    load.measure(portal.port, page.requests(warm_up), _found)
    ratios, times, size = [], [], 0
    for _ in range(options.rounds):
        _, floor_cost = _round(bare_server, floor(options.requests), options.cpu)
        mine, cost = _round(portal, page.requests(n), options.cpu)
        ratios.append(cost / floor_cost)
        times += mine.times
        size = mine.size
    cuts = statistics.quantiles(times, n=100)
    return {
        "demand": page.demand,
        "page": page.name,
        "R": round(statistics.median(ratios), 2),
        "R_range": [round(min(ratios), 2), round(max(ratios), 2)],
        "aim": page.ceiling,
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "p99_ms": round(cuts[98], 1),
        "queries": _queries(page),
        "bytes": size,
    }


def _round(server, requests, cpu):  # type: ignore[no-untyped-def]
    """The answers, and what one of them cost: a share of a second, or of the processor's time."""
    from benchmarks import load, processor

    before = processor.spent(server.pid) if cpu else {}
    done = load.measure(server.port, requests, _found)
    if not cpu:
        return done, 1 / done.rate
    return done, processor.between(before, processor.spent(server.pid)) / len(requests)


def _found(status: int) -> bool:
    return status in (200, 302)


def _queries(page) -> int:  # type: ignore[no-untyped-def]
    """Every query of one request, streamed body included, counted in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    (one,) = page.requests(1)
    client = Client(SERVER_NAME="localhost")
    client.cookies.load(one.cookie)
    with CaptureQueriesContext(connection) as queries:
        if one.method == "GET":
            response = client.get(one.path)
        else:
            response = client.post(
                one.path, one.body, content_type="application/x-www-form-urlencoded"
            )
        if response.streaming:
            b"".join(response.streaming_content)
    return len(queries)


def _is_used() -> bool:
    from people.models import Organisation

    return Organisation.objects.exists()


@dataclass(frozen=True)
class Server:
    port: int
    pid: int


@contextmanager
def _server(settings: str) -> Iterator[Server]:
    port = services.free_port()
    log = Path(os.environ["DATA_DIR"]) / f"{settings}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("gunicorn")),
                *("-w", "2", "-b", f"127.0.0.1:{port}", "--log-level", "warning"),
                *("--keep-alive", "60", "config.wsgi"),
            ],
            cwd=ROOT,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": settings},
            stdout=output,
            stderr=output,
        )
    try:
        services._wait_for(port, process, log)
        yield Server(port, process.pid)
    except BaseException:
        print(log.read_text()[-3000:], file=sys.stderr)
        raise
    finally:
        process.terminate()
        process.wait()


def _print(profile: str, rows: list[dict]) -> None:  # type: ignore[type-arg]
    machine = f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"Profile {profile} on {machine}, PostgreSQL, 2 workers")
    print(
        f"{'':4} {'page':22} {'queries':>7} {'R':>6} {'range':>13} {'aim':>4} "
        f"{'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'bytes':>9}"
    )
    for row in rows:
        low, high = row["R_range"]
        aim = f"{row['aim']:g}" if row["aim"] else ""
        print(
            f"{row['demand']:4} {row['page']:22} {row['queries']:>7} {row['R']:>6} "
            f"{low:>6}-{high:<6} {aim:>4} {row['p50_ms']:>8} {row['p95_ms']:>8} "
            f"{row['p99_ms']:>8} {row['bytes']:>9}"
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--profile", action="append", choices=["S", "M", "T", "T1", "H9", "L", "H3"]
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=200, help="of one round")
    parser.add_argument("--page", default="", help="those with this in their name")
    parser.add_argument("--cpu", action="store_true", help="R of processor time; Linux only")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    options.profile = options.profile or ["S", "M"]
    return options


if __name__ == "__main__":
    main()
