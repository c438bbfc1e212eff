"""Reading to the end, the check with a wrong answer first, a question: in a real browser."""

from __future__ import annotations

import time
from typing import Any

import pytest

from governance.models import CheckAttempt, Policy, Question, ReadingEvidence, Signature
from people.models import Organisation, User
from people.roles import Role
from tests.browser.conftest import Opener, faults, sign_in, too_wide, with_password
from tests.factories import make_school, make_user
from tests.governance.checking import with_check
from tests.governance.factories import BODY, make_head, make_policy

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
LONG = BODY + "".join(
    f"\n## Part {number}\n\n" + "We are kind. " * 80 + "\n" for number in range(9)
)


@pytest.fixture
def school(transactional_db: None) -> Organisation:
    return make_school()


@pytest.fixture
def teacher(school: Organisation) -> User:
    manager = make_user(Role.STAFF, at=school, name="Mika Manager")
    return with_password(
        make_user(Role.STAFF, at=school, name="Toni Teacher", line_manager=manager)
    )


@pytest.fixture
def policy(school: Organisation) -> Policy:
    return make_policy(school, by=make_head(school), body=LONG, title="Kindness online")


def evidence(*, ended: bool) -> ReadingEvidence:
    """What the page has said, once it has: beacons take a moment."""
    for _ in range(50):
        row = ReadingEvidence.objects.first()
        if row is not None and (row.reached_end_at is not None) == ended and row.seconds:
            return row
        time.sleep(0.1)
    raise AssertionError(f"The page said nothing: {row}")


@pytest.mark.demand("D16")
def test_scrolling_to_the_end_and_leaving_the_page_are_noted(
    opened: Opener, live_server: Any, policy: Policy, teacher: User
) -> None:
    page = opened()
    sign_in(page, live_server, teacher, policy.get_absolute_url())
    page.wait_for_timeout(3_000)
    page.goto(f"{live_server.url}/policies/")  # leaves the page: it is hidden
    first = evidence(ended=False)
    assert 2 <= first.seconds <= 20

    page.goto(live_server.url + policy.get_absolute_url())
    page.wait_for_timeout(1_500)
    page.locator("#sign").scroll_into_view_if_needed()
    row = evidence(ended=True)
    assert row.seconds > first.seconds
    assert row.first_opened_at == first.first_opened_at

    page.get_by_label("Type your full name to sign").fill(teacher.name)
    page.get_by_role("button", name="Sign this policy").click()
    page.get_by_text("You had this text open for less than a minute, to its end.").wait_for()
    assert page.problems == []  # type: ignore[attr-defined]


def test_without_a_script_nothing_is_noted_and_one_signs_all_the_same(
    opened: Opener, live_server: Any, policy: Policy, teacher: User
) -> None:
    page = opened(script=False)
    sign_in(page, live_server, teacher, policy.get_absolute_url())
    page.get_by_label("Type your full name to sign").fill(teacher.name)
    page.get_by_role("button", name="Sign this policy").click()
    page.get_by_text("Signed. Thank you.").wait_for()
    assert not ReadingEvidence.objects.exists()


@pytest.mark.demand("D15")
@pytest.mark.parametrize("script", [True, False])
def test_a_wrong_answer_leads_back_to_the_clause_and_then_one_signs(
    opened: Opener, live_server: Any, school: Organisation, teacher: User, *, script: bool
) -> None:
    policy = with_check(school, make_head(school), title="Kindness online")
    page = opened(script=script, width=360)
    sign_in(page, live_server, teacher, policy.get_absolute_url())
    assert page.get_by_label("Type your full name to sign").count() == 0
    page.get_by_role("link", name="Take the check").click()

    for number, choice in ((1, "No"), (2, "Yes"), (3, "Yes")):
        group = page.get_by_role("group", name=f"Question {number}?")
        group.get_by_label(choice, exact=True).check()
    page.get_by_role("button", name="Check my answers").click()
    page.get_by_text("2 of 3 are right").wait_for()
    if script:
        assert faults(page) == []
        assert too_wide(page) == 0
    page.get_by_role("link", name="Read “Photographs” again").click()
    page.wait_for_url("**#s-photographs")
    page.go_back()
    page.get_by_text("2 of 3 are right").wait_for()
    first = page.get_by_role("group", name="Question 1?")
    assert first.get_by_label("No", exact=True).is_checked()
    first.get_by_label("Yes").check()
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url("**#sign")
    page.get_by_label("Type your full name to sign").fill(teacher.name)
    page.get_by_role("button", name="Sign this policy").click()
    page.get_by_text("Signed. Thank you.").wait_for()
    assert [one.passed for one in CheckAttempt.objects.order_by("pk")] == [False, True]


def test_asking_answering_and_signing_without_a_script(
    opened: Opener, live_server: Any, policy: Policy, teacher: User
) -> None:
    page = opened(script=False, width=360)
    sign_in(page, live_server, teacher, policy.get_absolute_url())
    page.get_by_role("link", name="I have a question about this policy").click()
    page.get_by_label("Which part is it about?").select_option(label="Part 3")
    page.get_by_label("Your question").fill("Does it hold on trips?")
    page.get_by_role("button", name="Send the question").click()
    page.get_by_text("Mika Manager, line manager").wait_for()

    manager = with_password(Question.objects.get().entries.get().question.person.memberships.get()
                            .line_manager)  # type: ignore[arg-type]  # fmt: skip
    theirs = opened(script=False, width=360)
    sign_in(theirs, live_server, manager)
    theirs.get_by_role("link", name="Answer a question: Kindness online").click()
    theirs.get_by_label("Your answer").fill("Yes, everywhere.")
    theirs.get_by_role("button", name="Send the answer").click()
    theirs.get_by_role("link", name="Show it to every reader").click()
    theirs.get_by_label("The question, in your words").fill("Are trips included?")
    theirs.get_by_label("It names nobody").check()
    theirs.get_by_role("button", name="Show it to every reader").click()
    theirs.get_by_text("Are trips included?").wait_for()

    page.goto(live_server.url + "/policies/questions/")
    page.get_by_role("link", name="Kindness online").click()
    page.get_by_text("Yes, everywhere.").wait_for()
    page.get_by_role("button", name="That answers it").click()
    page.get_by_text("Are trips included?").wait_for()
    page.get_by_label("Type your full name to sign").fill(teacher.name)
    page.get_by_role("button", name="Sign this policy").click()
    page.get_by_text("Signed. Thank you.").wait_for()
    assert Signature.objects.get().person == teacher
