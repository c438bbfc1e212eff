"""What people come for, done in a browser from the sign-in to the end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from governance.models import Acknowledgement, Policy
from notices import services as notices
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from tests.browser.conftest import Opener, sign_in, too_wide, with_password
from tests.factories import make_school, make_user
from tests.governance.factories import make_policy, publish_next

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

# As an office exports it: hard line ends, numbers, bullets of several kinds, a page number.
RAGGED = """Meadow School\r
SOCIAL MEDIA POLICY\r
\r
Version: 3.0\r
Date agreed: 1 September 2026\r
\r
1.  Purpose\r
\r
This policy tells everybody who works here how we\r
write about the school, and what we never post.\r
\r
2.  What we do\r
\r
\u2022 We ask before we publish a picture.\r
\u2022 We never write the name of a child.\r
- We answer kindly, or not at all.\r
\r
Page 1 of 1\r
"""


@pytest.fixture
def school() -> Organisation:
    return make_school("Meadow School")


@pytest.fixture
def head(school: Organisation) -> User:
    return with_password(make_user(Role.HEAD, at=school, name="Ada Head"))


@pytest.fixture
def teacher(school: Organisation) -> User:
    return with_password(make_user(Role.STAFF, at=school, name="Zoë O’Brien"))


def sign(page: Page, name: str) -> None:
    page.get_by_label("Type your full name to sign").fill(name)
    page.get_by_role("button", name="Sign this policy").click()


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


@pytest.mark.demand("D8")
@pytest.mark.demand("D9")
def test_a_school_imports_its_policy_publishes_it_and_a_teacher_signs(
    opened: Opener,
    live_server: Any,
    school: Organisation,
    head: User,
    teacher: User,
    tmp_path: Path,
) -> None:
    colleague = make_user(Role.STAFF, at=school, name="Cai Colleague")
    file = tmp_path / "policy.txt"
    file.write_bytes(RAGGED.encode())

    page = opened()
    sign_in(page, live_server, head)
    page.get_by_role("link", name="Manage policies").first.click()
    page.get_by_role("link", name="Import").first.click()
    page.get_by_label("The policy as a file").set_input_files(file)
    page.get_by_role("button", name="Read this file").click()
    assert heading(page) == "Look it over"
    recognised = page.locator(".policy-text").first
    assert recognised.locator("li").count() == 3
    assert recognised.locator("h2, h3").count() == 2
    assert page.get_by_label("Version").input_value() == "3.0"
    page.get_by_label("Title").fill("Social media policy")
    page.get_by_role("button", name="Keep as a draft").click()

    page.get_by_role("link", name="Change who it is for").click()
    page.get_by_label("Employed").check()
    page.get_by_role("button", name="Save who it is for").click()
    assert page.get_by_role("heading", name="3 people today").is_visible()
    page.get_by_label("Breadcrumb").get_by_role("link", name="Social media policy").click()
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish now").click()
    assert page.get_by_text("Published. Everyone it asks").is_visible()

    phone = opened(width=360)
    sign_in(phone, live_server, teacher)
    phone.get_by_role("link", name="Social media policy").first.click()
    assert too_wide(phone) == 0
    sign(phone, "Somebody Else")
    summary = phone.locator(".error-summary")
    assert "Zoë O’Brien" in summary.inner_text()
    summary.get_by_role("link").first.click()
    assert phone.evaluate("document.activeElement.id") == "id_typed_name"
    sign(phone, "zoe o'brien")
    assert heading(phone) == "Signed. Thank you."
    reference = phone.locator(".confirmation .reference").inner_text()
    phone.get_by_role("link", name="Back to your tasks").click()
    assert phone.get_by_role("link", name="Social media policy").count() == 0
    assert Acknowledgement.objects.get().signature.reference == reference

    page.goto(live_server.url + reverse("overview:dashboard", args=[school.slug]))
    assert "33" in page.locator("main").inner_text()  # per cent: one of three

    for days in range(8):  # the school may be closed today
        notices.sweep(timezone.now().replace(hour=12) + timedelta(days=days))
    told = Notice.objects.filter(recipient=colleague, kind="policy.sign")
    assert told.exists()
    other = opened(width=360)
    sign_in(other, live_server, with_password(colleague), reverse("notices:mine"))
    assert other.get_by_text("Social media policy").first.is_visible()
    for one in (page, phone, other):
        assert one.problems == []  # type: ignore[attr-defined]


@pytest.mark.demand("D2")
def test_a_policy_replaced_while_it_is_read_is_read_again(
    opened: Opener, live_server: Any, head: User, teacher: User
) -> None:
    policy = make_policy(teacher.posts[0].organisation, by=head, title="Online safety")
    page = opened(width=360)
    sign_in(page, live_server, teacher, reverse("governance:read", args=[policy.pk]))
    publish_next(policy, by=User.objects.get(pk=head.pk))
    sign(page, teacher.name)
    assert "Nothing was recorded" in page.locator(".messages").inner_text()
    assert page.locator("ins").first.is_visible()
    assert not Acknowledgement.objects.exists()
    sign(page, teacher.name)
    assert heading(page) == "Signed. Thank you."
    assert Acknowledgement.objects.get().version_id == Policy.objects.get().current_id


@pytest.mark.demand("D3")
def test_two_tabs_and_a_double_click_sign_once(
    opened: Opener, live_server: Any, head: User, teacher: User
) -> None:
    policy = make_policy(teacher.posts[0].organisation, by=head, title="Online safety")
    url = reverse("governance:read", args=[policy.pk])
    first = opened()
    sign_in(first, live_server, teacher, url)
    second = first.context.new_page()
    second.goto(live_server.url + url)
    first.get_by_label("Type your full name to sign").fill(teacher.name)
    first.get_by_role("button", name="Sign this policy").dblclick()
    first.locator(".confirmation").wait_for()
    sign(second, teacher.name)
    assert second.url == first.url
    first.go_back()
    assert Acknowledgement.objects.count() == 1


def test_the_keyboard_alone_is_enough(
    opened: Opener, live_server: Any, head: User, teacher: User
) -> None:
    policy = make_policy(teacher.posts[0].organisation, by=head, title="Online safety")
    page = opened()
    sign_in(page, live_server, teacher, reverse("governance:read", args=[policy.pk]))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "id_typed_name":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none" or (
        page.evaluate("getComputedStyle(document.activeElement).boxShadow") != "none"
    )
    page.keyboard.type(teacher.name)
    page.keyboard.press("Enter")
    page.locator(".confirmation").wait_for()


def test_without_scripts_a_teacher_signs_all_the_same(
    opened: Opener, live_server: Any, head: User, teacher: User
) -> None:
    make_policy(teacher.posts[0].organisation, by=head, title="Online safety")
    page = opened(width=360, script=False)
    sign_in(page, live_server, teacher)
    page.get_by_role("link", name="Online safety").first.click()
    sign(page, "wrong")
    assert page.locator(".error-summary").is_visible()
    sign(page, teacher.name)
    assert heading(page) == "Signed. Thank you."
    page.get_by_text("Your account:").locator("..").click()
    page.get_by_role("button", name="Sign out").click()
    assert heading(page) == "Sign in"
