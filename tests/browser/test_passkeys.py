"""Passkeys in a real browser, with an authenticator that Chromium itself plays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from people.models import User
from people.roles import Role
from tests.factories import make_school, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "seven tall pines"


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on(
        "console", lambda line: page.problems.append(line.text) if line.type == "error" else None
    )
    yield page
    context.close()


@pytest.fixture
def device(page: Any) -> Any:
    """A phone or laptop that keeps passkeys and knows its owner."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return tools


@pytest.fixture
def head() -> User:
    person = make_user(Role.HEAD, at=make_school("Meadow School"), name="Ada Head")
    person.set_password(PASSWORD)
    person.save()
    return person


def address(live_server: Any, path: str) -> str:
    return live_server.url.replace("127.0.0.1", "localhost") + path


def sign_in(page: Any, live_server: Any, person: User, path: str = "/you/") -> None:
    page.goto(address(live_server, f"/sign-in/?next={path}"))
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_added_and_signs_in_by_itself(
    page: Any, device: Any, live_server: Any, head: User
) -> None:
    sign_in(page, live_server, head, "/you/two-step/passkeys/add/")
    page.get_by_label("Name").fill("Office laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    assert Authenticator.objects.filter(user=head, type="webauthn").count() == 1

    page.goto(address(live_server, "/sign-out/"))
    page.get_by_role("button", name="Sign out").click()
    page.goto(address(live_server, "/sign-in/?next=/you/"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Ada Head").wait_for()
    assert page.get_by_text("1 passkey").is_visible()
    assert page.problems == []


def test_after_the_password_a_passkey_is_the_second_step(
    page: Any, device: Any, live_server: Any, head: User
) -> None:
    sign_in(page, live_server, head, "/you/two-step/passkeys/add/")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.context.clear_cookies()

    sign_in(page, live_server, head)
    page.get_by_role("heading", name="Second step").wait_for()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Ada Head").wait_for()
    assert page.problems == []


def test_without_the_passkey_nobody_gets_in_and_the_page_says_so(
    page: Any, device: Any, live_server: Any, head: User
) -> None:
    page.goto(address(live_server, "/sign-in/"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("Your device did not finish").wait_for()
    page.goto(address(live_server, "/you/"))
    assert page.get_by_role("heading", name="Sign in").is_visible()
