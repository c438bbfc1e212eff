"""An operator starts an empty portal, and what the admin pages let them do."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from people.models import Membership, Organisation, User
from people.roles import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = {"password1": "seven tall pines", "password2": "seven tall pines"}


@pytest.fixture(autouse=True)
def _quiet(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SITE_URL = "https://portal.example"


def start(*args: str) -> str:
    out = StringIO()
    call_command(
        "start_portal", "--name", "Ada Head", "--email", "Ada@Example.org", *args, stdout=out
    )
    return out.getvalue()


def test_a_school_and_its_head_with_a_link_that_works(client: Client) -> None:
    facts = json.loads(start("--school", "Hill Top", "--domain", "hill.example", "--json"))
    school = Organisation.objects.get(slug=facts["organisation"])
    assert (school.name, school.domains.get().domain) == ("Hill Top", "hill.example")
    head = User.objects.get(email="ada@example.org")
    assert Membership.objects.holding([Role.HEAD]).get().person == head
    assert not head.is_staff
    client.post(facts["link"].removeprefix("https://portal.example"), PASSWORD)
    assert client.get("/you/").context["person"] == head


def test_a_trust_and_its_lead() -> None:
    assert "https://portal.example/welcome/" in start("--trust", "Hill Trust")
    assert Membership.objects.holding([Role.TRUST_LEAD]).exists()


@pytest.mark.parametrize(
    "args",
    [
        ["--school", "Hill Top", "--under", "nowhere"],
        ["--school", "Hill Top", "--slug", "not a slug"],
        ["--school", "x" * 200],
        ["--trust", "Hill Top", "--slug", "taken"],
    ],
)
def test_what_does_not_work_writes_nothing(args: list[str]) -> None:
    start("--trust", "Taken", "--slug", "taken")
    User.objects.update(email="somebody.else@example.org")
    with pytest.raises(CommandError):
        start(*args)
    assert Organisation.objects.count() == User.objects.count() == 1


def test_an_address_that_is_taken_is_a_sentence() -> None:
    start("--trust", "One")
    with pytest.raises(CommandError, match="address"):
        start("--trust", "Two")
    assert Organisation.objects.count() == 1


def test_the_admin_pages_send_strangers_to_our_sign_in(client: Client) -> None:
    assert client.get("/admin/")["Location"].startswith(("/sign-in/", "/admin/login/"))
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/sign-in/?next=%2Fadmin%2F"
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 302


def test_only_an_operator_opens_the_admin_pages(client: Client, school: Organisation) -> None:
    head, operator = make_user(Role.HEAD, at=school), make_user(Role.STAFF, at=school)
    User.objects.filter(pk=operator.pk).update(is_staff=True, is_superuser=True)
    client.force_login(head)
    assert client.get("/admin/", follow=True).status_code == 403
    client.force_login(operator)
    page = client.get("/admin/")
    assert page.status_code == 200
    models = [model["object_name"] for app in page.context["app_list"] for model in app["models"]]
    assert models == ["Organisation", "User"]
    for path in ("people/user/", "people/organisation/", f"people/user/{head.pk}/change/"):
        assert client.get(f"/admin/{path}").status_code == 200
    assert client.get("/admin/people/user/add/").status_code == 403
    assert client.get(f"/admin/people/user/{head.pk}/delete/").status_code == 403


def test_closing_an_account_there_ends_its_sessions(client: Client, school: Organisation) -> None:
    teacher, operator = make_user(Role.STAFF, at=school), make_user(Role.STAFF, at=school)
    User.objects.filter(pk=operator.pk).update(is_staff=True, is_superuser=True)
    inside = Client()
    inside.force_login(teacher)
    client.force_login(operator)
    client.post(f"/admin/people/user/{teacher.pk}/change/", {})
    teacher.refresh_from_db()
    assert not teacher.is_active
    assert inside.get("/you/").status_code == 302


def test_a_superuser_sees_no_more_of_the_portal_than_their_posts(
    client: Client, school: Organisation
) -> None:
    from tests.factories import make_school

    operator = make_user(Role.STAFF, at=make_school())
    User.objects.filter(pk=operator.pk).update(is_staff=True, is_superuser=True)
    client.force_login(operator)
    assert client.get(f"/schools/{school.slug}/two-step/").status_code == 404
