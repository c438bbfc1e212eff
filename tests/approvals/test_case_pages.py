"""A teacher asks for an account and the head decides, page by page."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import register
from approvals.models import BusinessCase
from approvals.workflow import Status
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from tests.approvals.factories import fresh, make_case, set_rule
from tests.factories import make_school, make_user
from tests.web.pdfs import assert_accessible, letters_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ANSWERS = {
    "account": {"platform": "instagram", "name": "Drama department", "department": "Drama"},
    "aim": {"aim": "More families come to our plays."},
    "audience": {"audience": "Families", "faces_pupils": "no", "shows_pupils": "no"},
    "promotion": {"promotion": "A link in the newsletter."},
    "access": {"access": "closed"},
    "trial": {"pilot_group": "The cast", "pilot_weeks": "6", "pilot_goals": "Half follow it."},
}


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Toni Teacher")


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school, name="Hana Head")


def url(name: str, case: BusinessCase, *more: str) -> str:
    return reverse(f"approvals:{name}", args=[case.organisation.slug, case.number, *more])


def open_page(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    page = client.get(address)
    assert page.status_code == 200
    return page.content.decode()


def send(client: Client, address: str, **data: Any) -> str:
    """What is shown after sending a form."""
    page = client.post(address, data, follow=True)
    assert page.status_code == 200
    return page.content.decode()


def test_a_teacher_answers_one_question_per_page_and_the_head_approves(
    client: Client, school: Organisation, teacher: User, head: User
) -> None:
    set_rule(school, checklist_before="launch")
    colleagues = [make_user(Role.STAFF, at=school, name=name) for name in ("Ann Lee", "Bo Day")]
    client.force_login(teacher)
    page = send(client, reverse("approvals:begin", args=[school.slug]))
    assert "Question 1 of 7" in page
    case = BusinessCase.objects.get()
    for step, answers in ANSWERS.items():
        send(client, url("question", case, step), **answers)
    page = send(
        client, url("question", case, "runners"),
        runner_1=colleagues[0].pk, runner_2="", runner_3=colleagues[1].pk,
    )  # fmt: skip
    assert "How would you try it first?" in page
    page = open_page(client, teacher, url("check", case))
    assert "Ann Lee, Bo Day" in page
    assert "More families come to our plays." in page
    page = send(client, url("send", case))
    assert "BC-0001" in page

    page = open_page(client, head, fresh(case).get_absolute_url())
    assert "0 of 1 vote." in page
    assert "Ann Lee" in page
    case = fresh(case)
    page = send(client, url("vote", case), choice="approve", content_hash=case.content_hash)
    assert "Your approval is on record." in page
    case = fresh(case)
    assert case.status == Status.APPROVED
    assert case.account is not None
    assert "Approved on" in open_page(client, teacher, case.get_absolute_url())


def test_what_is_wrong_stands_by_its_field_and_what_was_typed_is_kept(
    client: Client, school: Organisation, teacher: User
) -> None:
    case = make_case(school, author=teacher)
    somebody = case.runners.get(pk=case.runners.order_by("pk").first().pk).person  # type: ignore[union-attr]
    client.force_login(teacher)
    page = send(
        client, url("question", case, "runners"), runner_1=somebody.pk, runner_2=somebody.pk
    )
    assert "This person is named already." in page
    page = send(client, url("question", case, "aim"), aim="The password is Hunter2!Drama")
    assert "Hunter2!Drama" in page
    assert "error-summary" in page
    assert fresh(case).aim == "More families come to our plays."
    page = send(client, url("question", case, "trial"), pilot_group="All", pilot_weeks="900")
    assert "Give a number of weeks from 1 to 52." in page


def test_the_head_sends_it_back_the_author_changes_it_and_votes_on_the_old_text_do_not_count(
    client: Client, school: Organisation, teacher: User, head: User
) -> None:
    case = make_case(school, author=teacher, status=Status.SUBMITTED)
    client.force_login(head)
    case = fresh(case)
    page = send(client, url("vote", case), choice="changes", content_hash=case.content_hash)
    assert "Say why, in a sentence." in page
    page = send(
        client, url("vote", case),
        choice="changes", reason="Say whom it is for.", content_hash=case.content_hash,
    )  # fmt: skip
    assert "It goes back to its author" in page
    page = open_page(client, teacher, url("check", case))
    assert "Say whom it is for." in page
    send(client, url("question", case, "audience") + "?then=check", **ANSWERS["audience"])
    send(client, url("send", case))
    case = fresh(case)
    assert case.status == Status.SUBMITTED
    page = open_page(client, head, case.get_absolute_url())
    assert "On an earlier text" in page


@pytest.mark.demand("E1")
def test_whoever_has_a_part_in_it_is_told_before_they_try_and_refused_when_they_do(
    client: Client, school: Organisation, head: User
) -> None:
    case = make_case(school, author=head, status=Status.SUBMITTED)
    page = open_page(client, head, case.get_absolute_url())
    assert "You cannot vote: you wrote this case." in page
    answer = client.post(
        url("vote", case), {"choice": "approve", "content_hash": fresh(case).content_hash}
    )
    assert answer.status_code == 403
    stranger = make_user(Role.SLT, at=make_school())
    client.force_login(stranger)
    assert client.post(url("vote", case), {"choice": "approve"}).status_code == 404
    assert not case.votes.exists()


def test_a_rejected_case_is_tried_again_and_says_what_it_takes_up(
    client: Client, school: Organisation, teacher: User
) -> None:
    case = make_case(school, author=teacher, status=Status.REJECTED)
    page = open_page(client, teacher, case.get_absolute_url())
    assert "We have accounts enough." in page
    page = send(client, url("retry", case))
    assert "BC-0002" in page
    again = BusinessCase.objects.get(number=2)
    assert (again.retry_of, again.aim) == (case, case.aim)


def test_withdrawing_asks_first_and_an_approval_is_taken_back_with_a_reason(
    client: Client, school: Organisation, teacher: User, head: User
) -> None:
    case = make_case(school, author=teacher, status=Status.SUBMITTED)
    assert "Nobody decides on it any more" in open_page(client, teacher, url("withdraw", case))
    assert "It is done." in send(client, url("withdraw", case), why="We use the website.")
    assert fresh(case).status == Status.WITHDRAWN
    case = make_case(school, author=teacher, status=Status.APPROVED, head=head)
    client.force_login(head)
    assert "Say why, in a sentence." in send(client, url("revoke", case), why=" ")
    send(client, url("revoke", case), why="The department is closing.")
    assert fresh(case).status == Status.REVOKED


def test_a_colleague_is_asked_to_help_and_finds_the_case(
    client: Client, school: Organisation, teacher: User
) -> None:
    case = make_case(school, author=teacher)
    helper = make_user(Role.STAFF, at=school, name="Ida Helper")
    client.force_login(helper)
    assert client.get(case.get_absolute_url()).status_code == 404
    client.force_login(teacher)
    assert "has been asked" in send(client, url("helper", case), person=helper.pk)
    assert "Check your answers" in open_page(client, helper, url("check", case))


def test_runners_are_told_what_they_lack_once_a_day(
    client: Client, school: Organisation, teacher: User
) -> None:
    from tests.governance.factories import make_policy

    case = make_case(school, author=teacher)
    make_policy(school)
    page = open_page(client, teacher, case.get_absolute_url())
    assert "Tell them what is missing" in page
    for _ in range(2):
        assert "They have been told" in send(client, url("chase", case))
    assert Notice.objects.filter(kind="case.chase").count() == 2


def test_the_list_is_filtered_and_a_draft_is_nobody_elses_business(
    client: Client, school: Organisation, teacher: User, head: User
) -> None:
    draft = make_case(school, author=teacher, name="Secret garden club")
    sent = make_case(school, author=teacher, status=Status.SUBMITTED, name="Drama")
    where = reverse("approvals:cases", args=[school.slug])
    page = open_page(client, head, where)
    assert "Secret garden club" not in page
    assert "Drama" in page
    assert client.get(draft.get_absolute_url()).status_code == 404
    for query, found in (
        (f"?q=bc{sent.number}", True), ("?q=netball", False), ("?mine=vote", True),
        ("?mine=mine", False), ("?status=approved", False), ("?status=submitted", True),
    ):  # fmt: skip
        page = open_page(client, head, where + query)
        assert (sent.get_absolute_url() in page) is found, query
    assert "Secret garden club" in open_page(client, teacher, where)


@pytest.mark.demand("H7")
def test_the_queue_and_a_vote_cost_the_same_however_many_wait(
    client: Client, school: Organisation, head: User
) -> None:
    author = make_user(Role.STAFF, at=school)
    runners = [make_user(Role.STAFF, at=school) for _ in range(2)]
    first = make_case(school, author=author, runners=runners, status=Status.SUBMITTED)
    where = reverse("approvals:cases", args=[school.slug])
    client.force_login(head)
    client.get(where)

    def cost(address: str, data: dict[str, str] | None = None) -> int:
        with CaptureQueriesContext(connection) as asked:
            client.post(address, data) if data else client.get(address)
        return len(asked)

    few = cost(where)
    for _ in range(12):
        make_case(school, author=author, runners=runners, status=Status.SUBMITTED)
    assert cost(where) == few <= 8
    set_rule(school, quorum=2)
    case = fresh(first)
    vote = {"choice": "approve", "content_hash": case.content_hash}
    assert cost(url("vote", case), vote) <= 18
    assert first.votes.count() == 1


def test_the_case_is_printed_with_its_decision(
    client: Client, school: Organisation, teacher: User, head: User
) -> None:
    case = make_case(
        school, author=teacher, head=head, status=Status.APPROVED, is_considered=True, name="Choir"
    )
    client.force_login(head)
    answer = client.get(url("case_pdf", case))
    assert answer["Content-Type"] == "application/pdf"
    text = letters_of(text_of(answer.content))
    for words in ("BC-0001: Choir", "Approved", head.name, teacher.name, "What could go wrong"):
        assert letters_of(words) in text
    assert_accessible(answer.content, title="BC-0001: Choir")


def test_from_an_account_nobody_agreed_to_to_its_business_case_and_back(
    client: Client, school: Organisation, head: User, teacher: User
) -> None:
    found = register.record_found(
        school, by=head, address="https://x.com/hill_fun", found_on=school.today(), name="Fun"
    )
    ask = f"{reverse('approvals:begin', args=[school.slug])}?account={found.pk}"
    of_account = reverse("approvals:of_account", args=[school.slug, found.pk])
    assert f'href="{ask}"' in open_page(client, head, found.get_absolute_url())
    assert "There is no business case" in client.get(of_account, follow=True).content.decode()
    send(client, reverse("approvals:begin", args=[school.slug]), account=found.pk)
    case = BusinessCase.objects.get(account=found)
    assert client.get(of_account)["Location"] == case.get_absolute_url()
    # A draft is nobody else's business, and to a teacher the account does not exist.
    client.force_login(teacher)
    assert client.get(of_account).status_code == 404
    elsewhere = reverse("approvals:begin", args=[make_school().slug])
    assert client.post(elsewhere, {"account": found.pk}).status_code == 404


def test_a_button_that_is_pressed_twice_begins_one_case(
    client: Client, school: Organisation, teacher: User
) -> None:
    client.force_login(teacher)
    begin = reverse("approvals:begin", args=[school.slug])
    send(client, begin)
    assert "Question 1 of 7" in send(client, begin)
    case = BusinessCase.objects.get()
    send(client, url("question", case, "account"), **ANSWERS["account"])
    send(client, begin)
    assert BusinessCase.objects.count() == 2  # that one is at work, and this is another
