"""From an approval to the trial, and from the trial to going live (A4, A5, A7, A8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.services import life, register, runners
from accounts.workflow import Status as AccountStatus
from approvals.content import risk_hash
from approvals.models import BusinessCase, Evaluation
from approvals.services import cases, checklist, launching, risks
from approvals.workflow import Status
from governance.models import Policy
from people.models import Organisation, User
from people.roles import Role
from tests.accounts.factories import make_account
from tests.approvals.factories import (
    add_risk,
    consider,
    fresh,
    give,
    make_case,
    make_trial,
    set_up,
)  # fmt: skip
from tests.factories import make_school, make_user
from tests.governance.factories import make_policy, publish_next, sign
from trail.audit import Refused
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
REACHED = "A third of the families follow it."


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


def begin(case: BusinessCase, by: User, *, days: int = 42) -> BusinessCase:
    return launching.begin_pilot(fresh(case), by=by, until=case.organisation.today() + days * DAY)


def why_not(case: BusinessCase, by: User) -> list[str]:
    with pytest.raises(RuleBroken) as refused:
        begin(case, by)
    return list(refused.value.reasons)


@pytest.mark.demand("E4")
def test_with_25_of_26_answers_and_one_signature_the_trial_is_refused_and_says_what_is_missing(
    school: Organisation, head: User
) -> None:
    case = make_case(school, status=Status.APPROVED, head=head)
    consider(case, leave_out=["evaluation"], sign=False)
    case = set_up(case, by=head)
    assert case.answers.count() == 25
    expert = make_user(Role.IT, at=school)
    risks.set_assessor(case, by=case.author, side="technical", person=expert)
    risks.sign(case, by=expert, side="technical", note="", risk_hash=risk_hash(case))
    found = why_not(case, head)
    assert found == [
        "The question “How will you know whether it worked?” is not answered.",
        "The risks are not signed for teaching and pupils: nobody has been asked.",
    ]
    with pytest.raises(RuleBroken, match="Two different people"):
        risks.set_assessor(case, by=case.author, side="educational", person=expert)
    checklist.answer(case, by=case.author, question="evaluation", text="We ask them.")
    other = make_user(Role.STAFF, at=school)
    risks.set_assessor(case, by=case.author, side="educational", person=other)
    risks.sign(case, by=other, side="educational", note="", risk_hash=risk_hash(case))
    case = begin(case, head)
    assert case.launched_at is not None
    assert case.account is not None
    assert case.account.status == AccountStatus.PILOT
    with pytest.raises(RuleBroken, match="decided"):
        checklist.answer(case, by=case.author, question="evaluation", text="We do not ask.")


@pytest.mark.demand("E3")
def test_new_words_of_a_policy_block_the_launch_until_the_runners_sign(
    school: Organisation, head: User
) -> None:
    policy: Policy = make_policy(school, by=head, title="Social media")
    one, other = (make_user(Role.STAFF, at=school, name=name) for name in ("Ann One", "Bo Two"))
    for person in (one, other):
        sign(policy, person)
    case = make_case(school, runners=[one, other], status=Status.APPROVED, head=head)
    consider(case)
    case = set_up(case, by=head)
    publish_next(policy, by=head)
    assert [said.split(":")[0] for said in why_not(case, head)] == ["Ann One", "Bo Two"]
    sign(policy, one)
    assert len(why_not(case, head)) == 1
    sign(policy, other)
    assert begin(case, head).launched_at is not None


def test_everything_that_is_missing_is_said_at_once(school: Organisation, head: User) -> None:
    case = make_case(school, status=Status.APPROVED, head=head)
    consider(case)
    account = case.account
    assert account is not None
    assert len(why_not(case, head)) == 4  # an address, an e-mail, a second step, recovery
    set_up(case, by=head)
    register.confirm_sign_in(account, by=head, two_factor_on=None, recovery_on=None)
    add_risk(case)  # the signatures are under other risks now
    found = why_not(case, head)
    assert sum("The risks are not signed" in said for said in found) == 2
    assert any("two-factor" in said for said in found)


def test_only_the_leadership_team_begins_a_trial(school: Organisation, head: User) -> None:
    case = make_case(school, status=Status.APPROVED, head=head)
    for person in (case.author, make_user(Role.SLT, at=make_school())):
        with pytest.raises(Refused):
            begin(case, person)
    assert AuditEvent.objects.filter(verb="case.refused").count() == 2


def test_nothing_begins_without_an_approval_or_after_it_ran_out(
    school: Organisation, head: User
) -> None:
    sent = make_case(school, status=Status.SUBMITTED)
    assert why_not(sent, head) == ["This case is not approved: waiting for a decision."]
    case = make_case(school, status=Status.APPROVED, head=head)
    consider(case)
    case = set_up(case, by=head)
    with time_machine.travel(timezone.now() + 91 * DAY):
        assert any("The approval ran out on" in said for said in why_not(case, head))
    cases.revoke(case, by=head, why="The school closes.")
    assert why_not(case, head) == ["This case is not approved: approval taken back."]


def test_no_other_way_leads_an_account_into_a_trial_or_live(
    school: Organisation, head: User
) -> None:
    """Whoever calls the register itself meets the same rules."""
    account = register.add(school, by=head, platform="x", name="Quick one")
    with pytest.raises(RuleBroken, match="You cannot pilot"):
        life.begin_pilot(account, by=head, until=school.today() + DAY)
    case = set_up(make_case(school, status=Status.APPROVED, head=head), by=head)
    assert case.account is not None
    with pytest.raises(RuleBroken, match="is not answered"):
        life.begin_pilot(case.account, by=head, until=school.today() + DAY)


def test_a_high_risk_that_came_after_the_vote_is_accepted_by_nobody(
    school: Organisation, head: User
) -> None:
    case = make_case(school, status=Status.APPROVED, head=head)
    add_risk(case, after=(4, 4))
    consider(case)
    case = set_up(case, by=head)
    assert why_not(case, head) == [
        "A high risk remains that nobody has accepted. Bring it down, or begin a new case."
    ]


# The trial


@pytest.mark.demand("E11")
def test_a_trial_ends_within_a_year(school: Organisation, head: User) -> None:
    with pytest.raises(RuleBroken, match="ends within a year"):
        make_trial(school, head=head, days=367)
    case = make_trial(school, head=head)
    with pytest.raises(RuleBroken, match="ends within a year"):
        launching.evaluate(
            case, by=head, outcome="change", reached="Nobody came.", changes="We go on.",
            extended_until=school.today() + 367 * DAY,
        )  # fmt: skip


@pytest.mark.demand("E11")
def test_a_trial_without_an_evaluation_does_not_go_live(school: Organisation, head: User) -> None:
    case = make_trial(school, head=head)
    account = case.account
    assert account is not None
    with pytest.raises(RuleBroken, match="has not been evaluated"):
        life.go_live(account, by=head)
    launching.evaluate(
        case, by=head, outcome="change", reached="Nobody came.", changes="We post on Sundays.",
        extended_until=account.pilot_until + 7 * DAY,
    )  # fmt: skip
    with pytest.raises(RuleBroken, match="did not say that it should go live"):
        life.go_live(account, by=head)
    launching.evaluate(case, by=head, outcome="continue", reached=REACHED)
    account.refresh_from_db()
    assert (account.status, account.live_on) == (AccountStatus.LIVE, school.today())
    with pytest.raises(RuleBroken, match="The trial is over: the account is live"):
        launching.evaluate(case, by=head, outcome="close", reached=REACHED)
    # An account that the school had before needs none.
    old = make_account(school, head=head)
    assert old.status == AccountStatus.LIVE


def test_a_trial_is_judged_by_nobody_who_runs_it_and_goes_on_with_changes_or_is_closed(
    school: Organisation, head: User
) -> None:
    proposed, joined = (make_user(Role.SLT, at=school) for _ in range(2))
    case = make_trial(school, head=head, runners=[proposed, make_user(Role.STAFF, at=school)])
    assert case.account is not None
    runners.add(case.account, person=joined, by=head)
    for person in (proposed, joined, make_user(Role.STAFF, at=school)):
        with pytest.raises(Refused):
            launching.evaluate(case, by=person, outcome="continue", reached=REACHED)
    until = school.today() + 60 * DAY
    with pytest.raises(RuleBroken, match="what is done differently, and until when"):
        launching.evaluate(case, by=head, outcome="change", reached=REACHED)
    with pytest.raises(RuleBroken, match="Say what the trial reached"):
        launching.evaluate(case, by=head, outcome="continue", reached=" ")
    with pytest.raises(RuleBroken, match="Choose what becomes"):
        launching.evaluate(case, by=head, outcome="perhaps", reached=REACHED)
    with pytest.raises(RuleBroken, match="never keeps one"):
        launching.evaluate(case, by=head, outcome="close", reached="password: Sunflower99")
    launching.evaluate(
        case, by=head, outcome="change", reached=REACHED, changes="Fewer posts.",
        extended_until=until,
    )  # fmt: skip
    account = fresh(case).account
    assert account is not None
    assert (account.status, account.pilot_until) == (AccountStatus.PILOT, until)
    found = launching.evaluate(case, by=head, outcome="close", reached="Nobody follows it.")
    account.refresh_from_db()
    assert (account.status, account.closed_why) == (AccountStatus.CLOSING, "Nobody follows it.")
    assert list(Evaluation.objects.filter(case=case).values_list("outcome", flat=True)) == [
        "change", found.outcome,
    ]  # fmt: skip


def test_no_evaluation_before_the_trial_has_begun(school: Organisation, head: User) -> None:
    case = make_case(school, status=Status.APPROVED, head=head)
    with pytest.raises(RuleBroken, match="has not begun yet"):
        launching.evaluate(case, by=head, outcome="continue", reached=REACHED)
    assert not Evaluation.objects.exists()


def test_an_approval_that_is_taken_back_suspends_the_account_and_its_trial_can_only_be_closed(
    school: Organisation, head: User
) -> None:
    case = make_trial(school, head=head)
    cases.revoke(case, by=head, why="Parents complained.")
    account = fresh(case).account
    assert account is not None
    assert (account.status, account.suspended_by) == (AccountStatus.SUSPENDED, head)
    with pytest.raises(RuleBroken, match="The account is paused"):
        launching.evaluate(fresh(case), by=head, outcome="continue", reached=REACHED)
    launching.evaluate(fresh(case), by=head, outcome="close", reached="It was taken over.")
    assert fresh(case).account.status == AccountStatus.CLOSING  # type: ignore[union-attr]


def test_an_exposed_account_is_approved_and_begun_by_those_who_may(school: Organisation) -> None:
    head, dsl = make_user(Role.HEAD, at=school), make_user(Role.DSL, at=school)
    case = make_case(school, status=Status.SUBMITTED, faces_pupils=True)
    for person in (dsl, head):
        give(case, by=person)
    assert fresh(case).status == Status.APPROVED
    with pytest.raises(Refused):
        begin(case, dsl)
