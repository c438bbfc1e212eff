"""A duty that is paused: its owner hears of it as ever, nobody else until the pause is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from notices.ladders import LADDERS, rungs
from notices.models import Notice
from notices.services import preview, sweep
from people.duty import Duty
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_user
from tests.notices.conftest import OWED, TUESDAY, at, owe

DAY = timedelta(days=1)
DUE = date(2026, 12, 1)


def told(paused_until: date | None, on: date) -> dict[str, date]:
    duty = Duty("policy.sign", "policy.sign:1", 1, 1, DUE, "Title", "/", paused_until=paused_until)
    return {rung.to: rung.on for rung in rungs(LADDERS["policy.sign"], duty, on)}


def test_the_owner_is_told_as_ever_and_nobody_else() -> None:
    late = DUE + 14 * DAY
    assert told(None, late).keys() == {"owner", "line_manager", "head"}
    assert told(late, late).keys() == {"owner"}


def test_what_came_during_the_pause_is_told_on_the_day_after_it() -> None:
    late = DUE + 14 * DAY
    assert told(late, late + DAY) == told(None, late + DAY)
    assert told(late, late + DAY)["head"] == late


def test_a_pause_that_is_over_before_the_first_step_changes_nothing() -> None:
    for days in range(-20, 30):
        on = DUE + days * DAY
        assert told(DUE + 2 * DAY, on) == told(None, on)


@pytest.fixture
def manager(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school)


def ask(paused_until: date | None) -> None:
    OWED[:] = [replace(one, paused_until=paused_until) for one in OWED]


def received(person: User) -> list[str]:
    notices = Notice.objects.filter(recipient=person).order_by("pk")
    return list(notices.values_list("stage", flat=True))


@pytest.mark.django_db
def test_line_manager_and_head_hear_of_it_once_after_the_pause(
    school: Organisation, manager: User
) -> None:
    teacher, head = make_user(at=school), make_user(Role.HEAD, at=school)
    owe(teacher, school, -6, manager=manager)
    ask(TUESDAY + 2 * DAY)
    for days in range(3):
        sweep(at(TUESDAY + days * DAY))
    assert received(manager) == []

    sweep(at(TUESDAY + 3 * DAY))
    assert received(manager) == ["line_manager+7"]
    ask(None)  # answered: the step that was told stays told
    sweep(at(TUESDAY + 6 * DAY))
    assert received(manager) == ["line_manager+7"]
    assert received(head) == []
    sweep(at(TUESDAY + 8 * DAY))
    assert received(head) == ["head+14"]


@pytest.mark.django_db
def test_who_was_told_before_the_question_is_not_told_again_after_it(
    school: Organisation, manager: User
) -> None:
    owe(make_user(at=school), school, -7, manager=manager)
    sweep(at(TUESDAY))
    ask(TUESDAY + 2 * DAY)
    for days in range(1, 8):
        sweep(at(TUESDAY + days * DAY))
    assert received(manager) == ["line_manager+7"]


@pytest.mark.django_db
def test_two_people_with_the_same_dates_are_not_taken_for_one(
    school: Organisation, manager: User
) -> None:
    paused, other = make_user(at=school), make_user(at=school)
    owe(paused, school, -7, manager=manager)
    ask(TUESDAY + 2 * DAY)
    owe(other, school, -7, manager=manager)
    sweep(at(TUESDAY))
    assert list(Notice.objects.filter(recipient=manager).values_list("about", flat=True)) == [
        other.pk
    ]


@pytest.mark.django_db
def test_a_preview_shows_on_the_day_after_the_pause_what_it_held_back(
    school: Organisation, manager: User
) -> None:
    owe(make_user(at=school), school, -7, manager=manager)
    ask(TUESDAY + 2 * DAY)

    def told_on(day: date) -> list[str]:
        return [one.stage for one in preview(at(day), supposed=True) if one.recipient == manager]

    assert [told_on(TUESDAY + days * DAY) for days in (0, 2, 3, 6)] == [
        [], [], ["line_manager+7"], [],
    ]  # fmt: skip
