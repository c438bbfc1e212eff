"""What the schedule promises, against what the portal does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from incidents.kept import schedule
from incidents.services import drafts
from people.roles import Role
from tests.factories import make_user
from tests.incidents.factories import Cast, make_case

pytestmark = pytest.mark.once


def test_the_schedule_says_the_times_of_the_school_and_of_the_code(cast: Cast) -> None:
    cast.school.settings = {"incidents.kept_years": 10}
    assert schedule(cast.school)[0].until == "10 years after the case ended"
    draft, request = (one.until for one in schedule(cast.school) if one.by_itself)
    assert draft == f"{drafts.KEPT // timedelta(days=1)} days after it was last changed"
    assert request.startswith("3 years after it ended")


def test_handlers_read_the_schedule_and_it_tells_nothing_of_cases(
    cast: Cast, client: Client
) -> None:
    page = reverse("incidents:retention", args=[cast.school.slug])
    client.force_login(cast.deputy)
    before = client.get(page).content
    make_case(cast)
    response = client.get(page)
    assertContains(response, "7 years after the case ended")
    assert _main(before) == _main(response.content)
    for user in (cast.teacher, make_user(Role.GOVERNOR, at=cast.school)):
        client.force_login(user)
        assert client.get(page).status_code == 403


def _main(page: bytes) -> bytes:
    return page[page.index(b"<main") : page.index(b"</main>")]
