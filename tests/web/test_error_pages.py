"""The pages for when something went wrong."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from people.models import Organisation
from people.roles import Role
from tests.factories import make_user
from web import views


def test_every_page_not_found_is_the_same_byte_for_byte(
    client: Client, school: Organisation
) -> None:
    nobody = client.get("/no/such/page/").content
    client.force_login(make_user(Role.STAFF, at=school))
    somebody = [client.get(path).content for path in ("/other/?q=1", "/other/", "/x/%3Cb%3E/")]
    assert set(somebody) == {nobody}
    assert b"csrf" not in nobody
    assert b"nonce" not in nobody


def test_a_page_not_found_says_what_to_do(client: Client, db: None) -> None:
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "We cannot find this page" in response.text
    assert "ask your school office" in response.text


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "405", "500"])
def test_each_error_page_needs_nothing(name: str) -> None:
    page = render_to_string(f"{name}.html")
    assert page.count("<h1") == 1
    assert 'href="/"' in page


def test_a_broken_portal_tells_whom_to_ask_if_somebody_is_at_risk() -> None:
    response = views.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "designated safeguarding lead" in response.text


def test_an_unreadable_request_changed_nothing() -> None:
    response = views.bad_request(RequestFactory().get("/"), ValueError())
    assert response.status_code == 400
    assert "Nothing has been changed" in response.text


def test_a_forbidden_page_keeps_the_persons_way_about(school: Organisation) -> None:
    request = RequestFactory().get("/x/")
    request.user = make_user(Role.STAFF, at=school)
    response = views.forbidden(request, PermissionDenied())
    assert response.status_code == 403
    assert "Your tasks" in response.text


def test_a_form_without_its_token_asks_to_send_again(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in/")
    assert response.status_code == 403
    assert "Please send that again" in response.text


def test_the_address_of_a_button_opened_by_itself_says_so(
    client: Client, school: Organisation
) -> None:
    client.force_login(make_user(Role.STAFF, at=school))
    response = client.get("/notices/read/")
    assert response.status_code == 405
    assert "This page cannot be opened by itself" in response.text
    assert int(response["Content-Length"]) == len(response.content)
    assert "POST" in response["Allow"]
