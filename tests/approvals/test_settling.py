"""From votes to an approval: when all who would run the account are fit to (A3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import SocialAccount
from accounts.services import register
from accounts.workflow import Status as AccountStatus
from approvals.models import BusinessCase
from approvals.services import cases, settling, waiting
from approvals.workflow import Status
from governance.models import Policy
from governance.services import exemptions, training_evidence
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from people.services import membership as memberships
from tests.approvals.factories import fresh, give, lead_to, make_case
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_policy, sign
from tests.governance.training_factories import make_course, make_record, send_in
from trail.models import AuditEvent

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


@pytest.fixture
def volunteer(school: Organisation) -> User:
    return make_user(at=school, name="Val Volunteer", employment="volunteer")


@pytest.fixture
def policy(school: Organisation, head: User) -> Policy:
    return make_policy(school, by=head, title="Social media")


def test_an_approval_enters_the_account_with_its_runners(school: Organisation, head: User) -> None:
    case = make_case(school, status=Status.SUBMITTED, faces_pupils=False)
    give(case, by=head)
    case = fresh(case)
    account = case.account
    assert case.status == Status.APPROVED
    assert account is not None
    assert (account.status, account.name, account.access) == ("setup", case.name, "closed")
    run = {runner.person_id for runner in account.runners.current(school.today())}
    assert run == set(case.runners.values_list("person", flat=True))
    line = AuditEvent.objects.get(verb="case.approve")
    assert line.actor_id is None  # the portal itself: people have voted
    assert Notice.objects.filter(kind="case.approved", recipient=case.author).count() == 1


@pytest.mark.demand("E3")
def test_voted_and_waiting_for_a_volunteer_who_then_signs(
    school: Organisation, head: User, policy: Policy, volunteer: User
) -> None:
    other = make_user(Role.STAFF, at=school)
    sign(policy, other)
    case = make_case(school, runners=[other, volunteer], status=Status.SUBMITTED)
    give(case, by=head)
    (sentence,) = settling.waiting_for(fresh(case))
    assert sentence.startswith("Val Volunteer: Has not signed “Social media”")
    assert fresh(case).status == Status.SUBMITTED
    sign(policy, volunteer)
    assert fresh(case).status == Status.APPROVED


def test_voted_and_waiting_for_a_training_that_is_then_recorded(
    school: Organisation, head: User
) -> None:
    course = make_course(school, title="Running an account", roles=[], for_runners=True, by=head)
    one, other, third = (make_user(Role.STAFF, at=school) for _ in range(3))
    case = make_case(school, runners=[one, other, third], status=Status.SUBMITTED)
    give(case, by=head)
    make_record(one, course, school, by=head)
    waits = send_in(other, course, school)
    assert len(settling.waiting_for(fresh(case))) == 2
    training_evidence.confirm(waits, by=head)
    (sentence,) = settling.waiting_for(fresh(case))
    assert "Has not taken the training" in sentence
    make_record(third, course, school, by=head)
    assert fresh(case).status == Status.APPROVED


def test_signing_settles_nothing_without_the_votes(
    school: Organisation, head: User, policy: Policy, volunteer: User
) -> None:
    case = make_case(school, runners=[head, volunteer], status=Status.SUBMITTED)
    sign(policy, volunteer)
    sign(policy, head)
    assert fresh(case).status == Status.SUBMITTED
    assert not SocialAccount.objects.exists()


def test_a_signature_is_kept_whatever_becomes_of_the_case(
    school: Organisation, head: User, policy: Policy, volunteer: User
) -> None:
    other = make_user(Role.STAFF, at=school)
    sign(policy, other)
    case = make_case(school, runners=[other, volunteer], status=Status.SUBMITTED)
    give(case, by=head)
    rows = BusinessCase.objects.filter(pk=case.pk)
    rows.update(shows_pupils=None)  # no account can be entered from that
    sign(policy, volunteer)
    assert volunteer.acknowledgements.count() == 1
    assert fresh(case).status == Status.SUBMITTED
    rows.update(shows_pupils=False)
    assert settling.settle_all() == 1
    assert fresh(case).status == Status.APPROVED


def test_the_sweep_settles_what_became_ready_by_itself(
    school: Organisation, head: User, policy: Policy
) -> None:
    """Somebody who owed a signature is no longer among those the policy is for."""
    one, other = make_user(Role.STAFF, at=school), make_user(Role.STAFF, at=school)
    sign(policy, one)
    case = make_case(school, runners=[one, other], status=Status.SUBMITTED)
    give(case, by=head)
    assert settling.settle_all() == 0
    exemptions.allow(other, school, by=head, reason="long_leave", starts_on=school.today())
    waiting.look_after()
    assert fresh(case).status == Status.APPROVED
    assert settling.settle_all() == 0


def test_a_found_account_becomes_the_schools_own(school: Organisation, head: User) -> None:
    found = register.record_found(
        school, by=head, address="https://x.com/elm_drama", found_on=school.today(), name="Elm"
    )
    author = make_user(Role.STAFF, at=school)
    case = cases.begin(school, by=author, account=found)
    draft = make_case(school)
    parts = {name: getattr(draft, name) for name in ("aim", "audience", "promotion", "access")}
    cases.change(case, by=author, faces_pupils=False, shows_pupils=False, **parts)
    cases.set_runners(case, by=author, people=[row.person for row in draft.runners.all()])
    case = lead_to(case, Status.APPROVED, head=head)
    account = case.account
    assert account == found
    assert account is not None
    assert (account.status, account.url) == (AccountStatus.SETUP, "https://x.com/elm_drama")
    assert account.runners.count() == 2
    assert AuditEvent.objects.filter(verb="account.adopt").count() == 1


def test_a_found_account_that_is_being_closed_meanwhile_stops_the_approval(
    school: Organisation, head: User
) -> None:
    from accounts.services import life

    found = register.record_found(
        school, by=head, address="https://x.com/elm_drama", found_on=school.today(), name="Elm"
    )
    case = make_case(school, status=Status.SUBMITTED)
    BusinessCase.objects.filter(pk=case.pk).update(account=found)
    life.begin_closing(found, by=head, why="Nobody wants it.")
    give(fresh(case), by=head)
    assert settling.waiting_for(fresh(case)) == ["The account “Elm” is being closed."]
    assert fresh(case).status == Status.SUBMITTED


def test_an_approval_runs_out_and_its_retry_takes_the_account_over(
    school: Organisation, head: User
) -> None:
    case = make_case(school, status=Status.APPROVED, head=head)
    account = case.account
    with time_machine.travel(timezone.now() + 90 * DAY):
        assert waiting.let_run_out() == 0
    with time_machine.travel(timezone.now() + 91 * DAY):
        assert waiting.let_run_out() == 1
        assert waiting.let_run_out() == 0
        case = fresh(case)
        assert case.status == Status.EXPIRED
        assert Notice.objects.filter(kind="case.expired", recipient=case.author).exists()
        again = cases.begin(school, by=case.author, retry_of=case)
        assert again.account == account
        one, other = (row.person for row in case.runners.all())
        joins = make_user(Role.STAFF, at=school)
        cases.set_runners(again, by=case.author, people=[one, joins])
        again = lead_to(again, Status.APPROVED, head=head)
        assert again.account == account
        run = again.account.runners.current(school.today())  # type: ignore[union-attr]
        assert {runner.person for runner in run} == {one, joins}
        assert other not in {runner.person for runner in run}


def test_a_runner_who_left_keeps_it_waiting_and_is_named(school: Organisation, head: User) -> None:
    leaver, other = make_user(Role.STAFF, at=school, name="Lee Leaver"), head
    case = make_case(
        school, runners=[leaver, make_user(Role.STAFF, at=school)], status=Status.SUBMITTED
    )
    memberships.leave(leaver.memberships.get(), last_day=school.today() - DAY, by=None)
    give(case, by=other)
    assert any("Lee Leaver is not at" in said for said in settling.waiting_for(fresh(case)))


def test_a_case_of_another_school_is_not_settled_by_a_signature_there() -> None:
    trust = make_trust()
    here, there = make_school(trust=trust), make_school(trust=trust)
    head = make_user(Role.HEAD, at=here)
    policy = make_policy(here, by=head)
    runner, other = make_user(Role.STAFF, at=here), make_user(Role.STAFF, at=here)
    sign(policy, other)
    case = make_case(here, runners=[runner, other], status=Status.SUBMITTED)
    give(case, by=head)
    theirs = make_policy(there)
    sign(theirs, make_user(Role.STAFF, at=there))
    assert fresh(case).status == Status.SUBMITTED
