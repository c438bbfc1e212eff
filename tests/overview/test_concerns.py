"""What dashboards say of concerns: where to go, and no number that could tell."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from people.models import User
from tests.incidents.factories import make_case, make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.mark.demand("F1")
def test_a_dashboard_reads_the_same_whether_there_are_concerns_or_not(client: Client) -> None:
    cast = make_cast()
    pages = [
        (user, reverse("overview:dashboard", args=[place.slug]))
        for user, place in (
            (cast.head, cast.school), (cast.chair, cast.school), (cast.trust_lead, cast.trust)
        )
    ]  # fmt: skip
    before = [_body(client, user, page) for user, page in pages]
    for about in ("none", "head", "safeguarding"):
        make_case(cast, about=about)
    assert [_body(client, user, page) for user, page in pages] == before
    assert all("Report a concern" in body for body in before)


def _body(client: Client, user: User, page: str) -> str:
    client.force_login(user)
    body = client.get(page).content.decode()
    # From the heading on: the list of notices above it is the person's own.
    return body[body.index("<main") : body.index("</main>")]
