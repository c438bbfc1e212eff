"""People and the courses they must have, as a table: the overview of a school (D19)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from governance.models import TrainingCourse, TrainingRecord
from governance.training import FOREVER, State, at, in_state, required, soon, state_of
from people.models import Membership, Organisation

MOST_COURSES = 12  # columns of one table; each course has a page of its own


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one person stands with one course; `state` None: they need not have it."""

    course: TrainingCourse
    state: State | None = None
    valid_until: date | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    post: Membership
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class People:
    """How many people there are, and how many of them lack something or soon will."""

    total: int = 0
    needed: int = 0
    expiring: int = 0

    @property
    def complete(self) -> int:
        return self.total - self.needed

    def __add__(self, other: Self) -> People:
        return People(
            self.total + other.total, self.needed + other.needed, self.expiring + other.expiring
        )


@dataclass(frozen=True)
class Summary:
    """The figures above the table, by department; `waiting`: certificates to confirm."""

    departments: dict[str, People] = field(default_factory=dict)
    waiting: int = 0

    @property
    def all(self) -> People:
        return sum(self.departments.values(), People())


def summary(organisation: Organisation, on: date) -> Summary:
    """One query."""
    waiting = TrainingRecord.objects.waiting().filter(
        person=OuterRef("person"), organisation=organisation
    )
    counted = (
        Membership.objects.active(on)
        .filter(organisation=organisation)
        .order_by()
        .values_list("department")
        .annotate(
            total=Count("pk"),
            needed=Count("pk", filter=_among(at(organisation, on), "needed", on)),
            expiring=Count("pk", filter=_among(at(organisation, on), "expiring", on)),
            waiting=Count("pk", filter=Exists(waiting)),
        )
        .order_by("department")
    )
    rows = list(counted)
    return Summary({name: People(*rest[:3]) for name, *rest in rows}, sum(row[4] for row in rows))


def schools_of(trust: Organisation, on: date) -> list[tuple[Organisation, People]]:
    """Each school below a trust, by name; none for a school. Two queries."""
    if trust.kind != Organisation.Kind.TRUST:
        return []
    below = required(on).filter(organisation__reached_from__above=trust)
    counted = (
        Membership.objects.active(on)
        .filter(organisation__parent=trust)
        .order_by()
        .values_list("organisation")
        .annotate(
            total=Count("pk"),
            needed=Count("pk", filter=_among(below, "needed", on)),
            expiring=Count("pk", filter=_among(below, "expiring", on)),
        )
    )
    people = {place: People(*rest) for place, *rest in counted}
    schools = Organisation.objects.filter(parent=trust)
    return [(school, people.get(school.pk, People())) for school in schools]


def _among(asked: QuerySet[Any, Any], state: str, on: date) -> Q:
    """Whether a membership stands so with a course it must have; `asked` is `required()`."""
    found = asked.filter(in_state(state, on, soon(on)))
    return Q(pk__in=found.order_by().values("pk"))


def members(
    organisation: Organisation, filters: Mapping[str, Any], on: date
) -> QuerySet[Membership]:
    """The people of the table, as narrowed down."""
    rows = Membership.objects.active(on).filter(organisation=organisation)
    match filters.get("state"):
        case "needed" | "expiring" as state:
            rows = rows.filter(_among(at(organisation, on), state, on))
        case "complete":
            rows = rows.exclude(_among(at(organisation, on), "needed", on))
    if department := filters.get("department"):
        rows = rows.filter(department=department)
    if words := (filters.get("q") or "").strip():
        rows = rows.filter(person__name__icontains=words)
    return (
        rows.select_related("person")
        .only("job_title", "department", "person__name")
        .order_by("person__sort_name", "person__name", "pk")
    )


def known_count(filters: Mapping[str, Any], found: Summary) -> int | None:
    """How many the table holds, where the figures say so already."""
    if (filters.get("q") or "").strip():
        return None
    department = filters.get("department")
    people = found.departments.get(department, People()) if department else found.all
    counts = {
        "": people.total,
        "needed": people.needed,
        "expiring": people.expiring,
        "complete": people.complete,
    }
    return counts.get(filters.get("state") or "")


def courses_of(organisation: Organisation) -> list[TrainingCourse]:
    """The courses that somebody must have there, at most MOST_COURSES and one more."""
    asked = Q(requirements__isnull=False)
    found = TrainingCourse.objects.in_use().reaching(organisation).filter(asked).distinct()
    return list(found.only("title")[: MOST_COURSES + 1])


def grid(posts: Iterable[Membership], courses: list[TrainingCourse], on: date) -> list[Row]:
    """One row for each post, one cell for each course. One query."""
    posts = list(posts)
    columns = ("pk", "course_ref", "held_until", "waiting")
    asked = required(on).filter(pk__in=[post.pk for post in posts]).values_list(*columns)
    found = {(post, course): (until, bool(waits)) for post, course, until, waits in asked}
    return [
        Row(post, [_cell(course, found.get((post.pk, course.pk)), on) for course in courses])
        for post in posts
    ]


def _cell(course: TrainingCourse, held: tuple[date | None, bool] | None, on: date) -> Cell:
    if held is None:
        return Cell(course)
    until, waits = held
    shown = None if until == FOREVER else until
    return Cell(course, state_of(until, on), shown, waits)


HEADER = (
    "Name", "E-mail", "Department", "Job title", "Course", "State", "Valid until", "Waiting",
)  # fmt: skip


def export(organisation: Organisation, filters: Mapping[str, Any], on: date) -> Iterator[list[str]]:
    """A line for each person and course they must have, as narrowed down. One query, streamed."""
    chosen = members(organisation, filters, on).order_by().values("pk")
    columns = (
        "person__name", "person__email", "department", "job_title",
        "organisation__reached_from__above__training_courses__title", "held_until", "waiting",
    )  # fmt: skip
    rows = at(organisation, on).filter(pk__in=chosen)
    rows = rows.order_by("person__sort_name", "person__name", "pk", "course_ref")
    for name, email, department, job, course, until, waits in rows.values_list(*columns).iterator(
        chunk_size=2000
    ):
        state = state_of(until, on).label
        ends = "" if until is None or until == FOREVER else until.isoformat()
        yield [name, email or "", department, job, course, state, ends, "yes" if waits else ""]
