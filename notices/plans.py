"""A school's own ladder: what its page asks, the steps that makes, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from notices.steps import Step, To
from web.words import listed

FIRST_DAY, LAST_DAY, MOST_STEPS = 1, 90, 8
OTHERS = {"line_manager": "The line manager", "head": "The head", "trust": "The trust’s lead"}


@dataclass(frozen=True)
class Plan:
    """When somebody is reminded of one kind of duty, and after how many days others hear of it.

    `at_start`: on the day it comes to them; `start_every`: and every so many days from then on.
    `before`: days before it is due; `overdue_every`: every so many days after it was due.
    `school_days`: what comes after the due day is counted in school days.
    """

    at_start: bool = False
    start_every: int | None = None
    before: tuple[int, ...] = ()
    on_day: bool = False
    overdue_every: int | None = None
    line_manager: int | None = None
    head: int | None = None
    trust: int | None = None
    school_days: bool = False

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Plan:
        """As `as_json` wrote it. Raises TypeError for anything else."""
        return cls(**{**kept, "before": tuple(kept.get("before", ()))})

    def as_json(self) -> dict[str, Any]:
        """What differs from nothing, for a school's settings."""
        kept = {name: value for name, value in asdict(self).items() if value}
        return kept | ({"before": list(self.before)} if self.before else {})

    @classmethod
    def of(cls, steps: tuple[Step, ...]) -> Plan:
        """The plan these steps come from. Raises ValueError where no plan makes just these."""
        facts: dict[str, Any] = {
            "before": tuple(sorted((-s.days for s in steps if s.days < 0), reverse=True)),
            "school_days": any(step.in_school_days for step in steps),
        }
        for step in steps:
            if step.to != "owner":
                facts[step.to] = step.days
            elif step.after == "start":
                facts["at_start"] = facts.get("at_start") or step.days == 0
                facts["start_every"] = step.every or None
            elif step.days >= 0:
                facts["on_day"] = facts.get("on_day") or step.days == 0
                facts["overdue_every"] = step.every or facts.get("overdue_every")
        found = cls(**facts)
        if _days(found.steps()) != _days(steps):
            raise ValueError("No plan makes these steps.")
        return found

    def steps(self) -> tuple[Step, ...]:
        """The steps of a ladder, from the earliest on."""
        return tuple(self._steps())

    def _steps(self) -> Iterator[Step]:
        if self.at_start or self.start_every:
            first = 0 if self.at_start else self.start_every or 0
            yield Step(first, every=self.start_every or 0, after="start")
        for days in sorted(self.before, reverse=True):
            yield Step(-days)
        if self.on_day:
            yield Step(0)
        if self.overdue_every:
            yield self._after(self.overdue_every, every=self.overdue_every)
        if self.line_manager:
            yield self._after(self.line_manager, "line_manager")
        if self.head:
            yield self._after(self.head, "head")
        if self.trust:
            yield self._after(self.trust, "trust")

    def _after(self, days: int, to: To = "owner", every: int = 0) -> Step:
        return Step(days, to, every=every, in_school_days=self.school_days)

    def problems(self) -> Iterator[str]:
        """What makes no sense, in sentences."""
        numbers = [*self.before, self.start_every, self.overdue_every, self.line_manager,
                   self.head, self.trust]  # fmt: skip
        if any(n is not None and not FIRST_DAY <= n <= LAST_DAY for n in numbers):
            yield f"Choose numbers of days from {FIRST_DAY} to {LAST_DAY}."
        if len(set(self.before)) < len(self.before):
            yield "A day before it is due is there twice."
        if not (self.at_start or self.start_every or self.before or self.on_day):
            yield "Remind people at least once before it is overdue."
        if len(self.steps()) > MOST_STEPS:
            yield f"That is more than {MOST_STEPS} steps. Leave some out: too many are not read."
        order = [n for n in (self.line_manager, self.head, self.trust) if n is not None]
        if order != sorted(order):
            yield "The line manager hears of it first, then the head, then the trust."

    def words(self) -> str:
        """When people are reminded, and who hears of it: two sentences at most."""
        times = [*self._when_reminded()]
        sentences = [f"Reminded {listed(times)}." if times else "Nobody is reminded."]
        told = [(name, days) for key, name in OTHERS.items() if (days := getattr(self, key))]
        if told:
            (first, days), *more = told
            heard = [f"{first} hears of it {self._in_words(days)} after it was due"]
            heard += [f"{name[0].lower()}{name[1:]} {self._in_words(n)} after" for name, n in more]
            sentences.append(f"{listed(heard)}.")
        return " ".join(sentences)

    def _when_reminded(self) -> Iterator[str]:
        if self.at_start:
            yield "on the day it comes to them"
        if self.start_every:
            since = "from then on" if self.at_start else "from the day it comes to them"
            yield f"{_every(self.start_every)} {since}"
        if self.before:
            days = listed([str(day) for day in sorted(self.before, reverse=True)])
            yield f"{days} day{'' if self.before == (1,) else 's'} before it is due"
        if self.on_day:
            yield "on the day it is due"
        if self.overdue_every:
            yield f"{_every(self.overdue_every, self._unit)} while it is overdue"

    @property
    def _unit(self) -> str:
        return "school day" if self.school_days else "day"

    def _in_words(self, days: int) -> str:
        return f"{days} {self._unit}" if days == 1 else f"{days} {self._unit}s"


def _every(days: int, unit: str = "day") -> str:
    return f"every {unit}" if days == 1 else f"every {days} {unit}s"


def _days(steps: tuple[Step, ...]) -> set[tuple[str, str, bool, int]]:
    """(to, after, in school days, day) of each time something is told, up to the last day."""
    return {
        (step.to, step.after, step.in_school_days, day)
        for step in steps
        for day in (range(step.days, LAST_DAY + 1, step.every) if step.every else (step.days,))
    }
