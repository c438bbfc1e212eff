"""When people are reminded: the ladder against a list written by hand."""

from datetime import date, timedelta

import pytest

from notices.ladders import CATCH_UP, LADDERS, Ladder, Step, rungs
from people.duty import Duty

DUE = date(2026, 12, 1)


def duty(kind: str = "policy.sign", since: date | None = None) -> Duty:
    return Duty(kind, f"{kind}:1", 1, 1, DUE, "Title", "/", since=since)


def told_on(kind: str, to: str, *, since: date | None = None, days: range) -> list[int]:
    """The days (from the due day) on which something new is told, when asked every day."""
    seen, found = set(), []
    for day in days:
        for rung in rungs(LADDERS[kind], duty(kind, since), DUE + timedelta(days=day)):
            if rung.to == to and (rung.stage, rung.on) not in seen:
                seen.add((rung.stage, rung.on))
                found.append(day)
    return found


@pytest.mark.parametrize(
    ("kind", "to", "days"),
    [
        ("policy.sign", "owner", [-14, -7, -1, 0, 7, 14, 21, 28]),
        ("policy.sign", "line_manager", [7]),
        ("policy.sign", "head", [14]),
        ("policy.review", "owner", [-60, -30, -7, 0, 7, 14, 21, 28]),
        ("policy.review", "line_manager", []),
        ("policy.review", "head", [14]),
        ("policy.sign_off", "owner", [*range(-7, 31, 3)]),
        ("invitation.accept", "owner", [-4, 3, 10, 17, 24]),
    ],
)
def test_each_kind_has_its_days(kind: str, to: str, days: list[int]) -> None:
    assert told_on(kind, to, days=range(-90, 31)) == days


def test_a_sign_off_is_told_on_the_day_it_is_asked_for() -> None:
    asked = DUE - timedelta(days=2)
    assert told_on("policy.sign_off", "owner", since=asked, days=range(-2, 8)) == [-2, 1, 4, 7]


@pytest.mark.demand("G4")
def test_a_duty_that_is_new_is_told_once_and_not_for_every_step_missed() -> None:
    found = rungs(LADDERS["policy.sign"], duty(), DUE - timedelta(days=5))
    assert [rung.stage for rung in found] == ["owner-7"]


def test_nobody_is_told_of_a_step_before_the_duty_itself() -> None:
    late = duty(since=DUE + timedelta(days=20))
    found = rungs(LADDERS["policy.sign"], late, DUE + timedelta(days=20))
    assert [rung.to for rung in found] == ["owner"]


def test_a_step_too_long_ago_is_let_go() -> None:
    found = rungs(LADDERS["policy.sign"], duty(), DUE + CATCH_UP + timedelta(days=14))
    assert {rung.to for rung in found} == {"owner", "head"}
    found = rungs(LADDERS["policy.sign"], duty(), DUE + CATCH_UP + timedelta(days=15))
    assert {rung.to for rung in found} == {"owner"}


@pytest.mark.demand("G5")
def test_the_29th_of_february_is_a_day_like_any_other() -> None:
    leap = Duty("x", "x", 1, 1, date(2028, 3, 7), "Title", "/")
    week_before = Ladder((Step(-7),))
    assert rungs(week_before, leap, date(2028, 2, 28)) == []
    assert [rung.on for rung in rungs(week_before, leap, date(2028, 2, 29))] == [date(2028, 2, 29)]
