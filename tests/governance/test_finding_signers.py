"""Whoever may see who has signed is led there from the policy itself."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from governance.models import Policy
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_member, make_person, make_school, make_user
from tests.governance.factories import make_policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> Organisation:
    return make_school()


def offers_signers(person: User, policy: Policy, school: Organisation) -> bool:
    client = Client()
    client.force_login(person, backend="people.sign_in_backend.PortalBackend")
    address = reverse("governance:signers", args=[school.slug, policy.pk])
    page = client.get(reverse("governance:read", args=[policy.pk]))
    assert page.status_code == 200
    offered = f'href="{address}"' in page.content.decode()
    assert (client.get(address).status_code == 200) == offered
    return offered


def test_the_office_finds_who_has_signed(school: Organisation) -> None:
    assert offers_signers(make_user(Role.OFFICE, at=school), make_policy(school), school)


def test_a_line_manager_finds_their_team(school: Organisation) -> None:
    manager = make_user(Role.STAFF, at=school)
    make_member(make_person(), school, Role.STAFF, line_manager=manager)
    assert offers_signers(manager, make_policy(school), school)


def test_a_manager_of_nobody_it_covers_is_not_led_to_a_closed_door(school: Organisation) -> None:
    manager = make_user(Role.STAFF, at=school)
    make_member(make_person(), school, Role.STAFF, line_manager=manager, employment="agency")
    policy = make_policy(school, audience=[{"employment": "permanent"}])
    assert not offers_signers(manager, policy, school)


def test_staff_are_not_offered_it(school: Organisation) -> None:
    assert not offers_signers(make_user(Role.STAFF, at=school), make_policy(school), school)
