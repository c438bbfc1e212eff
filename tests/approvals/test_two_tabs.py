"""Forms that were open for too long, buttons pressed twice, and the browser's Back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from approvals.models import BusinessCase
from approvals.services import cases
from approvals.workflow import Status
from people.models import Organisation, User
from people.roles import Role
from people.services import membership as memberships
from tests.approvals.factories import add_risk, fresh, lead_to, make_case, set_rule
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


def url(name: str, case: BusinessCase, *more: object) -> str:
    return reverse(f"approvals:{name}", args=[case.organisation.slug, case.number, *more])


def send(client: Client, user: User, address: str, **data: object) -> str:
    client.force_login(user)
    page = client.post(address, data, follow=True)
    assert page.status_code == 200
    return page.content.decode()


def test_a_vote_on_an_earlier_text_is_asked_for_again_and_the_next_click_counts(
    client: Client, school: Organisation, head: User
) -> None:
    case = make_case(school, status=Status.SUBMITTED)
    before = case.content_hash
    cases.change(case, by=case.author, aim="More families come to our plays and concerts.")
    page = send(
        client, head, url("vote", case),
        choice="changes", reason="Say who moderates.", content_hash=before,
    )  # fmt: skip
    assert "changed while you were reading it" in page
    assert "plays and concerts" in page
    assert "Say who moderates." in page  # what was typed is kept
    assert f'value="{fresh(case).content_hash}"' in page
    assert before not in page
    # Nor does another mistake hide that the text is a new one.
    page = send(client, head, url("vote", case), choice="reject", content_hash=before)
    assert "Say why, in a sentence" in page
    assert "changed while you were reading it" in page


def test_a_vote_and_a_case_that_are_sent_twice_count_once_and_are_no_mistake(
    client: Client, school: Organisation, head: User
) -> None:
    set_rule(school, quorum=2)
    case = make_case(school)
    for _ in range(2):
        page = send(client, case.author, url("send", case))
        assert "Your business case is sent" in page
    vote = {"choice": "approve", "reason": "", "content_hash": fresh(case).content_hash}
    for _ in range(2):
        page = send(client, head, url("vote", case), **vote)
        assert "on record" in page
        assert "notice-danger" not in page
    assert case.votes.count() == 1


def test_a_risk_that_cannot_be_taken_off_now_says_why(
    client: Client, school: Organisation, head: User
) -> None:
    case = make_case(school, status=Status.CHANGES_REQUESTED, head=head)
    risk = add_risk(case)
    case = lead_to(fresh(case), Status.SUBMITTED)
    page = send(client, case.author, url("risk_remove", case, risk.pk))
    assert "This is the text that was sent back" in page
    assert case.risks.count() == 1


def test_an_answer_that_cannot_be_taken_back_now_says_why(
    client: Client, school: Organisation
) -> None:
    case = make_case(school, status=Status.SUBMITTED, is_considered=True)
    runner = case.runners.earliest("pk").person
    post = runner.memberships.get()
    memberships.leave(post, last_day=post.starts_on, by=None)
    page = send(client, case.author, url("clear_answer", case, "objectives"))
    assert f"{runner} is not at {school} any more" in page
    assert case.answers.filter(question="objectives").exists()
