"""The public pages, leaving and the self-check in a real browser: axe, 320 pixels, large text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from governance.guidance import STARTING_TEXT
from governance.models import LeavingStatement, Policy, SelfCheck
from governance.services import drafts, guidance, publishing
from people.models import Organisation, User
from people.roles import Role
from people.services import membership, organisations
from tests.browser.conftest import Opener, sign_in, with_password
from tests.browser.test_every_page import look_at, look_here
from tests.factories import make_school, make_user
from tests.governance.factories import make_policy, publish_next

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
TABLE = "| Who | What |\n| --- | ---: |\n| Pupils | " + "averylongwordwithoutabreak" * 4 + " |\n"


@pytest.fixture
def school(transactional_db: None) -> Organisation:
    return make_school("Elm Park School")


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


def public_urls(school: Organisation, head: User) -> list[str]:
    body = "".join(f"## Part {n}\n\nWords.\n\n{TABLE}\n" for n in range(5))
    policy = make_policy(school, by=head, title="Photographs", body=body)
    details = {"committee": "Standards", "legislation": "An Act\n", "related_documents": "A book"}
    drafts.edit_details(policy, by=head, is_public=True, **details)
    earlier = policy.current_id
    publish_next(policy, by=head, body=body + "\nMore.\n")
    gone = make_policy(school, by=head, title="Gone")
    drafts.edit_details(gone, by=head, is_public=True)
    publishing.withdraw(gone, by=head, reason="Not needed.")
    Policy.objects.filter(pk=policy.pk).update(review_due_on=school.today() - timedelta(days=1))
    guidance.show(guidance.save(school, by=head, body=STARTING_TEXT, after=0), by=head)
    organisations.change_settings(school, {"public.contact": "Ring the office."}, by=head)
    rows: list[tuple[str, list[Any]]] = [
        ("public_school", []), ("public_policy", [policy.pk]), ("public_guidance", []),
        ("public_version", [policy.pk, earlier]), ("public_policy", [gone.pk]),
    ]  # fmt: skip
    return [reverse(f"governance:{name}", args=[school.slug, *args]) for name, args in rows]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_public_pages(
    opened: Opener, live_server: Any, school: Organisation, head: User, script: bool
) -> None:
    page, urls = opened(script=script), public_urls(school, head)
    if script:
        wrong = [fault for url in urls for fault in look_at(page, live_server.url + url)]
        page.emulate_media(color_scheme="dark")
        wrong += [fault for url in urls for fault in look_at(page, live_server.url + url)]
        assert wrong == []
    for url in urls:
        page.goto(live_server.url + url)
        assert page.get_by_role("link", name="Staff sign in").is_visible()
        assert page.context.cookies() == []
        page.emulate_media(media="print")
        assert not page.get_by_role("link", name="Staff sign in").is_visible()
        assert page.get_by_text("A printed copy may be out of date").is_visible()
        page.emulate_media(media="screen")
    assert page.problems == []  # type: ignore[attr-defined]


def test_a_teacher_leaves(
    opened: Opener, live_server: Any, school: Organisation, head: User
) -> None:
    teacher = with_password(make_user(Role.STAFF, at=school, name="Toni Teacher"))
    make_policy(school, by=head, title="Trips", author=teacher)
    last_day = school.today() + timedelta(days=5)
    post = membership.leave(teacher.memberships.get(), last_day=last_day, by=None)
    page = opened(width=360, script=False)
    sign_in(page, live_server, teacher)
    page.get_by_role("link", name="Before you leave").click()
    page.get_by_role("button", name="Sign and finish").click()
    assert page.get_by_text("Type your name to sign.").first.is_visible()
    page.get_by_label("Author of the policy “Trips”").select_option(label=head.name)
    page.get_by_label("Type your full name").fill("toni teacher")
    page.get_by_role("button", name="Sign and finish").click()
    page.get_by_role("heading", name="Thank you. Your statement is recorded.").wait_for()
    statement = LeavingStatement.objects.get(membership=post)
    assert page.get_by_text(statement.reference).first.is_visible()

    page = opened()
    sign_in(page, live_server, teacher)
    wrong = list(look_at(page, live_server.url + statement.get_absolute_url()))
    leaver = with_password(make_user(Role.STAFF, at=school, name="Lea Leaver"))
    make_policy(school, by=head, title="A policy with a long title " * 5, author=leaver)
    post = membership.leave(leaver.memberships.get(), last_day=last_day, by=None)
    page = opened()
    sign_in(page, live_server, leaver)
    wrong += look_at(page, live_server.url + reverse("governance:leaving", args=[post.pk]))
    page.get_by_role("button", name="Sign and finish").click()
    page.locator(".error-summary").wait_for()
    wrong += look_here(page)
    assert wrong == []


def test_a_teacher_looks_through_their_accounts(
    opened: Opener, live_server: Any, school: Organisation
) -> None:
    teacher = with_password(make_user(Role.STAFF, at=school))
    page = opened()
    sign_in(page, live_server, teacher, "/self-check/")
    button = page.get_by_role("button", name="Show me what to do")
    button.click()
    page.locator(".error-summary").wait_for()
    wrong = list(look_here(page))
    for answer in page.get_by_label("Not yet").all():
        answer.check()
    button.click()
    page.get_by_role("heading", name="Thank you. This is worth doing next.").wait_for()
    wrong += look_here(page)
    assert wrong == []
    assert page.url.endswith("/self-check/")
    assert SelfCheck.objects.filter(person=teacher).count() == 1
