"""Votes, edits, signatures and leavers at the same moment, with real threads and transactions."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import SocialAccount
from accounts.services import life
from accounts.services.locking import locked_account
from accounts.workflow import Status as AccountStatus
from approvals import voting
from approvals.models import BusinessCase, Vote
from approvals.services import cases, launching
from approvals.services.votes import CHANGED
from approvals.workflow import Status
from people.models import User
from people.roles import Role
from people.services import membership as memberships
from tests.accounts.factories import make_account, make_runner
from tests.approvals.factories import EXPOSED, fresh, give, make_case, make_trial, set_rule
from tests.factories import make_school, make_user
from tests.governance.factories import make_policy, sign
from tests.races import together, while_held
from trail.models import AuditEvent
from trail.verify import check
from web.errors import RuleBroken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("postgresql")]


def again(person: User) -> User:
    """As another request would have them."""
    return User.objects.get(pk=person.pk)


def approvals(case: BusinessCase) -> int:
    return AuditEvent.objects.filter(verb="case.approve", target_id=case.pk).count()


def sound(case: BusinessCase) -> bool:
    """The record is whole, and an approval stands on its quorum."""
    approved = fresh(case).status != Status.APPROVED or voting.quorum(fresh(case)).fulfilled
    return approved and check(case.organisation_id).found is None


@pytest.mark.demand("E2")
@pytest.mark.parametrize("quorum", [1, 2])
def test_two_votes_at_once_are_not_both_the_deciding_one(quorum: int) -> None:
    school = make_school()
    set_rule(school, head_votes=False, quorum=quorum)
    people = [make_user(Role.SLT, at=school) for _ in range(4)]
    case = make_case(school, status=Status.SUBMITTED)

    results = together(*(lambda one=one: give(case, by=again(one)) for one in people))

    assert approvals(case) == SocialAccount.objects.count() == 1
    assert Vote.objects.count() == quorum
    late = [one for one in results if isinstance(one, Exception)]
    assert [str(one) for one in late] == ["This case does not wait for votes: approved."] * (
        4 - quorum
    )
    assert sound(case)


def test_approving_and_rejecting_at_once_has_one_outcome() -> None:
    school = make_school()
    head, slt = make_user(Role.HEAD, at=school), make_user(Role.SLT, at=school)
    case = make_case(school, status=Status.SUBMITTED)
    results = together(
        lambda: give(case, by=again(head)),
        lambda: give(case, by=again(slt), choice="reject", reason="Enough."),
    )
    assert sum(isinstance(one, RuleBroken) for one in results) == 1, results
    status = fresh(case).status
    assert status in (Status.APPROVED, Status.REJECTED)
    assert SocialAccount.objects.count() == (status == Status.APPROVED)
    assert sound(case)


def test_a_double_click_votes_once() -> None:
    school = make_school()
    make_user(Role.HEAD, at=school)
    slt = make_user(Role.SLT, at=school)
    case = make_case(school, status=Status.SUBMITTED)
    results = together(*(lambda: give(case, by=again(slt)) for _ in range(4)))
    assert Vote.objects.count() == 1
    assert sum(isinstance(one, RuleBroken) for one in results) == 3, results


def test_a_vote_while_the_author_edits_is_not_given_to_words_that_nobody_read() -> None:
    school = make_school()
    head = make_user(Role.HEAD, at=school)
    case = make_case(school, status=Status.SUBMITTED)
    seen = case.content_hash

    def edit() -> None:
        cases.change(case, by=case.author, aim="Something else altogether.")

    def vote() -> Any:
        from approvals.services import votes

        return votes.vote(case, by=again(head), choice="approve", content_hash=seen)

    problem = while_held(edit, vote, lambda: None)
    assert isinstance(problem, RuleBroken)
    assert problem.reasons == (CHANGED,)
    assert (fresh(case).status, Vote.objects.count()) == (Status.SUBMITTED, 0)


def test_the_last_vote_and_the_last_signature_at_once_settle_it_once() -> None:
    school = make_school()
    head = make_user(Role.HEAD, at=school)
    policy = make_policy(school, by=head)
    one, other = make_user(Role.STAFF, at=school), make_user(Role.STAFF, at=school)
    sign(policy, one)
    case = make_case(school, runners=[one, other], status=Status.SUBMITTED)
    results = together(lambda: give(case, by=again(head)), lambda: sign(policy, again(other)))
    assert not [one for one in results if isinstance(one, Exception)], results
    assert (fresh(case).status, approvals(case)) == (Status.APPROVED, 1)
    assert sound(case)


def test_a_runner_leaves_while_the_account_goes_live() -> None:
    school = make_school()
    head = make_user(Role.HEAD, at=school)
    one, other = make_user(Role.STAFF, at=school), make_user(Role.STAFF, at=school)
    case = make_trial(school, head=head, runners=[one, other])
    results = together(
        lambda: launching.evaluate(
            case, by=again(head), outcome="continue", reached="Half of them follow it."
        ),
        lambda: memberships.leave(one.memberships.get(), last_day=school.today(), by=None),
    )
    account = fresh(case).account
    assert account is not None
    # Whoever is first: it never goes on with one runner.
    assert account.status == AccountStatus.RESTRICTED, results
    went_live = not isinstance(results[0], Exception)
    assert account.paused_from == (AccountStatus.LIVE if went_live else AccountStatus.PILOT)
    assert sound(case)


def test_two_cases_begun_at_once_have_two_numbers() -> None:
    school = make_school()
    people = [make_user(Role.STAFF, at=school) for _ in range(4)]
    made = together(*(lambda one=one: cases.begin(school, by=again(one)) for one in people))
    assert sorted(case.number for case in made) == [1, 2, 3, 4]


def test_two_runners_edit_at_once_and_neither_loses_words() -> None:
    school = make_school()
    dsl, head = make_user(Role.DSL, at=school), make_user(Role.HEAD, at=school)
    case = make_case(school, status=Status.SUBMITTED, **EXPOSED)
    give(case, by=dsl)
    one, other = (row.person for row in case.runners.all())
    results = together(
        lambda: cases.change(case, by=again(one), aim="More families come to us."),
        lambda: cases.change(case, by=again(other), promotion="Posters in the town."),
    )
    assert not [one for one in results if isinstance(one, Exception)], results
    case = fresh(case)
    assert (case.aim, case.promotion) == ("More families come to us.", "Posters in the town.")
    assert voting.quorum(case).have == 0
    assert voting.may_vote(case, head)
    assert sound(case)


def test_a_runner_of_two_accounts_leaves_while_one_of_them_is_suspended() -> None:
    """Both wait for the account before they write in the record, so neither waits in a ring."""
    school = make_school()
    head, leaver = make_user(Role.HEAD, at=school), make_user(Role.STAFF, at=school)
    _, second = (make_account(school, head=head, run_by=2) for _ in range(2))
    for account in school.social_accounts.all():
        make_runner(account, head=head, person=leaver)
    post = leaver.memberships.get()
    result = while_held(
        lambda: locked_account(second),
        lambda: memberships.leave(post, last_day=school.today(), by=None),
        lambda: life.suspend(second, by=again(head), why="Somebody else posted."),
    )
    assert not isinstance(result, Exception), result
    second.refresh_from_db()
    assert second.status == AccountStatus.SUSPENDED
    assert check(school.pk).found is None
