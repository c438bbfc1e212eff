"""`manage.py sweep`: as the clock does it, or a preview of any day."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from notices.models import Mail, Notice
from people.models import Organisation
from tests.factories import make_school, make_user
from tests.notices.conftest import owe

pytestmark = pytest.mark.django_db


def run(*options: str) -> str:
    out = StringIO()
    call_command("sweep", *options, stdout=out)
    return out.getvalue()


def preview(day: str) -> list[dict[str, Any]]:
    return json.loads(run("--on", day, "--dry-run", "--json"))["notices"]


def test_a_preview_says_who_is_told_what_and_why_and_writes_nothing(school: Organisation) -> None:
    manager = make_user(at=school, name="Max Manager")
    owe(make_user(at=school, name="Zoë O'Brien"), school, -7, manager=manager)

    text = run("--on", "2026-11-24", "--dry-run")

    assert "Zoë O'Brien <person" in text
    assert "Read and sign: Online safety (7 days overdue). Their own task." in text
    assert "Line manager of Zoë O'Brien, who has not done it." in text
    assert "2 notices to 2 people. Nothing was written." in text
    assert not Notice.objects.exists()


def test_a_preview_of_a_day_ahead_shows_that_days_steps_only(school: Organisation) -> None:
    owe(make_user(at=school), school, 7)
    assert [row["stage"] for row in preview("2026-11-24")] == ["owner-7"]
    assert preview("2026-11-25") == []
    assert [row["stage"] for row in preview("2026-11-30")] == ["owner-1"]
    assert preview("2026-12-05") == []  # a Saturday


def test_a_sweep_of_a_day_writes_and_reports(school: Organisation) -> None:
    owe(make_user(at=school), school, 7)
    report = json.loads(run("--on", "2026-11-24", "--json"))
    assert report == {"duties": 1, "notices": 1, "mails": 1, "withdrawn": 0, "unreadable": []}
    assert Mail.objects.count() == 1


def test_a_duty_that_cannot_be_read_is_an_exit_code(settings: Settings) -> None:
    settings.DUTY_SOURCES = ["tests.notices.conftest.BROKEN"]
    make_user()
    make_school()
    with pytest.raises(SystemExit) as stopped:
        run("--on", "2026-11-24")
    assert stopped.value.code == 3


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError):
        run("--on", "yesterday")
