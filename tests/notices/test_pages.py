"""What I was told, and the office's page about mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from notices import health, services
from notices.models import Heartbeat, Mail, Notice
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_member, make_person, make_school, make_user
from tests.notices.conftest import TUESDAY, at, owe

pytestmark = pytest.mark.django_db


def failed_mail(school: Organisation, person: User) -> Mail:
    return Mail.objects.create(
        kind="transactional",
        organisation=school,
        recipient=person,
        to="old@example.org",
        subject="Secret subject",
        text="Secret text",
        from_address="portal@localhost",
        status="failed",
        last_error="550",
    )


def page(client: Client, user: User, school: Organisation) -> object:
    client.force_login(user)
    return client.get(reverse("notices:delivery", args=[school.slug]))


@pytest.fixture
def office(school: Organisation) -> User:
    """Without the second sign-in step in the way: a person in their days of grace."""
    return make_user(Role.OFFICE, at=school, since=timezone.localdate())


def test_my_notices_say_what_and_why(client: Client, school: Organisation) -> None:
    person = make_user(at=school, name="Zoë O'Brien")
    manager = make_user(at=school)
    owe(person, school, -7, manager=manager)
    services.sweep(at(TUESDAY))

    client.force_login(person)
    mine = client.get(reverse("notices:mine")).content.decode()
    client.force_login(manager)
    theirs = client.get(reverse("notices:mine")).content.decode()

    assert "This is your task. When you were told it was 7 days overdue." in mine
    assert "Zoë O&#x27;Brien has not done this" in theirs
    assert "You are their line manager" in theirs


def test_reading_changes_nothing_until_i_say_so(client: Client, school: Organisation) -> None:
    person = make_user(at=school)
    owe(person, school, 7)
    services.sweep(at(TUESDAY))
    client.force_login(person)

    client.get(reverse("notices:mine"))
    assert Notice.objects.get().read_at is None
    assert client.get(reverse("notices:read")).status_code == 405
    client.post(reverse("notices:read"))

    assert Notice.objects.get().read_at is not None


@pytest.mark.parametrize("rows", [2, 20])
def test_my_notices_cost_the_same_for_two_and_twenty(
    client: Client,
    school: Organisation,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    person = make_user(at=school)
    for number in range(rows):
        owe(person, school, 7, what=str(number))
    services.sweep(at(TUESDAY))
    client.force_login(person)
    with django_assert_max_num_queries(8):
        client.get(reverse("notices:mine"))


def test_the_office_sees_what_failed_and_whom_mail_does_not_reach(
    client: Client, school: Organisation, office: User
) -> None:
    nameless = make_person("No Address", email=None)
    make_member(nameless, school)
    failed_mail(school, make_user(at=school, name="Gone Away"))

    html = page(client, office, school).content.decode()

    assert "Gone Away" in html
    assert "550" in html
    assert "No Address" in html
    assert "Secret" not in html
    assert "Mail is delayed" in html


def test_another_schools_mail_is_not_shown(
    client: Client, school: Organisation, office: User
) -> None:
    other = make_school()
    failed_mail(other, make_user(at=other, name="Else Where"))
    assert "Else Where" not in page(client, office, school).content.decode()
    assert page(client, office, other).status_code == 404


def test_staff_may_not_see_the_delivery_page(client: Client, school: Organisation) -> None:
    assert page(client, make_user(Role.STAFF, at=school), school).status_code == 403


def test_sending_again_goes_to_the_corrected_address(
    client: Client, school: Organisation, office: User
) -> None:
    person = make_user(at=school)
    User.objects.filter(pk=person.pk).update(mail_failed_at=timezone.now())
    mail = failed_mail(school, person)
    client.force_login(office)
    url = reverse("notices:retry", args=[school.slug, mail.pk])

    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 302

    mail.refresh_from_db()
    person.refresh_from_db()
    assert (mail.status, mail.to) == (Mail.Status.WAITING, person.email)
    assert person.mail_failed_at is None
    again = client.post(url, follow=True).content.decode()
    assert "This mail cannot be sent again: waiting." in again


def test_another_schools_mail_cannot_be_sent_again(
    client: Client, school: Organisation, office: User
) -> None:
    other = make_school()
    mail = failed_mail(other, make_user(at=other))
    client.force_login(office)
    for slug in (school.slug, other.slug):
        assert client.post(reverse("notices:retry", args=[slug, mail.pk])).status_code == 404
    mail.refresh_from_db()
    assert mail.status == Mail.Status.FAILED


@pytest.mark.demand("G2")
def test_a_silent_worker_is_noticed(school: Organisation) -> None:
    assert health.heartbeat() == ("beat", False, "never")
    assert not health.delivery_is_delayed()  # nothing waits yet

    services.beat(health.BEAT)
    assert health.heartbeat()[1]
    assert not health.delivery_is_delayed()

    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(minutes=4))
    assert not health.heartbeat()[1]
    assert health.delivery_is_delayed()


def test_mail_that_does_not_leave_is_noticed(school: Organisation) -> None:
    services.beat(health.BEAT)
    mail = failed_mail(school, make_user())
    long_ago = timezone.now() - timedelta(minutes=16)
    Mail.objects.filter(pk=mail.pk).update(
        status="waiting", created_at=long_ago, not_before=long_ago
    )
    assert health.delivery_is_delayed()


def test_a_mail_is_reached_through_its_own_schools_address_only(
    client: Client, school: Organisation, office: User
) -> None:
    second = make_school()
    make_member(office, second, Role.OFFICE, since=timezone.localdate())
    mail = failed_mail(second, make_user(at=second))
    client.force_login(office)
    assert client.post(reverse("notices:retry", args=[school.slug, mail.pk])).status_code == 404
    assert client.post(reverse("notices:retry", args=[second.slug, mail.pk])).status_code == 302
