"""The check of a printed copy in a browser: no axe violation, nothing wider than a phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from governance.codes import code_of
from governance.models import PolicyVersion
from governance.services import publishing
from people.roles import Role
from tests.browser.conftest import Opener
from tests.browser.test_every_page import look_at
from tests.factories import make_school, make_user
from tests.governance.factories import make_policy, publish_next

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.mark.demand("D7")
def test_whoever_holds_a_copy_checks_it_on_a_phone_or_a_desk(
    opened: Opener, live_server: Any
) -> None:
    school = make_school("Elm Park School")
    head = make_user(Role.HEAD, at=school)
    policy, gone = make_policy(school, by=head, title="Online safety"), make_policy(school, by=head)
    old = PolicyVersion.objects.get(pk=policy.current_id or 0)
    new = publish_next(policy, by=head)
    withdrawn = PolicyVersion.objects.get(pk=gone.current_id or 0)
    publishing.withdraw(gone, by=head, reason="Replaced by another.")
    page, check = opened(), live_server.url + reverse("governance:check")
    wrong = [
        *look_at(page, check),
        *look_at(page, f"{check}?code=2A", status=422),
        *look_at(page, f"{check}2222-2222-2222/", status=404),
        *(
            fault
            for version in (old, new, withdrawn)
            for fault in look_at(page, f"{check}{code_of(version)}/")
        ),
    ]
    assert wrong == []
    page.goto(check)
    page.get_by_label("Code on the copy").fill(code_of(new).lower().replace("-", " "))
    page.get_by_role("button", name="Check this copy").click()
    assert page.get_by_text("This copy is current").is_visible()
    assert page.problems == []  # type: ignore[attr-defined]
