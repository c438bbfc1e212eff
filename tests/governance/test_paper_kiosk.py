"""While a tablet is handed round, no address of the portal opens, whichever there come to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from people.models import User
from people.roles import Role
from tests.pages import Scene, address, build_scene, rolled_back, routes

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with django_db_blocker.unblock(), rolled_back():
        yield build_scene()


def every_address(scene: Scene, user: User) -> Iterator[str]:
    for name, needs in routes():
        yield address(name, needs, scene.home, user)


@pytest.mark.demand("D11")
@pytest.mark.parametrize("role", [Role.OFFICE, Role.HEAD])
@pytest.mark.parametrize("method", ["get", "post", "head", "put", "options", "delete"])
def test_no_address_of_the_portal_opens_while_a_tablet_is_handed_round(
    scene: Scene, role: Role, method: str
) -> None:
    head, client = scene.people[role], Client(raise_request_exception=False)
    with rolled_back():
        head.set_password("seven tall pines")
        head.save()
        client.force_login(head)
        policy = scene.home.rows["paper_policy"]
        start = reverse("governance:tablet_start", args=[policy.owner.slug, policy.pk])
        assert client.post(start)["Location"] == "/tablet/"
        opened, tried = [], 0
        for url in every_address(scene, head):
            if url.startswith(("/tablet/", "/colour/")):
                continue
            tried += 1
            response = getattr(client, method)(url)
            if response.status_code != 302 or response["Location"] != "/tablet/":
                opened.append(f"{url}: {response.status_code}")
        assert opened == []
        assert tried > 100
        # Still on, and still the witness's.
        assert client.get("/tablet/").status_code == 200
