"""`manage.py sweep`: as the clock does it, or a preview of any day."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from notices.models import Mail, Notice
from notices.own_ladders import set_plan
from notices.plans import Plan
from notices.preferences import choose_digest
from people.models import Absence, Membership, Organisation, User
from people.roles import Role
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


def test_a_term_ahead_day_by_day_for_one_school(school: Organisation) -> None:
    person = make_user(at=school, name="Zoë O'Brien")
    elsewhere = make_school()
    owe(person, school, 7)
    owe(make_user(at=elsewhere), elsewhere, 7)

    text = run("--on", "2026-11-24", "--until", "2026-12-14", "--school", school.slug, "--dry-run")

    days = [line for line in text.splitlines() if " 2026" in line and "<" not in line]
    assert days == [
        "Tuesday 24 November 2026", "Monday 30 November 2026", "Tuesday 1 December 2026",
        "Tuesday 8 December 2026",
    ]  # fmt: skip
    assert "4 notices to 1 people." in text


def test_a_preview_knows_cover_weekly_mail_and_the_schools_own_ladder(
    school: Organisation,
) -> None:
    ann, dan = (make_user(at=school, name=name) for name in ("Ann Away", "Dan Deputy"))
    choose_digest(dan, day=User.DigestDay.FRIDAY)
    head = make_user(Role.HEAD, at=school)
    set_plan(school, "policy.sign_off", Plan(before=(4,)), by=head)
    posts = {post.person_id: post for post in Membership.objects.all()}
    Absence.objects.create(
        membership=posts[ann.pk], deputy=posts[dan.pk], set_by=ann,
        starts_on=date(2026, 11, 23), ends_on=date(2026, 12, 4),
    )  # fmt: skip
    owe(ann, school, 5, kind="policy.sign_off", title="Sign off: Phones")

    text = run("--on", "2026-11-25", "--dry-run")

    assert "Dan Deputy" in text
    assert "Sign off: Phones (due in 4 days). Stands in for Ann Away: their own task." in text
    assert "With their mail on Fridays, unless it is due before." in text


@pytest.mark.parametrize(
    "options",
    [
        ["--until", "2026-12-01"],
        ["--dry-run", "--on", "2026-12-01", "--until", "2026-11-01"],
        ["--dry-run", "--school", "nowhere"],
    ],
)
def test_what_makes_no_sense_is_refused(db: None, options: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        run(*options)
    assert refused.value.returncode == 2
