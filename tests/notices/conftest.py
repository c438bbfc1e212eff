"""A source of duties that tests fill by hand, and a moment when schools are at work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import QuerySet
from pytest_django import Settings

from people.duty import Duty, DutySource
from people.models import Organisation, User

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
