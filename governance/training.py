"""Who must have which training, who has it and until when: derived, in one query (P10, D19).

The task list, the reminders, the overview and the course's page all start from `required()`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self, TypedDict

from django.db import models
from django.db.models import Count, Exists, F, Func, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from governance.models import Exemption, TrainingCourse, TrainingRecord, TrainingRequirement
from people.models import Membership, MembershipRole, Organisation
from people.models.membership import on_day
from people.settings_registry import resolve
from web.prepared import prepared

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class NeedFields(TypedDict):
        """What `required()` adds to a membership."""

        course_ref: int
        required_since: date
        held_until: date | None
        waiting: bool
        on_leave: bool
        back_after: date | None

    Needed = WithAnnotations[Membership, NeedFields]

EXPIRING_DAYS = 30  # so long before it runs out a training is owed again
FOREVER = date.max
_COURSES = "organisation__reached_from__above__training_courses"
# FOREVER, written out: prepared queries keep no date among their parameters.
_NO_END = Func(template="DATE('9999-12-31')", output_field=models.DateField())
_NEVER = Value(None, output_field=models.DateField())


class State(StrEnum):
    """Where somebody stands with a course they must have."""

    MISSING = "missing"
    EXPIRED = "expired"
    EXPIRING = "expiring"
    HELD = "held"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    State.MISSING: "Lacking",
    State.EXPIRED: "Expired",
    State.EXPIRING: "Expires soon",
    State.HELD: "Has it",
}


def soon(on: date, days: int = EXPIRING_DAYS) -> date:
    return on + timedelta(days=days)


class _Soon(Func):
    """`soon(on)`, worked out by the database: a prepared query is given one day, and no other."""

    output_field = models.DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return super().as_sql(
            compiler, connection, template=f"DATE(%(expressions)s, '+{EXPIRING_DAYS} days')"
        )

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return super().as_sql(
            compiler, connection, template=f"(CAST(%(expressions)s AS date) + {EXPIRING_DAYS})"
        )


def state_of(held_until: date | None, on: date, until: date | None = None) -> State:
    """`held_until`: None for somebody who never had it, FOREVER where it does not run out."""
    if held_until is None:
        return State.MISSING
    if held_until < on:
        return State.EXPIRED
    return State.EXPIRING if held_until <= (until or soon(on)) else State.HELD


def in_state(state: str, on: date, until: date) -> Q:
    """The same rule as a condition. `needed`: lacking or expired; `held`: expiring ones too."""
    conditions = {
        "missing": Q(held_until=None),
        "expired": Q(held_until__lt=on),
        "expiring": Q(held_until__gte=on, held_until__lte=until),
        "held": Q(held_until__gte=on),
        "needed": Q(held_until=None) | Q(held_until__lt=on),
    }
    return conditions.get(state, Q())


def last_day(**only: Any) -> Max:
    """Of the records grouped: the last day that one of them counts, or FOREVER."""
    return Max(Coalesce("expires_on", _NO_END), **only)


def held_until(course: Any, on: date) -> Subquery:
    """Until when a membership's person has the course (an id or an OuterRef), see `state_of`."""
    best = (
        TrainingRecord.objects.counting()
        .filter(person=OuterRef("person"), course=course, completed_on__lte=on)
        .order_by()
        .values("person")
        .annotate(best=last_day())
    )
    return Subquery(best.values("best"))


def required_since(course: Any, on: date) -> Subquery:
    """Since when a membership must have the course: asked for by then, and the role held by then.

    None: nothing that this person is there asks for it.
    """
    given = MembershipRole.objects.filter(
        on_day(on), membership=OuterRef(OuterRef("pk")), role=OuterRef("role")
    )
    asking = (
        TrainingRequirement.objects.filter(course=course)
        .annotate(given=Subquery(given.order_by("starts_on").values("starts_on")[:1]))
        .filter(Q(role="") | Q(given__isnull=False))
        .annotate(began=Greatest("since", Coalesce("given", "since")))
    )
    return Subquery(asking.order_by("began").values("began")[:1])


def waiting(course: Any) -> Exists:
    """Whether a certificate of this course, sent in by the person, waits to be confirmed."""
    return Exists(TrainingRecord.objects.waiting().filter(person=OuterRef("person"), course=course))


def required(on: date) -> QuerySet[Needed, Needed]:
    """(active membership, course in use that it must have), with until when it is held.

    Annotated: course_ref, required_since, held_until, waiting, on_leave (exempt from everything
    for a long leave), back_after (the last day of an earlier one).
    """
    course = OuterRef("course_ref")
    leave = Exemption.objects.filter(
        policy=None,
        reason=Exemption.Reason.LONG_LEAVE,
        person=OuterRef("person"),
        organisation=OuterRef("organisation"),
    )
    ended = leave.filter(ends_on__lt=on).order_by("-ends_on")
    return (
        Membership.objects.active(on)
        .annotate(course_ref=F(_COURSES), course_in_use=F(f"{_COURSES}__in_use"))
        .filter(course_in_use=True)
        .annotate(required_since=required_since(course, on))
        .filter(required_since__isnull=False)
        .annotate(
            held_until=held_until(course, on),
            waiting=waiting(course),
            on_leave=Exists(leave.filter(on_day(on))),
            back_after=Subquery(ended.values("ends_on")[:1]),
        )
    )


def owed(on: date) -> QuerySet[Needed, Needed]:
    """Of `required()`: lacking or running out soon; nobody on leave or whose proof waits."""
    by_then = _Soon(Value(on, output_field=models.DateField()))
    due = Q(held_until=None) | Q(held_until__lte=by_then)
    return required(on).filter(due, waiting=False, on_leave=False)


@dataclass(frozen=True, slots=True)
class Need:
    """One person must have one course, through one of their posts."""

    person_id: int
    organisation_id: int
    line_manager_id: int | None
    course_id: int
    title: str
    since: date  # when it came to be asked of this person
    held_until: date | None
    waiting: bool
    grace_days: int

    @property
    def due_on(self) -> date:
        """The day it runs out; for whoever is new to it, not before their days are over."""
        first = self.since + timedelta(days=self.grace_days)
        return first if self.held_until is None else max(self.held_until, first)

    def state(self, on: date) -> State:
        return state_of(self.held_until, on)

    @property
    def owed_from(self) -> date:
        """The day on which the duty came into being."""
        if self.held_until is None or self.held_until == FOREVER:
            return self.since
        return max(self.since, self.held_until - timedelta(days=EXPIRING_DAYS))


_ROW = (
    "person_id",
    "organisation_id",
    "line_manager_id",
    "course_ref",
    f"{_COURSES}__title",
    "required_since",
    "starts_on",
    "back_after",
    "held_until",
    "waiting",
    "organisation__settings",
    "organisation__parent__settings",
)


def needs(rows: QuerySet[Needed, Needed]) -> Iterator[Need]:
    """One per person and course: of two posts the one that falls due first counts. Streamed."""
    return _one_per_course(_rows(rows).iterator(chunk_size=2000))


def needs_of(person_id: int, on: date) -> list[Need]:
    """Every course this person must have, in order, for their own page."""
    found = _one_per_course(_required_of(person_id=person_id, on=on))
    return sorted(found, key=lambda need: (need.title, need.course_id))


def owed_by(person_id: int, on: date) -> Iterator[Need]:
    """What one person owes: `needs(owed())` for a page."""
    return _one_per_course(_owed_by(person_id=person_id, on=on))


@prepared
def _required_of(*, person_id: int, on: date) -> QuerySet[Needed, tuple[Any, ...]]:
    return _rows(required(on).filter(person=person_id))


@prepared
def _owed_by(*, person_id: int, on: date) -> QuerySet[Needed, tuple[Any, ...]]:
    return _rows(owed(on).filter(person=person_id))


def _rows(rows: QuerySet[Needed, Needed]) -> QuerySet[Needed, tuple[Any, ...]]:
    return rows.order_by("person_id", "course_ref", "pk").values_list(*_ROW)


def _one_per_course(rows: Iterable[tuple[Any, ...]]) -> Iterator[Need]:
    pending: Need | None = None
    for row in rows:
        one = _need(row)
        if pending and (pending.person_id, pending.course_id) == (one.person_id, one.course_id):
            pending = min(pending, one, key=lambda each: each.due_on)
            continue
        if pending:
            yield pending
        pending = one
    if pending:
        yield pending


def _need(row: tuple[Any, ...]) -> Need:
    person, place, manager, course, title, asked, starts_on, back_after, until, waits = row[:10]
    since = max(asked, starts_on)
    if back_after is not None:
        since = max(since, back_after + timedelta(days=1))
    days = int(resolve("training.grace_days", *row[10:]))
    return Need(person, place, manager, course, title, since, until, bool(waits), days)


# How far a school has come


@dataclass(frozen=True, slots=True)
class Figures:
    """How many must have a course, and of them how many lack it, and so on."""

    required: int = 0
    missing: int = 0
    expired: int = 0
    expiring: int = 0

    @property
    def held(self) -> int:
        """Have it today, soon to run out or not."""
        return self.required - self.lacking

    @property
    def lacking(self) -> int:
        return self.missing + self.expired

    @property
    def percent(self) -> int | None:
        """Whole per cent, rounded down: 100 means everyone. None: nobody must have it."""
        return self.held * 100 // self.required if self.required else None

    def __add__(self, other: Self) -> Figures:
        return Figures(
            self.required + other.required,
            self.missing + other.missing,
            self.expired + other.expired,
            self.expiring + other.expiring,
        )


def at(organisation: Organisation, on: date) -> QuerySet[Needed, Needed]:
    """What the people of one school (for a trust: its own people) must have."""
    return required(on).filter(organisation=organisation)


def figures_by(rows: QuerySet[Needed, Needed], on: date, column: str) -> dict[Any, Figures]:
    """Figures for each value of a column, such as course_ref or organisation. One query."""
    until = soon(on)
    counted = (
        rows.order_by()
        .values_list(column)
        .annotate(
            n_required=Count("pk"),
            n_missing=Count("pk", filter=in_state("missing", on, until)),
            n_expired=Count("pk", filter=in_state("expired", on, until)),
            n_expiring=Count("pk", filter=in_state("expiring", on, until)),
        )
        .order_by(column)
    )
    return {row[0]: Figures(*row[1:]) for row in counted}


def across(trust: Organisation, course: TrainingCourse, on: date) -> dict[int, Figures]:
    """Figures of one course at each school below a trust, by the school's id. One query."""
    rows = required(on).filter(organisation__reached_from__above=trust, course_ref=course.pk)
    return figures_by(rows, on, "organisation")


def people_of(
    course: TrainingCourse, organisation: Organisation, on: date
) -> QuerySet[Needed, Needed]:
    """Everybody of a school who must have the course, has had it, or waits for a confirmation.

    Nobody must have a course that is not in use.
    """
    asked = required_since(course.pk, on) if course.in_use else _NEVER
    rows: QuerySet[Any, Any] = (
        Membership.objects.active(on)
        .filter(organisation=organisation)
        .annotate(
            required_since=asked,
            held_until=held_until(course.pk, on),
            waiting=waiting(course.pk),
        )
    )
    about = Q(required_since__isnull=False) | Q(held_until__isnull=False) | Q(waiting=True)
    return (
        rows.filter(about)
        .select_related("person")
        .only("job_title", "department", "starts_on", "person__name")
        .order_by("person__sort_name", "person__name", "pk")
    )
