"""A page of training asks as much at 1,000 rows as at 10, and no more than its ceiling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import (
    EducationEntry,
    TrainingCourse,
    TrainingRecord,
    TrainingRequirement,
    TrainingSession,
)
from governance.services import training_import
from governance.training_duties import TAKING
from notices.health import BEAT
from notices.services import beat
from people.models import Organisation, User
from people.roles import Role
from tests import crowds
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_head
from tests.governance.training_factories import make_course, make_session
from tests.queries import visit
from tests.test_queries import FEW, MANY, constant

pytestmark = [pytest.mark.django_db, pytest.mark.demand("D19")]


@pytest.fixture(autouse=True)
def _worker_runs(db: None) -> None:
    beat(BEAT)


@pytest.fixture
def trust() -> Organisation:
    return make_trust()


@pytest.fixture
def school(trust: Organisation) -> Organisation:
    return make_school(trust=trust)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def course(school: Organisation, head: User) -> TrainingCourse:
    return make_course(school, by=head)


def many_courses(at: Organisation, by: User, number: int) -> list[TrainingCourse]:
    first = TrainingCourse.objects.count()
    courses = TrainingCourse.objects.bulk_create(
        TrainingCourse(owner=at, title=f"Crowded {n}", created_by=by)
        for n in range(first, first + number)
    )
    TrainingRequirement.objects.bulk_create(
        TrainingRequirement(course=course, role="staff", since=at.today()) for course in courses
    )
    return courses


def many_records(
    course: TrainingCourse, people: list[User], at: Organisation, by: User, **more: Any
) -> None:
    """Of these people, a third each: expired, expiring, valid."""
    today = at.today()
    TrainingRecord.objects.bulk_create(
        TrainingRecord(
            **{
                "person": person, "course": course, "organisation": at, "how": "office",
                "completed_on": today - timedelta(days=100), "state": "confirmed",
                "expires_on": today + timedelta(days=20 * (place % 3 - 1)), "recorded_by": by,
                **more,
            }
        )
        for place, person in enumerate(people)
    )  # fmt: skip


def at(name: str, school: Organisation, *args: int) -> str:
    return reverse(f"governance:{name}", args=[school.slug, *args])


@pytest.mark.parametrize(
    ("query", "ceiling"), [("", 8), ("?state=needed&department=Department+1", 8), ("?q=crowd", 8)]
)
def test_the_overview(
    school: Organisation, head: User, course: TrainingCourse, query: str, ceiling: int
) -> None:
    def grow(more: int) -> None:
        people = crowds.many_people(school, more)
        many_records(course, people[: more // 2], school, head)

    many_courses(school, head, 5)
    constant(head, at("training", school) + query, grow, ceiling=ceiling)


def test_the_courses(school: Organisation, head: User) -> None:
    url = at("training_courses", school)
    constant(head, url, lambda more: many_courses(school, head, more), ceiling=8)


def test_a_course_and_its_people(school: Organisation, head: User, course: TrainingCourse) -> None:
    def grow(more: int) -> None:
        people = crowds.many_people(school, more)
        many_records(course, people[: more // 2], school, head)
        TrainingSession.objects.bulk_create(
            TrainingSession(
                course=course, organisation=school, held_on=school.today(), created_by=head
            )
            for _ in range(more)
        )

    constant(head, at("training_course", school, course.pk), grow, ceiling=9)


def test_a_trusts_course_and_its_schools(trust: Organisation) -> None:
    lead = make_head(trust)
    shared = make_course(trust, by=lead)

    def grow(more: int) -> None:
        for place in crowds.many_schools(trust, more):
            many_records(shared, crowds.many_people(place, 2), place, lead)

    constant(lead, at("training_course", trust, shared.pk), grow, ceiling=11, many=100)


def test_a_register(school: Organisation, head: User, course: TrainingCourse) -> None:
    session = make_session(course, school, by=head)

    def grow(more: int) -> None:
        people = crowds.many_people(school, more)
        many_records(
            course, people[: more // 2], school, head, how="session", session=session,
            completed_on=session.held_on, expires_on=None,
        )  # fmt: skip

    constant(head, session.get_absolute_url(), grow, ceiling=8)


def test_ticking_two_hundred_people(
    school: Organisation, head: User, course: TrainingCourse
) -> None:
    counts = []
    for number in (2, 200):
        session = make_session(course, school, by=head)
        people = crowds.many_people(school, number)
        page = visit(
            head, at("training_register", school, session.pk),
            {"person": [one.pk for one in people]}, method="post",
        )  # fmt: skip
        assert page.response.status_code == 302
        assert session.records.count() == number
        counts.append(len(page))
    # SQLite takes so many rows in one INSERT and no more.
    assert counts[1] - counts[0] <= 3
    assert counts[1] <= 20, page


def test_my_training_and_a_persons_page(school: Organisation, head: User) -> None:
    teacher = make_user(Role.STAFF, at=school)

    def grow(more: int) -> None:
        for one in many_courses(school, head, more):
            many_records(one, [teacher], school, head)

    constant(teacher, reverse("governance:my_training"), grow, ceiling=8, many=300)
    constant(head, at("training_person", school, teacher.pk), grow, ceiling=8, many=300)


def test_the_certificates_that_wait(
    school: Organisation, head: User, course: TrainingCourse
) -> None:
    def grow(more: int) -> None:
        for person in crowds.many_people(school, more):
            many_records(
                course, [person], school, person, how="own", state="awaiting", expires_on=None
            )

    constant(head, at("training_waiting", school), grow, ceiling=8)


def test_a_list_before_it_is_confirmed(
    school: Organisation, head: User, course: TrainingCourse
) -> None:
    counts = []
    for number in (FEW, MANY):
        people = crowds.many_people(school, number)
        lines = [f"{one.email},{course.title},01/09/2025" for one in people]
        text = "\n".join(["E-mail,Course,Completed on", *lines]).encode()
        found = training_import.upload(school, text, by=head)
        page = visit(head, found.get_absolute_url())
        assert page.response.status_code == 200
        counts.append(len(page))
    assert counts[0] == counts[1] <= 8, page


@pytest.mark.parametrize("name", ["training_csv", "training_course_csv", "training_records_csv"])
def test_the_spreadsheets_are_one_query_each(
    school: Organisation, head: User, course: TrainingCourse, name: str
) -> None:
    args = [course.pk] if "course" in name else []

    def grow(more: int) -> None:
        many_records(course, crowds.many_people(school, more), school, head)

    page = constant(head, at(name, school, *args), grow, ceiling=6)
    assert page.body.count(b"\n") > MANY


def test_the_education_log(school: Organisation, head: User) -> None:
    def grow(more: int) -> None:
        EducationEntry.objects.bulk_create(
            EducationEntry(
                organisation=school, title=f"Lesson {n}", given_on=school.today(), kind="lesson",
                for_pupils=True, added_by=head,
            )
            for n in range(more)
        )  # fmt: skip

    constant(head, at("education", school), grow, ceiling=8)


def test_a_sweep_asks_once_for_a_whole_trust(trust: Organisation) -> None:
    lead = make_head(trust)
    many_courses(trust, lead, 3)
    counts = []
    for more in (FEW, MANY):
        for place in crowds.many_schools(trust, 5):
            crowds.many_people(place, more // 5)
        with CaptureQueriesContext(connection) as captured:
            duties = list(TAKING.owed(User.objects.all(), trust.today()))
        counts.append(len(captured))
    assert counts == [1, 1]
    assert len(duties) >= 3 * MANY


def test_home_asks_no_more_where_nothing_is_owed(
    school: Organisation, head: User, course: TrainingCourse
) -> None:
    teacher = make_user(Role.STAFF, at=school)
    owing = visit(teacher, "/")
    assert b"Take this training" in owing.body
    many_records(course, [teacher], school, head, expires_on=None)
    done = visit(teacher, "/")
    assert b"Take this training" not in done.body
    assert len(done) == len(owing) - 1
