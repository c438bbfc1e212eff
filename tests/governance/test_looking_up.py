"""Looking a policy up when there are many."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from governance import reading
from people.models import Organisation
from people.roles import Role
from tests.factories import make_user
from tests.governance.factories import make_head, make_policy

pytestmark = pytest.mark.django_db


def test_a_long_list_is_cut_and_searched(
    client: Client, school: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LOOKED_UP", 2)
    reading._to_look_up._compiled.clear()  # it was compiled with the real limit
    head = make_head(school)
    for title in ("Attendance", "Behaviour", "Swimming"):
        make_policy(school, by=head, title=title, audience=[])
    client.force_login(make_user(Role.STAFF, at=school))

    page = client.get("/policies/")
    assertContains(page, "The first 2 are shown")
    assertNotContains(page, "Swimming")
    assertContains(client.get("/policies/?q=swim"), "Swimming")
    assertContains(client.get("/policies/?q=chess"), "No policy has this title")
    reading._to_look_up._compiled.clear()


def test_a_short_list_needs_no_search(client: Client, school: Organisation) -> None:
    make_policy(school, title="Attendance")
    client.force_login(make_user(Role.STAFF, at=school))

    assertNotContains(client.get("/policies/"), "Search")
