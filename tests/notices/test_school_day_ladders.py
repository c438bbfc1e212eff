"""Steps counted in school days: half-term and holidays stop the clock (E8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from notices.ladders import CATCH_UP, LADDERS, Ladder, Step, rungs
from notices.plans import Plan
from people.calendar import SchoolCalendar
from people.duty import Duty
from people.models import Closure, Organisation, Term

pytestmark = pytest.mark.once
DAY = timedelta(days=1)
KIND = "account.rotate"


def calendar(*closed: tuple[str, str], terms: tuple[tuple[str, str], ...] = ()) -> SchoolCalendar:
    place = Organisation(pk=1, kind="school", name="Hill", nation="ENG")
    return SchoolCalendar(
        place,
        terms=[
            Term(organisation_id=1, name="T", starts_on=_day(first), ends_on=_day(last))
            for first, last in terms
        ],
        closures=[
            Closure(
                organisation_id=1, kind="half_term", name="H", starts_on=_day(a), ends_on=_day(b)
            )
            for a, b in closed
        ],
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


YEAR = calendar(
    ("2026-10-26", "2026-10-30"), ("2026-12-07", "2026-12-07"),
    terms=(("2026-09-02", "2026-12-18"), ("2027-01-04", "2027-03-26")),
)  # fmt: skip


def duty(due: str, *, urgent: bool = False) -> Duty:
    return Duty(
        KIND, f"{KIND}:1", 1, 1, _day(due), "Title", "/",
        since=_day("2026-09-02"), every_day_counts=urgent,
    )  # fmt: skip


def told(one: Duty, to: str, *, until: str, year: SchoolCalendar = YEAR) -> list[str]:
    """The days on which something new is told, when asked every day."""
    seen, found = set(), []
    on = _day("2026-09-01")
    while on <= _day(until):
        for rung in rungs(LADDERS[KIND], one, on, year):
            if rung.to == to and (rung.stage, rung.on) not in seen:
                seen.add((rung.stage, rung.on))
                found.append(f"{on:%d %b}")
        on += DAY
    return found


@pytest.mark.demand("E8")
def test_a_password_is_asked_for_on_its_days_and_half_term_is_left_out() -> None:
    # The tenth school day of the term is 15 September; this school has put it off to 20 October.
    one = duty("2026-10-20")
    assert told(one, "owner", until="2026-11-10") == [
        "02 Sep", "17 Oct", "20 Oct", "23 Oct", "04 Nov", "09 Nov",
    ]  # fmt: skip
    assert told(one, "line_manager", until="2027-01-31") == ["03 Nov"]
    assert told(one, "head", until="2027-01-31") == ["10 Nov"]
    assert told(one, "trust", until="2027-01-31") == ["17 Nov"]


@pytest.mark.demand("E8")
def test_the_holidays_stop_the_clock_and_a_day_off_in_term_does_too() -> None:
    one = duty("2026-12-03")
    assert told(one, "owner", until="2027-01-12")[-5:] == [
        "09 Dec", "14 Dec", "17 Dec", "05 Jan", "08 Jan",
    ]  # fmt: skip
    assert told(one, "line_manager", until="2027-02-10") == ["11 Dec"]
    assert told(one, "head", until="2027-02-10") == ["18 Dec"]
    assert told(one, "trust", until="2027-02-10") == ["08 Jan"]


@pytest.mark.demand("E8")
def test_after_a_leaver_or_an_incident_every_day_counts() -> None:
    one = duty("2026-10-23", urgent=True)
    assert told(one, "line_manager", until="2026-11-30") == ["28 Oct"]
    assert told(one, "head", until="2026-11-30") == ["02 Nov"]
    assert told(one, "trust", until="2026-11-30") == ["07 Nov"]
    assert told(one, "owner", until="2026-10-30")[-2:] == ["26 Oct", "29 Oct"]


def slowly(ladder: Ladder, one: Duty, on: date, year: SchoolCalendar) -> Iterator[tuple[str, date]]:
    """Day by day, as somebody would with a wall calendar."""
    for step in ladder.steps:
        start = one.since if step.after == "start" else one.due_on
        assert start is not None
        count, found = 0, None
        if not step.in_school_days:
            day = start + step.days * DAY
            while day <= on:
                found = day
                if not step.every:
                    break
                day += step.every * DAY
        else:
            day = start + DAY
            while day <= on:
                count += year.is_school_day(day)
                comes = count == step.days or (
                    step.every and count > step.days and (count - step.days) % step.every == 0
                )
                if year.is_school_day(day) and comes:
                    found = day
                day += DAY
        if found is not None:
            yield step.to, found


@pytest.mark.demand("E8")
def test_the_ladder_agrees_with_counting_on_the_fingers() -> None:
    chance = Random(15)
    for _ in range(100):
        first = _day("2026-09-01") + chance.randrange(10) * DAY
        last = first + chance.randrange(60, 110) * DAY
        half = first + chance.randrange(30, 50) * DAY
        terms = ((f"{first}", f"{last}"), (f"{last + 16 * DAY}", f"{last + 90 * DAY}"))
        year = calendar(
            (f"{half}", f"{half + chance.randrange(1, 7) * DAY}"),
            terms=terms if chance.random() < 0.9 else (),
        )
        ladder = Ladder(
            tuple(
                Step(n, to, every=chance.choice((0, n)), in_school_days=chance.random() < 0.7)
                for to, n in (("owner", 3), ("line_manager", 5), ("head", 10), ("trust", 15))
            )  # type: ignore[arg-type]
        )
        one = duty(f"{first + chance.randrange(5, 70) * DAY}")
        on = one.due_on + chance.randrange(-5, 80) * DAY
        wanted: dict[str, date] = {}
        for to, day in slowly(ladder, one, on, year):
            wanted[to] = max(day, wanted.get(to, day))
        found = {rung.to: rung.on for rung in rungs(ladder, one, on, year)}
        assert found == {to: day for to, day in wanted.items() if on - day <= CATCH_UP}


def test_a_plan_in_school_days_says_so_and_is_kept() -> None:
    plan = Plan.of(LADDERS[KIND].steps)
    assert plan.school_days
    assert Plan.from_json(plan.as_json()) == plan
    assert plan.words() == (
        "Reminded on the day it comes to them, 3 days before it is due, on the day it is due and "
        "every 3 school days while it is overdue. The line manager hears of it 5 school days after "
        "it was due, the head 10 school days after and the trust’s lead 15 school days after."
    )
