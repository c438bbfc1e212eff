"""Whether somebody is fit to run an account of a school, and if not, why not (A3).

The one function that the register of accounts and the business cases ask. It reads the facts each
time: a signature given a second ago makes a person fit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from governance.models import TrainingCourse, TrainingRecord
from governance.obligations import obligations, owed
from governance.training import FOREVER, State, last_day, state_of
from people.models import Membership, Organisation, User
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
    """Each of these people (ids, or a queryset of users), by id, in four queries.

    Not fit is who has no active post there; who owes a signature there, of any kind, overdue or
    not; and who lacks a course that runners need or has let it run out. One query more for a
    queryset.
    """
    ids = _ids_of(people)
    here = _here(ids, organisation, on)
    unsigned = _unsigned(ids, organisation, on)
    training = _training(ids, organisation, on)
    found = {}
    for person in ids:
        facts = Facts(on, person in here, tuple(unsigned[person]), training.of(person, on))
        reasons = tuple(_reasons(facts, organisation))
        found[person] = Fitness(not reasons, reasons, facts)
    return found


def fitness_of(person: User, organisation: Organisation, on: date) -> Fitness:
    """`fitness` for one person."""
    return fitness([person.pk], organisation, on)[person.pk]


def _here(people: Ids, organisation: Organisation, on: date) -> set[int]:
    active = Membership.objects.active(on).filter(organisation=organisation, person__in=people)
    return set(active.order_by().values_list("person", flat=True))


def _unsigned(people: Ids, organisation: Organisation, on: date) -> dict[int, list[Unsigned]]:
    found: dict[int, list[Unsigned]] = defaultdict(list)
    for one in obligations(owed(on).filter(organisation=organisation, person__in=people)):
        unsigned = Unsigned(one.policy_id, one.title, one.due_on, overdue=one.due_on < on)
        found[one.person_id].append(unsigned)
    for each in found.values():
        each.sort(key=lambda one: (one.due_on, one.title))
    return found


@dataclass(frozen=True, slots=True)
class _Trained:
    """The courses runners need there, and what these people have of them."""

    courses: list[tuple[int, str]]
    held: dict[tuple[int, int], tuple[date | None, bool]]

    def of(self, person: int, on: date) -> tuple[Training, ...]:
        return tuple(self._one(person, course, title, on) for course, title in self.courses)

    def _one(self, person: int, course: int, title: str, on: date) -> Training:
        until, waiting = self.held.get((person, course), (None, False))
        shown = None if until == FOREVER else until
        return Training(course, title, state_of(until, on), shown, waiting)


def _training(people: Ids, organisation: Organisation, on: date) -> _Trained:
    courses = TrainingCourse.objects.in_use().reaching(organisation).filter(for_runners=True)
    counts = Q(state=TrainingRecord.State.CONFIRMED, completed_on__lte=on)
    waits = Q(state=TrainingRecord.State.AWAITING)
    rows = (
        TrainingRecord.objects.filter(counts | waits, course__in=courses, person__in=people)
        .order_by()
        .values_list("person", "course")
        .annotate(until=last_day(filter=counts), waiting=Count("pk", filter=waits))
    )
    held = {(person, course): (until, waiting > 0) for person, course, until, waiting in rows}
    return _Trained(list(courses.values_list("pk", "title")), held)


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
