"""What a button sends after its session ended: nothing is lost without a word."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PAGE = "text/html,application/xhtml+xml"
ADDRESS = reverse("governance:sign", args=[7])


def send(referer: str | None, accept: str = PAGE) -> tuple[str, list[str]]:
    """Where somebody whose session is over is led, and what they are told."""
    headers = {"Accept": accept} | ({"Referer": referer} if referer else {})
    response = Client().post(ADDRESS, headers=headers)
    assert response.status_code == 302
    return response["Location"], [str(said) for said in get_messages(response.wsgi_request)]


def test_signing_leads_back_to_the_page_that_was_being_read() -> None:
    where, said = send("http://testserver/policies/7/?from=tasks")
    assert where == "/sign-in/?next=/policies/7/%3Ffrom%3Dtasks"
    assert said == [
        "You were signed out before this arrived, so nothing was saved. Sign in and send it again."
    ]


@pytest.mark.parametrize(
    "referer",
    [None, "", "https://elsewhere.example/policies/7/", "http://[broken", "//testserver@x/"],
)
def test_from_anywhere_else_it_leads_home(referer: str | None) -> None:
    assert send(referer)[0] == "/sign-in/?next=/"


def test_what_looks_like_another_site_stays_here() -> None:
    assert send("http://testserver//elsewhere.example/x")[0] == (
        "/sign-in/?next=/elsewhere.example/x"
    )


def test_a_script_that_reports_is_told_nothing() -> None:
    assert send("http://testserver/policies/7/", accept="*/*")[1] == []


def test_a_page_that_is_opened_signed_out_is_come_back_to() -> None:
    response = Client().get(reverse("governance:my_policies"))
    assert response["Location"] == "/sign-in/?next=/policies/"
