"""Signatures on paper and on a shared tablet, in a real browser and without a script too."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from people.models import Organisation, User
from people.roles import Role
from tests.browser.conftest import PASSWORD, Opener, sign_in, with_password
from tests.browser.test_every_page import EMPTY_AND_SEND, look_here
from tests.factories import make_school, make_user
from tests.governance.factories import make_policy
from tests.governance.paper import begin

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def school(db: None) -> Organisation:
    return make_school("Elm Park School")


@pytest.fixture
def office(school: Organisation) -> User:
    return with_password(make_user(Role.OFFICE, at=school, name="Olu Office"))


@pytest.mark.parametrize("script", [True, False])
def test_two_people_sign_on_a_tablet_and_nobody_gets_into_the_office(
    opened: Opener, live_server: Any, school: Organisation, office: User, script: bool
) -> None:
    policy = make_policy(school, title="Online safety")
    for name in ("Casey Cook", "Clem Cleaner"):
        make_user(Role.STAFF, at=school, name=name)
    page = opened(width=800, script=script)
    sign_in(page, live_server, office)
    people = live_server.url + reverse("people:list", args=[school.slug])
    page.goto(people)
    page.goto(live_server.url + reverse("governance:tablet_start", args=[school.slug, policy.pk]))
    page.get_by_role("button", name="Begin, and hand it round").click()

    for name in ("Casey Cook", "Clem Cleaner"):
        page.get_by_label("Begin to type your name").fill(name[:5])
        page.get_by_role("button", name="Find my name").click()
        page.get_by_role("button", name=name).click()
        page.get_by_label("Type your full name").fill(name)
        page.get_by_role("button", name="Sign this policy").click()
        page.get_by_role("heading", name="Signed. Thank you.").wait_for()
        page.get_by_role("link", name="Next person").click()

    for url in (people, live_server.url + "/", live_server.url + "/sign-out/"):
        page.goto(url)
        assert page.url == live_server.url + "/tablet/"
    for _ in range(12):  # all the way back
        page.go_back()
        assert "Casey Cook" not in page.content() or "/tablet/" in page.url
        assert page.locator(".account-menu").count() == 0
    page.goto(live_server.url + "/tablet/")
    page.get_by_role("link", name="end signing").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="End signing").click()
    page.get_by_text("Signed before you: Casey Cook, Clem Cleaner").wait_for()
    page.goto(people)
    assert page.url == people


def press(page: Page, name: str) -> None:
    """Press a button and wait until the page it leads to is there, not only begun."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def test_the_pages_of_a_tablet_for_everybody(
    opened: Opener, live_server: Any, school: Organisation, office: User
) -> None:
    policy = make_policy(school, title="Online safety")
    for number in range(3):
        make_user(Role.STAFF, at=school, name=f"Casey Cook{number}")
    page = opened()
    sign_in(page, live_server, office)
    page.goto(live_server.url + reverse("governance:tablet_start", args=[school.slug, policy.pk]))
    wrong = list(look_here(page))
    press(page, "Begin, and hand it round")
    wrong += look_here(page)
    press(page, "Find my name")  # nothing typed
    wrong += look_here(page)
    page.get_by_label("Begin to type your name").fill("case")
    press(page, "Find my name")
    wrong += look_here(page)
    press(page, "Casey Cook1")
    wrong += look_here(page)
    press(page, "Sign this policy")  # no name
    wrong += look_here(page)
    page.get_by_label("Type your full name").fill("Casey Cook1")
    press(page, "Sign this policy")
    wrong += look_here(page)
    page.goto(live_server.url + "/tablet/end/")
    wrong += look_here(page)
    press(page, "End signing")  # no password
    wrong += look_here(page)
    assert wrong == []
    assert page.problems == []  # type: ignore[attr-defined]


def test_recording_a_sheet_without_a_script(
    opened: Opener, live_server: Any, school: Organisation, office: User, tmp_path: Any
) -> None:
    policy = make_policy(school, title="Online safety")
    for name, department in (("Casey Cook", "Kitchen"), ("Cleo Cook", "Kitchen"), ("Sam", "Site")):
        make_user(Role.STAFF, at=school, name=name, department=department)
    scan = tmp_path / "sheet.png"
    scan.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 40)
    page = opened(script=False)
    sign_in(page, live_server, office)
    page.goto(live_server.url + reverse("governance:paper", args=[school.slug, policy.pk]))
    page.get_by_role("link", name="Record a signed sheet").click()
    page.get_by_label("The day they signed").fill(school.today().isoformat())
    page.get_by_label("They have no e-mail address or login").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Department").select_option("Kitchen")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("button", name="Tick all 2 of this selection").click()
    assert page.get_by_label("Cleo Cook").is_checked()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("The scan").set_input_files(scan)
    page.get_by_role("button", name="Add to the sheet").click()
    page.get_by_role("link", name="Continue").click()
    page.get_by_role("button", name="Put on record").click()
    page.get_by_role("heading", name="2 signatures").wait_for()


def test_forms_of_paper_with_errors(
    opened: Opener, live_server: Any, school: Organisation, office: User
) -> None:
    policy = make_policy(school)
    sheet = begin(policy, by=office, witness=office, scan=False)
    page = opened()
    sign_in(page, live_server, office)
    at = school.slug
    wrong: list[str] = []
    for name, pk in (
        ("paper_new", policy.pk), ("paper_scans", sheet.pk), ("paper_check", sheet.pk),
        ("paper_people", sheet.pk), ("group_new", policy.pk), ("groups", None),
    ):  # fmt: skip
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(live_server.url + reverse(f"governance:{name}", args=[at, pk] if pk else [at]))
        if name not in ("groups", "paper_check", "paper_people"):
            with page.expect_navigation():
                page.locator("main form").first.evaluate(EMPTY_AND_SEND)
            if not page.locator(".error-summary li").count():
                wrong.append(f"{name}: no summary of what is wrong")
        wrong += look_here(page)
    assert wrong == []
