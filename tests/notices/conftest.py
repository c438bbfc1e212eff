"""A source of duties that tests fill by hand, and a moment when schools are at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections
from django.db.models import QuerySet
from pytest_django import Settings

from notices.models import Mail
from people.duty import Duty, DutySource
from people.models import Organisation, User
from tests.factories import make_person
from tests.notices.mail_server import MailServer

LONDON = ZoneInfo("Europe/London")
TUESDAY = date(2026, 11, 24)
OWED: list[Duty] = []
CALLS: list[date] = []


def _owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    CALLS.append(on)
    asked = set(people.values_list("pk", flat=True))
    yield from [duty for duty in OWED if duty.person_id in asked]


def _broken(people: QuerySet[User], on: date) -> Iterator[Duty]:
    raise RuntimeError("no such table")
    yield


SIGNING = DutySource("policy.sign", "Policy to sign", _owed)
BROKEN = DutySource("policy.review", "Policy to review", _broken)


def at(day: date, hour: int = 9, minute: int = 0, zone: ZoneInfo = LONDON) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def owe(
    person: User,
    school: Organisation,
    due_in: int,
    *,
    kind: str = "policy.sign",
    what: str = "1",
    on: date = TUESDAY,
    manager: User | None = None,
    since: date | None = None,
    title: str = "Read and sign: Online safety",
) -> Duty:
    duty = Duty(
        kind=kind,
        occasion=f"{kind}:{what}",
        person_id=person.pk,
        organisation_id=school.pk,
        due_on=on + timedelta(days=due_in),
        title=title,
        url=f"/policies/{what}/",
        line_manager_id=manager.pk if manager else None,
        since=since,
    )
    OWED.append(duty)
    return duty


@pytest.fixture(autouse=True)
def duties(settings: Settings) -> Iterator[list[Duty]]:
    """Only what the test says is owed, and mail that goes into `mailoutbox`."""
    settings.DUTY_SOURCES = ["tests.notices.conftest.SIGNING"]
    settings.DELIVERY = {"backend": "django.core.mail.backends.locmem.EmailBackend"}
    OWED.clear()
    CALLS.clear()
    yield OWED
    OWED.clear()


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A database that threads share: on SQLite a file, as in a real portal."""
    if connection.vendor != "sqlite":
        yield
        return
    file, database = tmp_path / "portal.sqlite3", connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    in_memory, database["NAME"] = database["NAME"], str(file)
    yield  # this thread keeps the one in memory: ask and write in threads
    database["NAME"] = in_memory


def in_threads(*jobs: Callable[[], Any]) -> list[Any]:
    """The results of jobs that run at once, each with a connection of its own."""

    def run(job: Callable[[], Any]) -> Any:
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [one.result() for one in [pool.submit(run, job) for job in jobs]]


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    running = MailServer()
    settings.DELIVERY = running.delivery()
    yield running
    running.stop()


def make_mail(kind: str = "transactional", to: User | None = None, **details: object) -> Mail:
    person = to or make_person()
    return Mail.objects.create(
        kind=kind,
        recipient=person,
        to=person.email or "",
        digest_on=TUESDAY if kind == "reminder" else None,
        **{
            "subject": "A subject",
            "text": "Some text",
            "html": "<p>Some text</p>",
            "from_address": "Hill School <portal@localhost>",
            **details,
        },
    )
