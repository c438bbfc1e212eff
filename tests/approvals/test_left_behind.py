"""Cases whose people have left, approvals that were taken back, and who is asked above a school."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services import life, register, runners
from accounts.workflow import Status as AccountStatus
from approvals.duties import DECIDING, REWORKING
from approvals.models import BusinessCase
from approvals.services import cases, settling, waiting
from approvals.workflow import Status
from people.models import Organisation, User
from people.roles import Role
from people.services import membership as memberships
from tests.accounts.factories import change_password
from tests.approvals.factories import EXPOSED, fresh, lead_to, make_case, make_trial, set_rule
from tests.factories import make_school, make_trust, make_user
from trail.audit import Refused
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


def leaves(person: User) -> None:
    post = person.memberships.get()
    memberships.leave(post, last_day=post.organisation.today() - DAY, by=None)


def sees(user: User, case: BusinessCase) -> bool:
    return BusinessCase.objects.visible_to(user).filter(pk=case.pk).exists()


@pytest.mark.once
def test_where_the_author_has_left_a_runner_finds_the_button(
    client: Client, school: Organisation
) -> None:
    author = make_user(Role.STAFF, at=school, name="Ada Author")
    case = make_case(school, author=author)
    client.force_login(case.runners.earliest("pk").person)
    page = reverse("approvals:check", args=[school.slug, case.number])
    assert "Ada Author sends it" in client.get(page).content.decode()
    leaves(author)
    assert "Send to the leadership team" in client.get(page).content.decode()


def test_an_author_from_the_trust_has_not_left_the_school() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    author = make_user(Role.TRUST_IT, at=trust)
    case = make_case(school, author=author)
    runner = case.runners.earliest("pk").person
    with pytest.raises(Refused):
        cases.submit(case, by=runner)
    case = lead_to(case, Status.CHANGES_REQUESTED)
    owes = [list(REWORKING.of(one, school.today())) != [] for one in (author, runner)]
    assert owes == [True, False]
    cases.change(case, by=author, aim="More families come to our plays and concerts.")
    leaves(author)
    assert cases.submit(case, by=runner).status == Status.SUBMITTED


def test_a_draft_of_somebody_who_has_left_keeps_nobody_from_asking_for_the_account(
    school: Organisation, head: User
) -> None:
    found = register.record_found(
        school, by=head, address="https://x.com/elm", found_on=school.today(), name="Elm"
    )
    author, other = (make_user(Role.STAFF, at=school) for _ in range(2))
    left = cases.begin(school, by=author, account=found)
    leaves(author)
    case = cases.begin(school, by=other, account=found)
    assert (case.account, fresh(left).status) == (found, Status.WITHDRAWN)

    helper = make_user(Role.STAFF, at=school)
    cases.ask_to_help(case, by=other, person=helper)
    leaves(other)
    with pytest.raises(RuleBroken, match="already: BC-0002"):
        cases.begin(school, by=head, account=found)


def test_an_account_whose_approval_was_taken_back_is_reinstated_by_nobody(
    school: Organisation, head: User
) -> None:
    slt = make_user(Role.SLT, at=school)
    case = make_trial(school, head=head)
    cases.revoke(case, by=head, why="Parents complained.")
    account = fresh(case).account
    assert account is not None
    change_password(account)
    with pytest.raises(RuleBroken, match="approval of its business case was taken back") as refused:
        life.reinstate(account, by=slt)
    assert len(refused.value.reasons) == 1


def test_taking_the_approval_back_suspends_a_restricted_account_too(
    school: Organisation, head: User
) -> None:
    case = make_trial(school, head=head)
    account = fresh(case).account
    assert account is not None
    runners.end(account.runners.earliest("pk"), by=head, last_day=school.today())
    account.refresh_from_db()
    assert account.status == AccountStatus.RESTRICTED
    cases.revoke(case, by=head, why="Parents complained.")
    account.refresh_from_db()
    assert account.status == AccountStatus.SUSPENDED


def test_a_chair_of_governors_sees_a_case_once_they_are_asked_and_no_other(
    school: Organisation, head: User
) -> None:
    chair = make_user(Role.CHAIR, at=school)
    others = make_user(Role.CHAIR, at=make_school())
    usual = make_case(school, status=Status.SUBMITTED)
    settling.settle_all()
    assert not sees(chair, usual)
    exposed = make_case(school, status=Status.SUBMITTED, **EXPOSED)  # two votes; the head is one
    assert (sees(chair, exposed), sees(others, exposed)) == (True, False)
    assert not sees(chair, make_case(school, **EXPOSED))  # a draft

    set_rule(school, head_votes=False)
    leaves(head)
    today = school.today()
    assert [duty.url for duty in DECIDING.of(chair, today)] == [exposed.get_absolute_url()]
    settling.settle_all()
    assert sees(chair, usual)
    assert len(list(DECIDING.of(chair, today))) == 2


def test_a_head_who_changes_what_was_sent_leaves_it_to_the_chair(
    school: Organisation, head: User
) -> None:
    chair = make_user(Role.CHAIR, at=school)
    case = make_case(school, status=Status.SUBMITTED)
    cases.ask_to_help(case, by=case.author, person=head)
    assert not sees(chair, case)
    cases.change(case, by=head, aim="More families come to our plays and concerts.")
    assert sees(chair, case)


def test_a_chair_who_hears_that_a_case_waits_too_long_may_read_it(
    school: Organisation, head: User
) -> None:
    chair = make_user(Role.CHAIR, at=school)
    case = make_case(school, status=Status.SUBMITTED)
    sent = case.submitted_at
    assert sent is not None
    BusinessCase.objects.filter(pk=case.pk).update(submitted_at=sent - 30 * DAY)
    waiting.escalate()
    assert sees(chair, case)
