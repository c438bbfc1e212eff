"""The pages of training, as those who look after it and those who take it see them (D19)."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from governance.models import TrainingCourse, TrainingRecord, TrainingSession
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_head
from tests.governance.training_factories import (
    NAMES,
    make_course,
    make_record,
    make_session,
    people_in_every_state,
)

pytestmark = [pytest.mark.django_db, pytest.mark.demand("D19")]


@pytest.fixture
def head(school: Organisation, client: Client) -> User:
    head = make_head(school)
    client.force_login(head)
    return head


@pytest.fixture
def course(school: Organisation, head: User) -> TrainingCourse:
    return make_course(school, by=head, title="Online safety", roles=["staff"])


@pytest.fixture
def people(school: Organisation, head: User, course: TrainingCourse) -> dict[str, User]:
    return people_in_every_state(course, school, by=head)


def at(name: str, school: Organisation, *args: int) -> str:
    return reverse(f"governance:{name}", args=[school.slug, *args])


def rows_of(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def shown(page: Any) -> set[str]:
    return {key for key, name in NAMES.items() if name in page.content.decode()}


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", set(NAMES)),
        ("?state=needed", {"lacks", "expired", "waits"}),
        ("?state=missing", {"lacks", "waits"}),
        ("?state=expired", {"expired"}),
        ("?state=expiring", set()),
        ("?state=expiring&within=60", {"soon"}),
        ("?state=held", {"soon", "has", "governor"}),
        ("?state=waiting", {"waits"}),
        ("?department=Science", {"expired", "waits"}),
        ("?q=hasan", {"has"}),
        ("?state=nonsense", set(NAMES)),
    ],
)
def test_who_lacks_it_whose_runs_out_and_who_has_it(
    client: Client, school: Organisation, course: TrainingCourse, query: str, expected: set[str]
) -> None:
    page = client.get(at("training_course", school, course.pk) + query)
    assert shown(page) == expected
    lines = rows_of(client.get(at("training_course_csv", school, course.pk) + query))
    assert {line["Name"] for line in lines} == {NAMES[key] for key in expected}


@pytest.mark.usefixtures("people")
def test_the_figures_of_a_course_count_those_who_must_have_it(
    client: Client, school: Organisation, course: TrainingCourse
) -> None:
    figures = client.get(at("training_course", school, course.pk)).context["figures"]
    assert (figures.required, figures.held, figures.missing, figures.expired) == (5, 2, 2, 1)
    page = client.get(at("training_courses", school))
    assertContains(page, "40%")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", set(NAMES)),
        ("?state=needed", {"lacks", "expired", "waits"}),
        ("?state=complete", {"soon", "has", "governor"}),
        ("?department=Arts", {"lacks", "soon", "has", "governor"}),
        ("?q=wanda&state=needed", {"waits"}),
    ],
)
def test_the_overview_says_who_lacks_what(
    client: Client, school: Organisation, query: str, expected: set[str]
) -> None:
    page = client.get(at("training", school) + query)
    assert shown(page) == expected
    assert page.context["page"].paginator.count >= len(expected)
    lines = rows_of(client.get(at("training_csv", school) + query))
    assert {line["Name"] for line in lines} == {NAMES[key] for key in expected - {"governor"}}


@pytest.mark.usefixtures("people")
def test_the_overview_counts_what_it_lists(client: Client, school: Organisation) -> None:
    page = client.get(at("training", school))
    people = page.context["people"]
    listed = {
        state: client.get(at("training", school) + f"?state={state}").context["page"].paginator
        for state in ("needed", "expiring", "complete")
    }
    assert people.needed == len(listed["needed"].object_list) == 3
    assert people.complete == len(listed["complete"].object_list)
    assert people.expiring == len(listed["expiring"].object_list) == 0
    assert page.context["waiting"] == 1


def test_a_school_without_a_course_is_told_how_to_begin(
    client: Client, school: Organisation, head: User
) -> None:
    assertContains(client.get(at("training", school)), "No training is asked of anybody yet")
    assertContains(client.get(at("training_courses", school)), "There is no course yet")


# Courses


def course_data(**more: Any) -> dict[str, Any]:
    return {"title": "First aid", "valid_months": "36", "roles": ["staff", "slt"], **more}


def test_a_course_is_added_and_changed(client: Client, school: Organisation, head: User) -> None:
    page = client.post(at("training_course_new", school), course_data(), follow=True)
    assertContains(page, "First aid")
    course = TrainingCourse.objects.get()
    assert set(course.requirements.values_list("role", flat=True)) == {"staff", "slt"}
    data = course_data(roles=["everybody"], valid_months="", in_use="on", for_runners="on")
    client.post(at("training_course_edit", school, course.pk), data)
    course.refresh_from_db()
    assert (course.valid_months, course.for_runners) == (None, True)
    assert [str(one) for one in course.requirements.all()] == ["Everybody"]


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"title": ""}, "title", "This field is required."),
        ({"title": "online SAFETY"}, "title", "There is a course with this title already."),
        ({"valid_months": "-5"}, "valid_months", "Choose from 1 to 120 months"),
        ({"valid_months": "0"}, "valid_months", "Choose from 1 to 120 months"),
        ({"valid_months": "a year"}, "valid_months", "Choose from 1 to 120 months"),
        ({"roles": ["king"]}, "roles", "king"),
        ({"roles": ["trust_lead"]}, "roles", "trust_lead"),
    ],
)
def test_what_is_wrong_with_a_course_is_said_by_the_field(
    client: Client, school: Organisation, course: TrainingCourse,
    change: dict[str, Any], field: str, sentence: str,
) -> None:  # fmt: skip
    page = client.post(at("training_course_new", school), course_data(**change))
    assert sentence in str(page.context["form"].errors[field])
    assert TrainingCourse.objects.count() == 1


def test_a_trusts_course_is_changed_at_the_trust_alone(client: Client) -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    lead = make_head(trust)
    course = make_course(trust, by=lead, title="Safeguarding")
    client.force_login(make_head(school))
    assertContains(client.get(at("training_course", school, course.pk)), trust.name)
    assert client.get(at("training_course_edit", school, course.pk)).status_code == 403
    client.force_login(lead)
    assert client.get(at("training_course_edit", trust, course.pk)).status_code == 200
    teacher = make_user(Role.STAFF, at=school)
    make_record(teacher, course, school)
    page = client.get(at("training_course", trust, course.pk))
    assert [(place, line.held) for place, line in page.context["schools"]] == [(school, 1)]


def test_a_course_of_another_school_does_not_exist(
    client: Client, school: Organisation, head: User
) -> None:
    other = make_course(make_school())
    for name in ("training_course", "training_course_edit", "training_session_new"):
        assert client.get(at(name, school, other.pk)).status_code == 404


# Sessions and the register


def test_a_session_is_planned_and_its_register_ticked(
    client: Client, school: Organisation, head: User, course: TrainingCourse
) -> None:
    teacher = make_user(Role.STAFF, at=school, name="Toni Teacher")
    data = {"held_on": school.today().isoformat(), "starts_at": "15:30", "ends_at": "16:30",
            "place": "Hall", "led_by": "A trainer", "capacity": "1"}  # fmt: skip
    page = client.post(at("training_session_new", school, course.pk), data, follow=True)
    assertContains(page, "15:30 to 16:30")
    session = TrainingSession.objects.get()
    url = at("training_register", school, session.pk)
    done = client.post(url + "?q=toni", {"person": [teacher.pk]}, follow=True)
    assertContains(done, "1 person has been ticked.")
    assertContains(done, "Came</span>")
    assert done.request["QUERY_STRING"] == "q=toni"
    again = client.post(url, {"person": [teacher.pk]}, follow=True)
    assertContains(again, "0 people have been ticked.")
    assert TrainingRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "where"),
    [({"ends_at": "14:00"}, "__all__"), ({"held_on": ""}, "held_on"), ({"capacity": "0"},
     "capacity"), ({"starts_at": "half four"}, "starts_at")],
)  # fmt: skip
def test_what_is_wrong_with_a_session_is_said(
    client: Client, school: Organisation, course: TrainingCourse, change: dict[str, str], where: str
) -> None:
    data = {"held_on": "2026-11-02", "starts_at": "15:30", "ends_at": "16:30", **change}
    page = client.post(at("training_session_new", school, course.pk), data)
    assert where in page.context["form"].errors
    assert not TrainingSession.objects.exists()


def test_an_empty_register_and_a_stranger_are_refused_and_the_ticks_stay(
    client: Client, school: Organisation, head: User, course: TrainingCourse
) -> None:
    teacher = make_user(Role.STAFF, at=school, name="Toni Teacher")
    stranger = make_user(Role.STAFF, at=make_school())
    session = make_session(course, school, by=head)
    url = at("training_register", school, session.pk)
    assertContains(client.post(url), "Tick at least one name.", status_code=422)
    page = client.post(url, {"person": [teacher.pk, stranger.pk]})
    assertContains(page, "is not on this list any more", status_code=422)
    assertContains(page, f'value="{teacher.pk}" id="came-{teacher.pk}" checked', status_code=422)
    assertContains(client.post(url, {"person": [head.pk]}), "ticks your own", status_code=422)
    assert not TrainingRecord.objects.exists()


def test_a_register_to_come_can_be_printed_and_not_ticked(
    client: Client, school: Organisation, head: User, course: TrainingCourse
) -> None:
    session = make_session(course, school, by=head, held_on=school.today() + timedelta(days=3))
    page = client.get(session.get_absolute_url())
    assertContains(page, "Until then you can print the list.")
    assertNotContains(page, 'type="checkbox"')
    client.post(at("training_session_cancel", school, session.pk))
    assertContains(client.get(session.get_absolute_url()), "This session has been cancelled.")
