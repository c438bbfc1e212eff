"""Every page of the portal: no axe violation, nothing to scroll sideways, large text fits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from people.models import User
from people.roles import Role
from people.services import invitations
from tests.access_rules import MATRIX
from tests.browser.conftest import Opener, faults, sign_in, too_wide, with_password
from tests.browser.halves import todays
from tests.factories import make_school, make_user
from tests.pages import Place, address, build_scene, routes

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

WIDTHS = (1280, 320)
# Files, not pages; and pages that need a state of their own, which their own tests make.
FILES = ("_csv", "_pdf", "_json", "_file", "export")
NOT_A_PAGE = {
    "files:download", "mfa_download_recovery_codes", "incidents:file_copy",
    "mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_reauthenticate", "mfa_deactivate_totp",
    "mfa_reauthenticate_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "account_set_password", "socialaccount_login_error", "account_reauthenticate",
}  # fmt: skip
LARGE_TEXT = "document.documentElement.style.fontSize = '200%'"


def look_at(page: Page, url: str, *, status: int = 200) -> Iterator[str]:
    """Everything wrong with one page, at each width and with text twice as large."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    answer = page.goto(url)
    assert answer is not None
    if answer.status != status:
        yield f"{url}: {answer.status}, not {status}"
        return
    yield from look_here(page)


def look_here(page: Page) -> Iterator[str]:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for fault in faults(page, again=width != WIDTHS[0]):
            yield f"{page.url} at {width}: {fault}"
    if wide := too_wide(page):
        yield f"{page.url}: {wide} pixels too wide at 320"
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate(LARGE_TEXT)
    if wide := too_wide(page):
        yield f"{page.url}: {wide} pixels too wide with large text"


def addresses(place: Place, user: User, role: str) -> Iterator[str]:
    for name, needs in routes():
        rule = MATRIX.get(name)
        is_page = name not in NOT_A_PAGE and not name.endswith(FILES)
        if rule and rule.get and role in rule.get and is_page:
            url = address(name, needs, place, user)
            if not url.endswith((".pdf", ".json", ".csv")):
                yield url


@pytest.mark.parametrize("quarter", todays(4))
def test_every_page_of_a_full_school(opened: Opener, live_server: Any, quarter: int) -> None:
    """As the head sees it: that is nearly all of them. In parts, side by side."""
    scene = build_scene()
    head = with_password(scene.home.people[Role.HEAD])
    page = opened()
    sign_in(page, live_server, head)
    urls = list(addresses(scene.home, head, Role.HEAD))
    assert len(urls) > 50
    more = [
        reverse("governance:read", args=[scene.home.withdrawn.pk]),
        reverse("governance:version", args=[scene.home.draft.pk]),
        reverse("overview:dashboard", args=[scene.home.school.slug]),
    ]
    ours = (urls + more)[quarter::4]
    wrong = [fault for url in ours for fault in look_at(page, live_server.url + url)]
    assert wrong == []
    assert page.problems == []  # type: ignore[attr-defined]


@pytest.mark.every_other_day(0)
def test_the_pages_of_a_member_of_staff_and_of_it(opened: Opener, live_server: Any) -> None:
    scene = build_scene()
    wrong: list[str] = []
    for role in (Role.STAFF, Role.IT, Role.GOVERNOR):
        page, person = opened(), with_password(scene.home.people[role])
        sign_in(page, live_server, person)
        names = {"overview:home", "governance:my_policies", "governance:read", "people:reset",
                 "people:reset_list", "people:reset_ask", "overview:dashboard"}  # fmt: skip
        for name, needs in routes():
            if name in names and role in (MATRIX[name].get or ()):
                url = live_server.url + address(name, needs, scene.home, person)
                wrong += look_at(page, url)
        wrong += look_at(page, live_server.url + "/schools/no-such-school/", status=404)
    assert wrong == []


@pytest.mark.every_other_day(0)
def test_the_pages_of_a_trust(opened: Opener, live_server: Any) -> None:
    scene = build_scene()
    lead, page = with_password(scene.people[Role.TRUST_LEAD]), opened()
    sign_in(page, live_server, lead)
    names = ["overview:dashboard", "governance:manage", "people:list", "trail:school"]
    wrong = [
        fault
        for name in names
        for fault in look_at(page, live_server.url + reverse(name, args=[scene.trust.slug]))
    ]
    assert wrong == []


@pytest.mark.every_other_day(0)
def test_every_list_of_an_empty_school(opened: Opener, live_server: Any) -> None:
    school = make_school("New School")
    head, page = with_password(make_user(Role.HEAD, at=school)), opened()
    sign_in(page, live_server, head)
    at_school = [
        "overview:dashboard", "governance:manage", "governance:exemptions", "people:list",
        "people:terms", "people:year", "people:reset_list", "notices:delivery", "trail:school",
        "people:import", "accounts:register", "notices:owed",
    ]  # fmt: skip
    urls = [reverse(name, args=[school.slug]) for name in at_school]
    urls += [reverse(name) for name in ("overview:home", "governance:my_policies", "notices:mine")]
    wrong = [fault for url in urls for fault in look_at(page, live_server.url + url)]
    assert wrong == []


# Sent with every box emptied, each of these comes back with a summary of what is missing.
WITH_ERRORS = [
    "governance:new", "governance:edit", "governance:withdraw", "governance:reviewed",
    "governance:send_back", "governance:signed_elsewhere", "governance:exemption_new",
    "governance:import", "governance:details", "people:add", "people:change", "people:leave",
    "people:import", "people:terms_import", "people:term_add", "people:closure_add",
    "people:settings_details",
    "account_change_password", "governance:training_course_new", "governance:training_session_new",
    "governance:training_correct", "governance:training_send_in", "governance:education_new",
    "governance:question", "governance:question_ask", "governance:question_share",
    "governance:quiz_new", "governance:quiz_edit", "governance:quiz_take",
    "accounts:enter", "accounts:found", "accounts:suspend", "accounts:begin_closing",
    "approvals:question", "approvals:withdraw", "approvals:risk_add", "accounts:device_enter",
]  # fmt: skip
EMPTY_AND_SEND = """form => {
  for (const box of form.querySelectorAll('input, textarea')) {
    if (['text', 'date', 'email', 'number'].includes(box.type)) box.value = '';
    if (box.tagName === 'TEXTAREA') box.value = '';
    if (['radio', 'checkbox'].includes(box.type)) box.checked = false;
  }
  form.submit();
}"""


@pytest.mark.every_other_day(1)
def test_every_form_with_errors(opened: Opener, live_server: Any) -> None:
    scene = build_scene()
    head, page, needs = with_password(scene.home.people[Role.HEAD]), opened(), dict(routes())
    sign_in(page, live_server, head)
    wrong: list[str] = []
    for name in WITH_ERRORS:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(live_server.url + address(name, needs[name], scene.home, head))
        with page.expect_navigation():
            page.locator("main form").first.evaluate(EMPTY_AND_SEND)
        if not page.locator(".error-summary a, .error-summary li").count():
            wrong.append(f"{name}: no summary of errors")
            continue
        wrong += look_here(page)
    assert wrong == []


def test_the_pages_before_signing_in(opened: Opener, live_server: Any) -> None:
    school = make_school()
    person = make_user(Role.STAFF, at=school, name="Ira Invited")
    head = make_user(Role.HEAD, at=school)
    invitation = invitations.invite(person, school, by=head)
    page = opened()
    pages = ["account_login", "account_logout", "account_inactive", "account_reset_password",
             "account_reset_password_done"]  # fmt: skip
    urls = [*map(reverse, pages), invitations.path_for(invitation)]
    wrong = [fault for url in urls for fault in look_at(page, live_server.url + url)]
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("E-mail address").fill("nobody@example.org")
    page.get_by_label("Password", exact=True).fill("wrong wrong wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator(".error-summary").wait_for()
    assert wrong + list(look_here(page)) == []
