"""Leaving, as the office sees it: the list, paper, and those who left without a word (D20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from governance.leaving import RECORDING
from governance.models import LeavingStatement
from governance.services import leaving
from notices.ladders import ladder_for, rungs
from people.duty import Duty
from people.models import Membership, Organisation, User
from people.roles import Role
from tests.factories import make_user
from tests.governance.test_leaving import TODAY, leaves
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_july() -> Iterator[None]:
    with time_machine.travel("2027-07-01 10:00"):
        yield


@pytest.fixture
def office(school: Organisation) -> User:
    return make_user(Role.OFFICE, at=school, name="Olive Office")


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Toni Teacher")


@pytest.mark.demand("D20")
def test_the_office_records_a_statement_from_paper(
    client: Client, school: Organisation, teacher: User, office: User
) -> None:
    """After their last day a leaver cannot sign in any more."""
    leaves(teacher, TODAY - timedelta(days=3))
    client.force_login(office)
    listed = reverse("governance:leavers", args=[school.slug])
    assertContains(client.get(listed), "Missing")
    url = reverse("governance:leaving_record", args=[school.slug, teacher.memberships.get().pk])
    assertContains(client.get(url), "stays confidential")

    answer = client.post(url, {"how": "paper", "given_on": "2027-06-25"}, follow=True)

    assertContains(answer, "On paper")
    assertContains(answer, "Olive Office")
    statement = LeavingStatement.objects.get()
    assert (statement.method, statement.given_on) == ("paper", date(2027, 6, 25))
    assert statement.recorded_by == office
    assertContains(client.get(listed), "Given")


@pytest.mark.demand("D20")
def test_the_office_records_that_somebody_left_without(
    client: Client, school: Organisation, teacher: User, office: User
) -> None:
    post = leaves(teacher, TODAY - timedelta(days=3))
    client.force_login(office)
    url = reverse("governance:leaving_record", args=[school.slug, post.pk])
    refused = client.post(url, {"how": "without", "reason": " "})
    assertContains(refused, "Say why there is no statement")
    answer = client.post(url, {"how": "without", "reason": "Asked twice."}, follow=True)
    assertContains(answer, "Asked twice.")
    assertContains(answer, "left without giving the statement")
    # The sheet comes with the post after all.
    client.post(url, {"how": "paper", "given_on": "2027-06-30"})
    assert [one.method for one in LeavingStatement.objects.all()] == ["paper", "without"]
    listed = client.get(reverse("governance:leavers", args=[school.slug]))
    assertContains(listed, "Given")
    assertNotContains(listed, "Left without</span>")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"how": "paper"}, "Give the date on the paper."),
        ({"how": "paper", "given_on": "2027-07-02"}, "cannot be in the future"),
        ({"how": "paper", "given_on": "2001-01-01"}, "before this person"),
        ({"how": "paper", "given_on": "31/02/2027"}, "Give a real date"),
        ({"how": "without", "reason": "Gone early."}, "last day has not come yet"),
        ({}, "Choose an answer"),
    ],
)
def test_what_cannot_be_is_not_recorded(
    client: Client, school: Organisation, teacher: User, office: User,
    how: dict[str, str], words: str,
) -> None:  # fmt: skip
    post = leaves(teacher)
    client.force_login(office)
    url = reverse("governance:leaving_record", args=[school.slug, post.pk])
    assertContains(client.post(url, how), words)
    assert not LeavingStatement.objects.exists()


def test_nobody_is_their_own_witness(school: Organisation, office: User) -> None:
    post = leaves(office)
    with pytest.raises(RuleBroken, match="somebody else"):
        leaving.record_paper(post, by=office, given_on=TODAY)


@pytest.mark.parametrize("role", [Role.SLT, Role.DSL, Role.STAFF, Role.GOVERNOR])
def test_recording_is_for_those_who_manage_people(
    school: Organisation, teacher: User, role: Role
) -> None:
    post, person = leaves(teacher), make_user(role, at=school)
    with pytest.raises(PermissionDenied):
        leaving.record_paper(post, by=person, given_on=TODAY)
    with pytest.raises(PermissionDenied):
        leaving.record_without(post, by=person, reason="Because.")


def test_the_list_is_narrowed_down(
    client: Client, school: Organisation, teacher: User, office: User
) -> None:
    leaves(teacher)
    for name, days in (("Gone Missing", -2), ("Gone Long", -500), ("Gone Given", -4)):
        post = leaves(make_user(Role.STAFF, at=school, name=name, since=date(2020, 1, 1)),
                      TODAY + timedelta(days=days))  # fmt: skip
        if name == "Gone Given":
            leaving.record_paper(post, by=office, given_on=TODAY)
    make_user(Role.STAFF, at=school, name="Still Here")
    client.force_login(office)

    def names(query: str) -> set[str]:
        page = client.get(reverse("governance:leavers", args=[school.slug]) + query)
        return {line.post.person.name for line in page.context["lines"]}

    assert names("") == {"Toni Teacher", "Gone Missing", "Gone Given"}
    assert names("?when=all") == {"Toni Teacher", "Gone Missing", "Gone Given", "Gone Long"}
    assert names("?when=ahead") == {"Toni Teacher"}
    assert names("?state=missing") == {"Toni Teacher", "Gone Missing"}
    assert names("?state=given") == {"Gone Given"}
    assert names("?q=missing") == {"Gone Missing"}
    assert names("?q=nobody+such") == set()


def missing_for(person: User, on: date = TODAY) -> list[Duty]:
    return list(RECORDING.of(person, on))


@pytest.mark.demand("D20")
def test_after_the_last_day_it_is_the_offices_duty_then_the_head_hears_of_it(
    school: Organisation, teacher: User, office: User
) -> None:
    head = make_user(Role.HEAD, at=school)
    post = leaves(teacher, TODAY - timedelta(days=2))
    leaves(make_user(Role.STAFF, at=school), TODAY - timedelta(days=1))
    (duty,) = missing_for(office)
    assert duty.title.startswith("Leaving statement of 2 people")
    assert duty.due_on == TODAY + timedelta(days=5)
    assert "Toni" not in duty.title
    assert missing_for(head) == []  # where there is an office, it is theirs
    ladder = ladder_for("leaver.record", school)
    assert ladder is not None
    late = duty.due_on + timedelta(days=14)
    assert {rung.to for rung in rungs(ladder, duty, late)} == {"owner", "head"}
    leaving.record_paper(post, by=office, given_on=TODAY)
    (duty,) = missing_for(office)
    assert "1 person" in duty.title
    leaving.record_without(Membership.objects.get(ends_on=TODAY - timedelta(days=1)), by=office,
                           reason="No answer.")  # fmt: skip
    assert missing_for(office) == []


def test_in_a_school_without_an_office_it_is_the_heads(school: Organisation, teacher: User) -> None:
    head = make_user(Role.HEAD, at=school)
    leaves(teacher, TODAY - timedelta(days=2))
    assert len(missing_for(head)) == 1
    assert missing_for(head, TODAY + timedelta(days=100)) == []
