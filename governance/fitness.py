"""Whether somebody is fit to run an account of a school, and if not, why not (A3).

The one function that the register of accounts and the business cases ask. It reads the facts each
time: a signature given a second ago makes a person fit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from governance.models import TrainingCourse, TrainingRecord
from governance.obligations import from_rows, owed, rows_of
from governance.training import FOREVER, State, state_of
from people.models import Membership, Organisation, User
from web.json_rows import day, json_rows
from web.words import day_in_words

Ids = Sequence[int] | QuerySet[User, int]


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A policy that covers the person there and that they have not signed."""

    policy_id: int
    title: str
    due_on: date
    overdue: bool


@dataclass(frozen=True, slots=True)
class Training:
    """Where the person stands with a course that every runner of an account needs."""

    course_id: int
    title: str
    state: State
    valid_until: date | None  # None: never had it, or it does not run out
    waiting: bool  # a certificate waits to be confirmed

    @property
    def holds(self) -> bool:
        return self.state in (State.HELD, State.EXPIRING)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was looked at, so that a page can link to it."""

    on: date
    is_here: bool
    unsigned: tuple[Unsigned, ...]
    training: tuple[Training, ...]


@dataclass(frozen=True, slots=True)
class Fitness:
    """`reasons` are whole sentences for the page, and none for whoever is fit."""

    fit: bool
    reasons: tuple[str, ...]
    facts: Facts


def _ids_of(people: Ids | QuerySet[User, User]) -> Ids:
    if isinstance(people, QuerySet):
        return people.order_by().values_list("pk", flat=True)
    return people


def fitness(
    people: Sequence[int] | QuerySet[User], organisation: Organisation, on: date
) -> dict[int, Fitness]:
    """Each of these people (ids, or a queryset of users), by id, in three queries.

    Not fit is who has no active post there; who owes a signature there, of any kind, overdue or
    not; and who lacks a course that runners need or has let it run out. One query more for a
    queryset. `unfit` is the same rule as a condition.
    """
    ids = _ids_of(people)
    return judged(
        ids,
        organisation,
        on,
        here=_here(ids, organisation, on),
        unsigned=unsigned_rows(ids, organisation.pk, on).iterator(chunk_size=2000),
        trained=training_rows(ids, organisation.pk),
    )


def judged(
    ids: Iterable[int],
    organisation: Organisation,
    on: date,
    *,
    here: Container[int],
    unsigned: Iterable[tuple[Any, ...]],
    trained: Iterable[tuple[int, str, Any]],
) -> dict[int, Fitness]:
    """What follows from these rows: for a page whose queries are compiled once."""
    owing, training = _unsigned(unsigned, on), _Trained.of(trained, on)
    found = {}
    for person in ids:
        facts = Facts(on, person in here, tuple(owing[person]), training.by(person, on))
        reasons = tuple(_reasons(facts, organisation))
        found[person] = Fitness(not reasons, reasons, facts)
    return found


def unfit(on: date, person: str = "person", organisation: str = "organisation") -> Q:
    """The rule of `fitness` as a condition on rows that name a person and a school."""
    who = {"person": OuterRef(person), "organisation": OuterRef(organisation)}
    counts = TrainingRecord.objects.counting().filter(
        Q(expires_on=None) | Q(expires_on__gte=on),
        completed_on__lte=on,
        course=OuterRef("pk"),
        person=OuterRef(OuterRef(person)),
    )
    wanted = TrainingCourse.objects.in_use().reaching(OuterRef(OuterRef(organisation)))
    lacking = wanted.filter(~Exists(counts), for_runners=True)
    here = Membership.objects.active(on).filter(**who)
    unsigned = owed(on).filter(**who)
    return ~Q(has_one(here)) | Q(has_one(unsigned)) | Q(has_one(lacking))


def has_one(rows: QuerySet[Any, Any]) -> IsNull:
    """Whether there is such a row, asked of each row by itself.

    Not EXISTS: PostgreSQL works that out for everybody at once, to ask it of the few on a page.
    """
    return IsNull(Subquery(rows.order_by().values("pk")[:1]), False)


def fitness_of(person: User, organisation: Organisation, on: date) -> Fitness:
    """`fitness` for one person."""
    return fitness([person.pk], organisation, on)[person.pk]


def _here(people: Ids, organisation: Organisation, on: date) -> set[int]:
    active = Membership.objects.active(on).filter(organisation=organisation, person__in=people)
    return set(active.order_by().values_list("person", flat=True))


def unsigned_rows(people: Any, organisation: int, on: date) -> QuerySet[Any, tuple[Any, ...]]:
    """What these people (ids, or a query for them) owe there, for `judged`."""
    return rows_of(owed(on).filter(organisation=organisation, person__in=people))


def _unsigned(rows: Iterable[tuple[Any, ...]], on: date) -> dict[int, list[Unsigned]]:
    found: dict[int, list[Unsigned]] = defaultdict(list)
    for one in from_rows(rows):
        unsigned = Unsigned(one.policy_id, one.title, one.due_on, overdue=one.due_on < on)
        found[one.person_id].append(unsigned)
    for each in found.values():
        each.sort(key=lambda one: (one.due_on, one.title))
    return found


def training_rows(people: Any, organisation: int) -> QuerySet[Any, tuple[int, str, Any]]:
    """The courses runners need there, each with what these people have of it, for `judged`."""
    records = TrainingRecord.objects.filter(
        state__in=(TrainingRecord.State.CONFIRMED, TrainingRecord.State.AWAITING),
        course=OuterRef("pk"),
        person__in=people,
    )
    courses = TrainingCourse.objects.in_use().reaching(organisation).filter(for_runners=True)
    held = json_rows(records, "person", "state", "completed_on", "expires_on")
    return courses.annotate(held=held).values_list("pk", "title", "held")


@dataclass(frozen=True, slots=True)
class _Trained:
    """The courses runners need there, and what these people have of them."""

    courses: list[tuple[int, str]]
    held: dict[tuple[int, int], date]
    waiting: set[tuple[int, int]]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str, Any]], on: date) -> _Trained:
        found = cls([], {}, set())
        for course, title, records in rows:
            found.courses.append((course, title))
            for person, state, completed_on, expires_on in records or ():
                key = (person, course)
                if state == TrainingRecord.State.AWAITING:
                    found.waiting.add(key)
                elif completed_on and day(completed_on) <= on:
                    until = day(expires_on) if expires_on else FOREVER
                    found.held[key] = max(until, found.held.get(key, until))
        return found

    def by(self, person: int, on: date) -> tuple[Training, ...]:
        return tuple(self._one(person, course, title, on) for course, title in self.courses)

    def _one(self, person: int, course: int, title: str, on: date) -> Training:
        until = self.held.get((person, course))
        shown = None if until == FOREVER else until
        waiting = (person, course) in self.waiting
        return Training(course, title, state_of(until, on), shown, waiting)


def _reasons(facts: Facts, organisation: Organisation) -> Iterator[str]:
    if not facts.is_here:
        yield f"Does not belong to {organisation} on {day_in_words(facts.on)}."
    for policy in facts.unsigned:
        when = "it was due on" if policy.overdue else "it is due on"
        yield f"Has not signed “{policy.title}”: {when} {day_in_words(policy.due_on)}."
    for course in facts.training:
        if not course.holds:
            yield _lacking(course)


def _lacking(course: Training) -> str:
    proof = " A certificate waits to be confirmed." if course.waiting else ""
    if course.valid_until is not None:
        day = day_in_words(course.valid_until)
        return f"Their training “{course.title}” ran out on {day}.{proof}"
    return f"Has not taken the training “{course.title}”.{proof}"
