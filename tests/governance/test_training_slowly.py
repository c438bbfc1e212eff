"""Expiry and who owes what, compared with slow and obvious ways to count (D19)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance import training as queries
from governance.models import TrainingCourse, TrainingRecord, TrainingRequirement
from governance.services import training
from governance.training import FOREVER, Figures
from people.models import Membership
from people.roles import Role
from people.services import membership
from tests.factories import make_member, make_person, make_school, make_trust
from tests.pages import rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.demand("D19")]
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-11-20 10:00", tick=False):
        yield


# Expiry, compared with a slow and obvious way to count


def slowly(day: date, months: int) -> date:
    """Month by month; then back to a day that exists."""
    year, month, number = day.year, day.month, day.day
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.integers(1, 120))
def test_a_training_runs_out_on_the_same_day_so_many_months_later(day: date, months: int) -> None:
    ends = training.expiry_of(TrainingCourse(valid_months=months), day)
    assert ends == slowly(day, months)
    assert ends > day


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_without_a_time_it_never_runs_out(day: date) -> None:
    assert training.expiry_of(TrainingCourse(), day) is None


# Everything at once, compared with loops over every row

DAYS = st.integers(-500, 60)
SOME_ROLES = st.sets(st.sampled_from(["staff", "dsl", "governor", ""]), max_size=3)


@st.composite
def worlds(draw: Any) -> dict[str, Any]:
    people, courses = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    return {
        "courses": [
            (draw(SOME_ROLES), draw(DAYS), draw(st.booleans()), draw(st.integers(0, 2)))
            for _ in range(courses)
        ],
        "posts": [
            (
                draw(st.sets(st.sampled_from([Role.STAFF, Role.DSL, Role.GOVERNOR]), max_size=2)),
                draw(st.integers(-600, 20)),
                draw(st.none() | st.integers(-30, 30)),
                draw(st.integers(0, 2)),
            )
            for _ in range(people)
        ],
        "records": draw(
            st.lists(
                st.tuples(
                    st.integers(0, people - 1), st.integers(0, courses - 1), st.integers(-800, 0),
                    st.none() | st.integers(0, 900),
                    st.sampled_from(["confirmed", "awaiting", "corrected"]),
                ),
                max_size=8,
                unique_by=lambda row: row[:3],
            )
        ),
    }  # fmt: skip


@settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(worlds())
def test_who_must_have_what_is_what_loops_over_every_row_say(world: dict[str, Any]) -> None:
    with rolled_back():
        build(world)
        for shift in (0, 40):
            compare(TODAY + timedelta(days=shift))


def build(world: dict[str, Any]) -> None:
    """Past the services: states that years would make."""
    trust = make_trust()
    places = [make_school(trust=trust), make_school(trust=trust), trust]
    by = make_person()
    courses = []
    for roles, since, in_use, owner in world["courses"]:
        course = TrainingCourse.objects.create(
            owner=places[owner], title=f"Course {len(courses)}", in_use=in_use, created_by=by
        )
        TrainingRequirement.objects.bulk_create(
            TrainingRequirement(course=course, role=role, since=TODAY + timedelta(days=since))
            for role in roles
        )
        courses.append(course)
    people = []
    for roles, starts, ends, place in world["posts"]:
        person = make_person()
        first = TODAY + timedelta(days=starts)
        post = make_member(person, places[place], *roles, since=first)
        if ends is not None and TODAY + timedelta(days=ends) >= first:
            membership.leave(post, last_day=TODAY + timedelta(days=ends), by=None)
        people.append(person)
    for who, which, done, lasts, state in world["records"]:
        day = TODAY + timedelta(days=done)
        TrainingRecord.objects.create(
            person=people[who], course=courses[which], organisation=places[0], completed_on=day,
            expires_on=None if lasts is None else day + timedelta(days=lasts), how="own",
            state=state, recorded_by=people[who],
            decided_by=None if state == "awaiting" else by,
            decided_at=None if state == "awaiting" else "2026-01-01T10:00Z",
        )  # fmt: skip


def compare(on: date) -> None:
    expected = {}
    for post in Membership.objects.select_related("organisation", "person"):
        if not (post.starts_on <= on and (post.ends_on is None or post.ends_on >= on)):
            continue
        for course in TrainingCourse.objects.all():
            if (found := one_by_one(post, course, on)) is not None:
                expected[post.pk, course.pk] = found
    rows = queries.required(on).values_list("pk", "course_ref", "held_until", "waiting")
    assert {(pk, course): (until, waits) for pk, course, until, waits in rows} == {
        key: (until, waits) for key, (until, waits, _) in expected.items()
    }
    counted: dict[int, Figures] = {}
    for (_, course), (until, _, _) in expected.items():
        state = queries.state_of(until, on)
        one = Figures(1, state == "missing", state == "expired", state == "expiring")
        counted[course] = counted.get(course, Figures()) + one
    assert queries.figures_by(queries.required(on), on, "course_ref") == counted
    owing = {
        (post, course)
        for (post, course), (until, waits, _) in expected.items()
        if not waits and queries.state_of(until, on) != "held"
    }
    assert set(queries.owed(on).values_list("pk", "course_ref")) == owing


def one_by_one(
    post: Membership, course: TrainingCourse, on: date
) -> tuple[date | None, bool, date] | None:
    """(held until, waiting, asked since) of one post and course; None: nothing asks for it."""
    here = post.organisation
    if not course.in_use or course.owner_id not in (here.pk, here.parent_id):
        return None
    asked = []
    for one in course.requirements.all():
        if one.role == "":
            asked.append(one.since)
        asked += [
            max(one.since, role.starts_on)
            for role in post.roles.filter(role=one.role)
            if role.starts_on <= on and (role.ends_on is None or role.ends_on >= on)
        ]
    if not asked:
        return None
    records = TrainingRecord.objects.filter(person=post.person, course=course)
    ends = [
        record.expires_on or FOREVER
        for record in records
        if record.state == "confirmed" and record.completed_on <= on
    ]
    waits = any(record.state == "awaiting" for record in records)
    return max(ends, default=None), waits, min(asked)
