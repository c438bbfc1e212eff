"""The last day of a runner, a second suspension on one day, and what the portal suspends itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.duties import ROTATING, VERIFYING
from accounts.rotation import needs_of
from accounts.services import life, rotations, runners
from accounts.tasks import look_after
from accounts.workflow import Status
from approvals.services import launching
from approvals.workflow import Status as CaseStatus
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from people.services import calendar
from people.services import membership as memberships
from tests.accounts.factories import change_password, make_account, make_runner
from tests.approvals.factories import consider, make_case, set_up
from tests.factories import make_user
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


@pytest.mark.demand("E6")
def test_whoever_joins_the_runners_with_a_last_day_ahead_stops_running_it_then(
    school: Organisation, head: User
) -> None:
    account = make_account(school, head=head, run_by=1)
    leaver, today = make_user(Role.STAFF, at=school), school.today()
    last_day = today + 3 * DAY
    memberships.leave(leaver.memberships.get(), last_day=last_day, by=head)
    runner = make_runner(account, head=head, person=leaver)
    look_after()
    runner.refresh_from_db()
    assert runner.ends_on is None
    with time_machine.travel(timezone.now() + 4 * DAY):
        look_after()
        look_after()
        runner.refresh_from_db()
        account.refresh_from_db()
        assert (runner.ends_on, account.status) == (last_day, Status.RESTRICTED)
        (cause,) = account.causes.all()
        assert cause.reason == "leaver"
        assert cause.since.astimezone(school.zone).date() == last_day


@pytest.mark.demand("E6")
def test_a_last_day_that_was_entered_before_the_trial_asks_for_a_new_password_then(
    school: Organisation, head: User
) -> None:
    case = make_case(school, status=CaseStatus.APPROVED, head=head)
    consider(case)
    case = set_up(case, by=head)
    account = case.account
    assert account is not None
    third = make_user(Role.STAFF, at=school)
    runners.add(account, person=third, by=head)
    last_day = school.today() + 3 * DAY
    runners.end(account.runners.earliest("pk"), by=head, last_day=last_day)
    assert not account.causes.exists()  # nobody signs in to it yet
    launching.begin_pilot(case, by=head, until=school.today() + 20 * DAY)
    (cause,) = account.causes.all()
    assert cause.since.astimezone(school.zone).date() == last_day


@pytest.mark.demand("E7")
def test_whoever_stops_today_neither_changes_the_password_nor_tries_it(
    school: Organisation, head: User
) -> None:
    account = make_account(school, head=head, run_by=3)
    leaver, one, other = (row.person for row in account.runners.order_by("pk"))
    runners.end(account.runners.get(person=leaver), by=head, last_day=school.today())
    with pytest.raises(RuleBroken, match="your last day on this account"):
        rotations.attest(
            account, by=leaver, changed_at=timezone.now(), sessions_ended=True,
            second_factor_ours=True, vault="Office vault",
        )  # fmt: skip
    today = school.today()
    assert [list(ROTATING.of(who, today)) == [] for who in (leaver, one)] == [True, False]
    rotation = rotations.attest(
        account, by=one, changed_at=timezone.now(), sessions_ended=True,
        second_factor_ours=True, vault="Office vault",
    )  # fmt: skip
    assert [list(VERIFYING.of(who, today)) == [] for who in (leaver, other)] == [True, False]
    with pytest.raises(RuleBroken, match="your last day on this account"):
        rotations.verify(rotation, by=leaver)
    rotations.verify(rotation, by=other)
    assert needs_of(account, timezone.now()) == []


@pytest.mark.demand("E7")
def test_where_only_a_leaver_is_left_beside_the_changer_the_leadership_team_is_the_witness(
    school: Organisation, head: User
) -> None:
    account = make_account(school, head=head)
    leaver = account.runners.earliest("pk")
    runners.end(leaver, by=head, last_day=school.today())
    stays = account.runners.latest("pk").person
    rotation = rotations.attest(
        account, by=stays, changed_at=timezone.now(), sessions_ended=True,
        second_factor_ours=True, vault="Office vault",
    )  # fmt: skip
    assert rotations.verify(rotation, by=head).witnessed


def test_an_account_that_the_portal_suspends_owes_the_new_password_without_which_it_stays_so(
    school: Organisation, head: User
) -> None:
    with time_machine.travel("2026-11-02T09:00:00Z"):
        account = make_account(school, head=head, run_by=1)
        life.sweep_pauses()
    with time_machine.travel("2026-11-16T09:00:00Z"):
        assert life.sweep_pauses() == 1
        account.refresh_from_db()
        assert account.status == Status.SUSPENDED
        (need,) = needs_of(account, timezone.now())
        assert need.reason == "suspended"
        make_runner(account, head=head)
        change_password(account)
        assert life.reinstate(account, by=head).status == Status.LIVE


def test_whoever_forgets_next_years_terms_stops_no_suspension(
    school: Organisation, head: User
) -> None:
    calendar.add_term(
        school, by=None, name="Summer", starts_on=date(2026, 4, 13), ends_on=date(2026, 7, 17)
    )
    with time_machine.travel("2026-11-16T09:00:00Z"):  # 122 days later
        account = make_account(school, head=head, run_by=1)
        assert life.sweep_pauses() == 1
    with time_machine.travel("2026-11-30T09:00:00Z"):
        assert life.sweep_pauses() == 1
    account.refresh_from_db()
    assert account.status == Status.SUSPENDED


def test_the_leadership_team_hears_of_a_second_suspension_on_one_day(
    school: Organisation, head: User
) -> None:
    slt = make_user(Role.SLT, at=school)
    with time_machine.travel("2026-11-16T08:00:00Z", tick=False) as clock:
        account = make_account(school, head=head)
        runner = account.runners.earliest("pk").person
        for hour in (9, 12):
            clock.move_to(f"2026-11-16T{hour:02}:00:00Z")
            life.suspend(account, by=runner, why="Somebody else posted there.")
            clock.shift(3600)
            change_password(account)
            life.reinstate(account, by=slt)
    told = Notice.objects.filter(recipient=head)
    assert told.filter(kind="account.suspended").count() == 2
    assert told.filter(kind="account.reinstated").count() == 2
