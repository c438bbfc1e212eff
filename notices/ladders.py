"""When to remind, and whom to tell next: one ladder per kind of duty, as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from notices.plans import Plan
from notices.steps import Step, To
from people.calendar.days import DAY, days_of

if TYPE_CHECKING:
    from people.calendar import SchoolCalendar
    from people.duty import Duty
    from people.models import Organisation

# A step that nobody could be told about for so long (a summer holiday, a dead server) is let go.
CATCH_UP = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of one kind of duty.

    `lead_days`: how long before the due day it came into being, where the duty does not say.
    `goes_to_deputy`: a colleague can do it, or should know of it, while its owner is away. Anything
    else is the owner's own: it waits, and nobody is told of it meanwhile.
    """

    steps: tuple[Step, ...]
    lead_days: int = 0
    goes_to_deputy: bool = False


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of a ladder on its day. `held_until`: a pause of the duty held it back that long."""

    to: To
    stage: str
    on: date
    held_until: date | None = None


WEEKLY = 7

LADDERS: dict[str, Ladder] = {
    "policy.sign": Ladder(
        (
            Step(-14),
            Step(-7),
            Step(-1),
            Step(0),
            Step(7, every=WEEKLY),
            Step(7, "line_manager"),
            Step(14, "head"),
        )
    ),
    "policy.review": Ladder(
        (Step(-60), Step(-30), Step(-7), Step(0), Step(7, every=WEEKLY), Step(14, "head")),
        goes_to_deputy=True,
    ),
    "policy.sign_off": Ladder((Step(0, every=3, after="start"),), lead_days=7, goes_to_deputy=True),
    # They heard of it when it came back.
    "policy.rework": Ladder((Step(3, every=3, after="start"),), lead_days=14, goes_to_deputy=True),
    "policy.adopt": Ladder((Step(-7), Step(0), Step(7, every=WEEKLY)), goes_to_deputy=True),
    # Whoever is new to a training hears of it at once, whoever has it a month before it runs out.
    "training.take": Ladder(
        (
            Step(0, after="start"),
            Step(-30),
            Step(-7),
            Step(0),
            Step(7, every=WEEKLY),
            Step(7, "line_manager"),
            Step(14, "head"),
        ),
        lead_days=30,
    ),
    # Whoever does not answer in time hands the question on, and the next person hears of it.
    "policy.answer": Ladder(
        (Step(0, after="start"), Step(0), Step(3, every=3)), goes_to_deputy=True
    ),
    # After their last day nobody can be reminded: then it is the office's duty.
    "leaver.attest": Ladder((Step(-14), Step(-7), Step(-1), Step(0)), lead_days=14),
    # What they find is their own; that they looked may be asked after, but not at once.
    "self_check.do": Ladder(
        (Step(-7), Step(0), Step(14, every=2 * WEEKLY), Step(28, "line_manager"))
    ),
    "leaver.record": Ladder(
        (Step(0, every=WEEKLY), Step(14, "head")), lead_days=6, goes_to_deputy=True
    ),
    # From the first day of term; after a leaver or an incident from that very hour (E8).
    # A password that everybody knew cannot wait until somebody is back.
    "account.rotate": Ladder(
        (
            Step(0, after="start"),
            Step(-3),
            Step(0),
            Step(3, every=3, in_school_days=True),
            Step(5, "line_manager", in_school_days=True),
            Step(10, "head", in_school_days=True),
            Step(15, "trust", in_school_days=True),
        ),
        goes_to_deputy=True,
    ),
    "account.verify": Ladder(
        (Step(0, after="start"), Step(0), Step(3, every=3, in_school_days=True)),
        goes_to_deputy=True,
    ),
    # Until then somebody who has left could post in the school's name.
    "account.remove_access": Ladder(
        (Step(0, after="start"), Step(1, every=1), Step(3, "head")), goes_to_deputy=True
    ),
    # On the day they are back; what is on the device is their own to delete.
    "account.trip_photos": Ladder(
        (
            Step(0, after="start"),
            Step(0),
            Step(3, every=3),
            Step(3, "line_manager"),
            Step(7, "head"),
        )
    ),
    "account.confirm_address": Ladder((Step(0, after="start"), Step(0), Step(7, every=WEEKLY))),
    "access.review": Ladder(
        (Step(0, after="start"), Step(-3), Step(0), Step(7, every=WEEKLY), Step(14, "head")),
        goes_to_deputy=True,
    ),
    # They heard of it when they were asked.
    "access.answer": Ladder((Step(-3), Step(0), Step(7, every=WEEKLY))),
    # All of it within the half-term: the next one asks anew.
    "account.check": Ladder(
        (
            Step(-7),
            Step(0),
            Step(7, every=WEEKLY),
            Step(7, "line_manager"),
            Step(14, "head"),
        ),
        goes_to_deputy=True,
    ),
    # Somebody waits for the answer, and it has to come beforehand.
    "account.exception": Ladder(
        (Step(0, after="start"), Step(0), Step(3, every=3)), lead_days=7, goes_to_deputy=True
    ),
    # They heard of it when it was sent. After ten school days others hear of it (E10).
    "case.decide": Ladder((Step(0), Step(7, every=WEEKLY)), goes_to_deputy=True),
    # Between them and whoever asked, who can ask somebody else.
    "case.assess": Ladder((Step(0, after="start"), Step(0), Step(3, every=3)), lead_days=7),
    "case.rework": Ladder((Step(3, every=3, after="start"),), lead_days=14),
    "case.launch": Ladder((Step(-30), Step(-7), Step(-1)), goes_to_deputy=True),
    # A trial that nobody evaluates would go on for ever (E11).
    "pilot.evaluate": Ladder(
        (
            Step(-7),
            Step(0),
            Step(3, every=3),
            Step(10, "head"),
            Step(15, "trust"),
        ),
        goes_to_deputy=True,
    ),
    # Until they are entered, reminders and passwords go by guessed days.
    "calendar.plan": Ladder(
        (
            Step(0, after="start"),
            Step(-30),
            Step(-7),
            Step(0),
            Step(7, every=WEEKLY),
            Step(14, "head"),
        ),
        goes_to_deputy=True,
    ),
    # The duty ends with the invitation: when it is accepted, cancelled or has run out.
    "invitation.accept": Ladder(
        (Step(3, after="start"), Step(10, every=WEEKLY, after="start")), lead_days=7
    ),
}


# Where an organisation's settings keep its own plans, by kind of duty.
OWN = "notices.ladders"
# Its steps follow from how long an invitation is valid.
FIXED = frozenset({"invitation.accept"})


def ladder_for(kind: str, organisation: Organisation) -> Ladder | None:
    """The ladder of that kind of duty at that school; None when nobody is reminded of it.

    The school's own, else its trust's, else the usual one. The one place that asks. Costs no query
    where the trust was read with the school.
    """
    usual = LADDERS.get(kind)
    if usual is None:
        return None
    plan = own_plan(kind, organisation)
    if plan is None and organisation.parent is not None:
        plan = own_plan(kind, organisation.parent)
    return usual if plan is None else replace(usual, steps=plan.steps())


def own_plan(kind: str, organisation: Organisation) -> Plan | None:
    """What this very trust or school has set for that kind; None where it has set nothing."""
    kept = organisation.settings.get(OWN, {}).get(kind)
    return None if kept is None else Plan.from_json(kept)


def rungs(ladder: Ladder, duty: Duty, on: date, year: SchoolCalendar | None = None) -> list[Rung]:
    """For each person to be told, the latest step that has come by that day.

    `year`: the school's, for steps counted in school days; without one every day is counted.
    Only the latest: whoever could not be told for a while (a weekend, a holiday, a machine that
    was off, a duty that is new) gets one notice, not one for each step missed. Nobody's manager
    hears of a step that lies before the duty itself, or of any while the duty is paused: what came
    meanwhile is told after the pause.
    """
    start = duty.since or duty.due_on - timedelta(days=ladder.lead_days)
    latest: dict[To, Rung] = {}
    counted = None if duty.every_day_counts else year
    for rung in _passed(ladder, duty.due_on, start, on, counted):
        if rung.to != "owner":
            if duty.since is not None and rung.on < duty.since:
                continue
            if duty.paused_until is not None:
                if on <= duty.paused_until:
                    continue
                rung = replace(rung, held_until=duty.paused_until)
        if rung.to not in latest or latest[rung.to].on < rung.on:
            latest[rung.to] = rung
    return [rung for rung in latest.values() if on - rung.on <= CATCH_UP]


def _passed(
    ladder: Ladder, due_on: date, start: date, on: date, year: SchoolCalendar | None
) -> Iterator[Rung]:
    """Every step that has come, a repeated one on its latest day."""
    school_days: list[date] | None = None
    for step in ladder.steps:
        if step.in_school_days and year is not None:
            if school_days is None:
                school_days = [day for day in days_of(due_on + DAY, on) if year.counts(day)]
            if len(school_days) >= step.days:
                count = _latest(step, len(school_days))
                yield Rung(step.to, step.stage, school_days[count - 1])
            continue
        first = start if step.after == "start" else due_on
        if first + timedelta(days=step.days) <= on:
            again = timedelta(days=_latest(step, (on - first).days))
            yield Rung(step.to, step.stage, first + again)


def _latest(step: Step, passed: int) -> int:
    """On which of the days that have passed the step came last."""
    return passed - (passed - step.days) % step.every if step.every else step.days
