"""The page that says what applied to a person at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_member, make_school, make_user
from tests.governance.factories import make_policy, publish_next, sign

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def head(clock: Any, school: Organisation) -> User:
    return make_user(Role.HEAD, at=school, name="Hedda Head")


@pytest.fixture
def teacher(clock: Any, school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Toni Teacher")


def page(viewer: User, person: User | None = None, **query: str) -> HttpResponse:
    client = Client()
    client.force_login(User.objects.get(pk=viewer.pk))
    if person is None:
        return client.get(reverse("governance:my_as_at"), query)
    place = person.memberships.earliest("pk").organisation
    return client.get(reverse("governance:as_at", args=[place.slug, person.pk]), query)


def told(response: HttpResponse) -> list[tuple[str, str]]:
    """(version, state) of what the page shows."""
    return [(one.version.number, one.state.value) for one in response.context["standings"]]


@pytest.mark.demand("D12")
def test_a_head_asks_what_somebody_had_signed_on_a_day(
    clock: Any, school: Organisation, head: User, teacher: User
) -> None:
    policy = make_policy(school, by=head)
    clock.shift(timedelta(days=2))
    signature = sign(policy, teacher)
    clock.shift(timedelta(days=2))
    publish_next(policy, by=head)

    assert told(page(head, teacher, on="2026-03-01")) == []
    assert told(page(head, teacher, on="2026-03-03")) == [("1.0", "not signed")]
    then = page(head, teacher, on="4/3/2026")
    assert told(then) == [("1.0", "signed")]
    assert signature.reference in then.content.decode()
    assert told(page(head, teacher)) == [("2.0", "not signed")]


@pytest.mark.demand("D12")
def test_a_person_sees_their_own(
    clock: Any, school: Organisation, head: User, teacher: User
) -> None:
    policy = make_policy(school, by=head)
    sign(policy, teacher)

    mine = page(teacher)
    assert told(mine) == [("1.0", "signed")]
    assert "Which policies applied to you then" in mine.content.decode()


def test_a_time_without_seconds_means_the_whole_minute(
    clock: Any, school: Organisation, head: User, teacher: User
) -> None:
    """The receipt says 12:00; at 12:00:40 it was signed."""
    policy = make_policy(school, by=head)
    clock.shift(timedelta(seconds=40))
    sign(policy, teacher)
    clock.shift(timedelta(days=1))

    def state(at: str) -> str:
        ((_, found),) = told(page(teacher, on="2026-03-02", at=at))
        return found

    assert state("12:00") == "signed"
    assert state("12:00:39") == "not signed"
    assert state("12:00:40") == "signed"
    assert state("") == "signed"


def test_times_are_those_of_the_school() -> None:
    """In July 13:00 in London is 12:00 in UTC."""
    with time_machine.travel(SUMMER, tick=False) as clock:
        school = make_school()
        head = make_user(Role.HEAD, at=school)
        make_policy(school, by=head)
        clock.shift(timedelta(days=1))
        assert told(page(head, on="2026-07-01", at="12:59")) == []
        assert len(told(page(head, on="2026-07-01", at="13:00"))) == 1


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"on": "2026-03-03"}, "Choose a day that has come"),
        ({"on": "1066-10-14"}, "none before 1990"),
        ({"on": "2026-02-29"}, "Give a real date"),
        ({"on": "yesterday"}, "Give a real date"),
        ({"on": "2026-03-02", "at": "25:00"}, "Give a real time"),
        ({"on": "2026-03-02", "at": "12:01"}, "Choose a time that has passed"),
        ({"at": "11:00"}, "Give the day, too"),
        ({"on": "9999-12-31"}, "Choose a day that has come"),
        ({"on": "0001-01-01", "at": "00:00"}, "none before 1990"),
    ],
)
def test_what_is_no_moment_of_the_past_is_said_by_the_field(
    teacher: User, query: dict[str, str], reason: str
) -> None:
    response = page(teacher, **query)

    assert response.status_code == 200
    text = response.content.decode()
    assert reason in text
    assert "standings" not in response.context
    assert query.get("on", "") in text


@pytest.mark.parametrize("at", ["01:30", "01:30:00"])
@pytest.mark.parametrize("on", ["2026-03-29", "2025-10-26"])
def test_the_hours_when_clocks_change_are_answered(
    clock: Any, teacher: User, on: str, at: str
) -> None:
    clock.shift(timedelta(days=60))
    assert page(teacher, on=on, at=at).status_code == 200


def test_an_hour_that_came_twice_is_asked_about_at_its_second_time() -> None:
    """At 01:30 summer time, signed; the clocks went back; 01:30 came again."""
    with time_machine.travel(datetime(2025, 10, 26, 0, 30, tzinfo=UTC), tick=False) as clock:
        school = make_school()
        head = make_user(Role.HEAD, at=school)
        make_policy(school, by=head)
        clock.shift(timedelta(hours=5))
        assert len(told(page(head, on="2025-10-26", at="01:30"))) == 1
        assert told(page(head, on="2025-10-26", at="00:59")) == []


def test_a_head_learns_nothing_of_another_school(
    clock: Any, school: Organisation, head: User, teacher: User
) -> None:
    far = make_school("Far School")
    make_member(teacher, far, Role.STAFF)
    theirs = make_policy(far, title="Their own policy")
    sign(theirs, User.objects.get(pk=teacher.pk))

    assert "Their own policy" not in page(head, teacher).content.decode()
    assert "Their own policy" in page(teacher).content.decode()


def test_somebody_who_was_never_here_is_not_found(head: User, school: Organisation) -> None:
    stranger = make_user(Role.STAFF, at=make_school())
    client = Client()
    client.force_login(head)
    address = reverse("governance:as_at", args=[school.slug, stranger.pk])
    assert client.get(address).status_code == 404


def test_the_links_lead_there(clock: Any, school: Organisation, head: User, teacher: User) -> None:
    client = Client()
    client.force_login(head)
    of_teacher = reverse("governance:as_at", args=[school.slug, teacher.pk])
    detail = client.get(reverse("people:detail", args=[school.slug, teacher.pk]))
    assert of_teacher in detail.content.decode()
    assert (
        reverse("governance:evidence", args=[school.slug])
        in client.get(reverse("overview:dashboard", args=[school.slug])).content.decode()
    )
    policy = make_policy(school, by=head)
    signers = client.get(reverse("governance:signers", args=[school.slug, policy.pk]))
    form = reverse("governance:evidence_new", args=[school.slug])
    assert f"{form}?kind=policy&amp;policy={policy.pk}" in signers.content.decode()
