"""Who may see figures only meets no name; and no form takes more than it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import Membership, Organisation, User
from people.roles import PERMISSIONS, Permission, Role
from tests.access_rules import MATRIX
from tests.factories import make_school, make_user
from tests.pages import Scene, address, build_scene, rolled_back, routes
from tests.test_access import Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NAMES = re.compile(
    "Toni Teacher|Mika Manager|Ira Invited|Robin (office|it|dsl|deputy_dsl|staff) of Elm Park"
)
WITHOUT_NAMES = [Role.GOVERNOR, Role.CHAIR, Role.CLERK, Role.DPO]
# The record says who did what, and is read by those who may read the record.
# Whoever is away names a colleague who stands in: that they are there is all it says of them.
# A chair of governors, who may be asked to vote, reads who wrote a business case and who would run
# the account.
# A data protection officer records who asks for their data, and may answer.
MAY_NAME = {
    "incidents:request_new",
    "trail:school", "trail:object", "people:cover_add", "people:cover_change",
    "approvals:cases", "approvals:case", "approvals:case_pdf", "approvals:checklist",
    "approvals:risks", "approvals:sent",
}  # fmt: skip


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with django_db_blocker.unblock(), rolled_back():
        yield build_scene()


def named_on(scene: Scene, role: Role) -> list[str]:
    """The pages that show a colleague's name, some weeks on, when signatures are overdue."""
    user = scene.people[role]
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    with time_machine.travel(timezone.now() + timedelta(days=60)):
        visitor, found = Visitor(user), []
        for name, needs in routes():
            rule = MATRIX.get(name)
            if rule and rule.get and role in rule.get and not rule.own and name not in MAY_NAME:
                page = visitor.visit("get", address(name, needs, scene.home, user))
                assert page.status_code in {200, 302}, name
                if not page.streaming and NAMES.search(page.content.decode(errors="replace")):
                    found.append(name)
    return found


@pytest.mark.parametrize("role", WITHOUT_NAMES)
def test_who_may_not_see_signatures_meets_no_name(scene: Scene, role: Role) -> None:
    assert Permission.VIEW_SIGNATURES not in PERMISSIONS[role]
    assert named_on(scene, role) == []


def test_the_same_pages_do_name_people_to_the_head(scene: Scene) -> None:
    """Or the test above would have looked at nothing."""
    assert {"overview:dashboard", "governance:signers"} <= set(named_on(scene, Role.HEAD))


# Forms


@pytest.fixture
def office(school: Organisation, client: Client) -> User:
    person = make_user(Role.OFFICE, at=school)
    client.force_login(person)
    return person


def new_person(**more: Any) -> dict[str, Any]:
    return {
        "name": "Nia New", "email": "nia@example.org", "employment": "permanent",
        "starts_on": "2026-11-02", **more,
    }  # fmt: skip


def add(client: Client, at: Organisation, **more: Any) -> Any:
    return client.post(reverse("people:add", args=[at.slug]), new_person(**more))


@pytest.mark.parametrize("field", ["organisation", "school", "person", "id", "pk"])
def test_a_person_joins_the_school_of_the_address(
    client: Client, school: Organisation, office: User, field: str
) -> None:
    other = make_school()
    assert add(client, school, **{field: other.pk}).status_code == 302
    assert Membership.objects.get(person__email="nia@example.org").organisation == school


def test_nobody_becomes_a_superuser_through_a_form(
    client: Client, school: Organisation, office: User
) -> None:
    powers = {"is_superuser": "on", "is_staff": "on", "is_active": "on", "password": "x"}
    assert add(client, school, **powers).status_code == 302
    client.post(reverse("people:theme"), {"theme": "dark", **powers})
    for person in (User.objects.get(email="nia@example.org"), User.objects.get(pk=office.pk)):
        assert (person.is_superuser, person.is_staff) == (False, False)


@pytest.mark.parametrize("role", ["trust_lead", "trust_it", "superuser", ""])
def test_a_role_the_school_does_not_have_is_no_choice(
    client: Client, school: Organisation, office: User, role: str
) -> None:
    response = add(client, school, roles=[role])
    assert response.status_code == 200
    assert response.context["form"].errors["roles"]
    assert not User.objects.filter(email="nia@example.org").exists()


def test_a_line_manager_works_at_the_same_school(
    client: Client, school: Organisation, office: User
) -> None:
    stranger = make_user(Role.HEAD, at=make_school())
    response = add(client, school, line_manager=stranger.pk)
    assert response.status_code == 200
    assert response.context["form"].errors["line_manager"]


def test_settings_of_another_school_stay_as_they_are(
    client: Client, school: Organisation, office: User
) -> None:
    other = make_school()
    before = Organisation.objects.values().get(pk=other.pk)
    for name in ("people:settings", "people:settings_details"):
        url = reverse(name, args=[school.slug])
        client.post(url, {"id": other.pk, "slug": other.slug, "parent": other.pk, "name": "Mine"})
    assert Organisation.objects.values().get(pk=other.pk) == before
    school.refresh_from_db()
    assert school.parent is None
