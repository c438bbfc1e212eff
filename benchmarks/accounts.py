"""`python -m benchmarks.accounts`: registers of 500 schools with 20 accounts each, on PostgreSQL.

Pages in this process (p50 and p95, with their queries), what beat rings for, and the sweep.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from tools import services

STAFF_A_SCHOOL = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", type=int, nargs="+", default=[50, 500])
    parser.add_argument("--accounts", type=int, default=20, help="of each school")
    parser.add_argument("--rounds", type=int, default=40, help="requests of each page")
    options = parser.parse_args()
    folder = services.find_postgres()
    if folder is None:
        raise SystemExit("PostgreSQL is needed for the figures; install Debian's postgresql.")
    with ExitStack() as stack:
        os.environ |= {
            "DATA_DIR": stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")),
            "DATABASE_URL": stack.enter_context(services.postgres(folder)),
            "PRODUCTION": "0",
            "ALLOWED_HOSTS": "testserver",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        for schools in options.schools:
            _run(schools, options.accounts, options.rounds)


def _run(schools: int, each: int, rounds: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from benchmarks import seeding
    from config import new_database
    from people.models import Organisation
    from trail import immutable

    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    new_database.make()
    call_command("createcachetable", verbosity=0)
    if Organisation.objects.exists():
        with immutable.lifted():
            call_command("flush", interactive=False, verbosity=0)
    profile = replace(
        seeding.PROFILES["M"], schools=schools, staff=schools * STAFF_A_SCHOOL, accounts=each
    )
    world = seeding.seed(profile)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"\n{schools} schools, {schools * each} accounts, {profile.staff} staff")
    print(f"{'':40} {'queries':>8} {'p50 ms':>8} {'p95 ms':>8}")
    for name, user, path in _pages(world):
        _page(name, user, path, rounds)
    for name, job in _jobs():
        _job(name, job)


def _pages(world: Any) -> list[tuple[str, Any, str]]:
    from people.models import User

    lead = User.objects.get(email="lead@bench.example")
    account, school = world.account, world.school.slug
    runner = account.runners.order_by("pk")[0].person
    return [
        ("a school's register", world.head, f"/schools/{school}/accounts/"),
        ("what needs attention there", world.head, f"/schools/{school}/accounts/?flag=attention"),
        ("an account's page", world.head, account.get_absolute_url()),
        ("an account's history", world.head, f"{account.get_absolute_url()}history/"),
        ("a runner's tasks", runner, "/"),
        ("the trust's register", lead, "/schools/bench/accounts/"),
        ("the trust, school by school", lead, "/schools/bench/accounts/schools/"),
    ]


def _page(name: str, user: Any, path: str, rounds: int) -> None:
    from django.test import Client

    client = Client()
    client.force_login(user)
    queries = _counted(lambda: client.get(path))
    times = []
    slow = 1
    while len(times) < max(3, rounds // slow):
        started = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - started) * 1000)
        slow = max(1, int(times[-1] // 100))
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}.")
    cuts = statistics.quantiles(times, n=20)
    print(f"{name:40} {queries:8} {cuts[9]:8.1f} {cuts[18]:8.1f}", flush=True)


def _jobs() -> list[tuple[str, Callable[[], Any]]]:
    from django.utils import timezone

    from accounts import duties
    from accounts.tasks import look_after
    from people.models import User

    def owed() -> int:
        today, people = timezone.localdate(), User.objects.filter(is_active=True)
        sources = (duties.ROTATING, duties.VERIFYING)
        return sum(1 for source in sources for _ in source.owed(people, today))

    return [
        ("look after every account (first time)", look_after),
        ("look after every account (again)", look_after),
        ("what every runner owes", owed),
    ]


def _job(name: str, job: Callable[[], Any]) -> None:
    started = time.perf_counter()
    queries = _counted(job)
    print(f"{name:40} {queries:8} {(time.perf_counter() - started) * 1000:8.1f}", flush=True)


def _counted(job: Callable[[], Any]) -> int:
    from django.db import connection

    count = 0

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        job()
    return count


if __name__ == "__main__":
    main()
