"""Who runs an account, and what follows when somebody leaves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import RotationCause, SocialAccount
from accounts.removal_duties import REMOVING
from accounts.rotation import State, needs_of
from accounts.services import life, rotations, runners
from accounts.workflow import Status
from notices.models import Notice
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership as memberships
from tests.accounts.factories import change_password, make_account, make_runner
from tests.factories import make_school, make_user
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.mark.demand("E6")
def test_when_a_runner_of_two_leaves_everything_follows_in_one_transaction(
    school: Organisation,
) -> None:
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head)
    leaver = account.runners.first()
    assert leaver is not None
    post = leaver.person.memberships.get()

    memberships.leave(post, last_day=school.today(), by=head)

    account.refresh_from_db()
    leaver.refresh_from_db()
    assert (account.status, account.paused_from) == (Status.RESTRICTED, Status.LIVE)
    assert leaver.ends_on == school.today()
    assert leaver.access_removed_at is None  # a task, from the next day on
    cause = RotationCause.objects.get(account=account)
    assert cause.reason == "leaver"
    assert cause.due_at - cause.since == timedelta(hours=24)
    assert Notice.objects.filter(recipient=head, kind="account.restricted").count() == 1
    assert AuditEvent.objects.filter(verb="account.restrict").count() == 1


@pytest.mark.demand("E6")
def test_removing_a_leavers_access_is_a_task_of_it_and_the_office_else_of_the_head(
    school: Organisation,
) -> None:
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head)
    leaver = account.runners.first()
    assert leaver is not None
    memberships.leave(leaver.person.memberships.get(), last_day=school.today(), by=head)
    tomorrow = school.today() + timedelta(days=1)

    def owing() -> set[User]:
        everybody = User.objects.order_by("pk")
        of_all = {duty.person_id for duty in REMOVING.owed(everybody, tomorrow)}
        of_each = {one.pk for one in everybody if list(REMOVING.of(one, tomorrow))}
        assert of_all == of_each
        return set(User.objects.filter(pk__in=of_all))

    assert list(REMOVING.of(head, school.today())) == []  # the last day still counts
    assert owing() == {head}
    it, office = make_user(Role.IT, at=school), make_user(Role.OFFICE, at=school)
    make_user(Role.IT, at=make_school())
    assert owing() == {it, office}
    runners.remove_access(leaver, by=it)
    assert owing() == set()


def another_app_refuses(membership: Membership, *, by: User | None) -> None:
    raise RuleBroken("They still have the key to the hall.")


@pytest.mark.demand("E6")
def test_where_leaving_fails_nothing_of_it_has_happened(
    school: Organisation, settings: Any
) -> None:
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head)
    leaver = account.runners.first()
    assert leaver is not None
    settings.LEAVER_STEPS = [*settings.LEAVER_STEPS, f"{__name__}.another_app_refuses"]
    with pytest.raises(RuleBroken, match="key to the hall"):
        memberships.leave(leaver.person.memberships.get(), last_day=school.today(), by=head)
    account.refresh_from_db()
    leaver.refresh_from_db()
    assert (account.status, leaver.ends_on) == (Status.LIVE, None)
    assert not RotationCause.objects.exists()
    assert not Notice.objects.filter(kind="account.restricted").exists()
    assert not AuditEvent.objects.filter(verb__in=["runner.end", "account.restrict"]).exists()


def test_a_leaving_that_lies_ahead_restricts_on_the_day_after(school: Organisation) -> None:
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head)
    leaver = account.runners.first()
    assert leaver is not None
    last_day = school.today() + 5 * DAY
    memberships.leave(leaver.person.memberships.get(), last_day=last_day, by=head)
    account.refresh_from_db()
    assert account.status == Status.LIVE
    assert needs_of(account, timezone.now()) == []
    with time_machine.travel(timezone.now() + 5 * DAY):
        assert life.sweep_pauses() == 0
    with time_machine.travel(timezone.now() + 6 * DAY):
        assert life.sweep_pauses() == 1
        assert life.sweep_pauses() == 0
        account.refresh_from_db()
        assert account.status == Status.RESTRICTED
        (need,) = needs_of(account, timezone.now())
        assert need.reason == "leaver"


def test_of_three_runners_one_may_leave_and_the_account_goes_on(school: Organisation) -> None:
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head, run_by=3)
    leaver = account.runners.first()
    assert leaver is not None
    memberships.leave(leaver.person.memberships.get(), last_day=school.today(), by=head)
    account.refresh_from_db()
    assert account.status == Status.LIVE
    assert needs_of(account, timezone.now())[0].reason == "leaver"


def test_leaving_another_school_changes_nothing_here(school: Organisation) -> None:
    account = make_account(school)
    runner = account.runners.first()
    assert runner is not None
    elsewhere = make_school()
    post = memberships.join(runner.person, elsewhere, starts_on=school.today() - DAY, by=None)
    memberships.leave(post, last_day=school.today(), by=None)
    runner.refresh_from_db()
    assert runner.ends_on is None


def test_a_leaver_cannot_be_made_a_runner_and_nobody_runs_it_twice(school: Organisation) -> None:
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head)
    left = make_user(Role.STAFF, at=school)
    memberships.leave(left.memberships.get(), last_day=school.today() - DAY, by=head)
    with pytest.raises(RuleBroken, match="does not belong to"):
        runners.add(account, person=left, by=head)
    runner = account.runners.first()
    assert runner is not None
    with pytest.raises(RuleBroken, match="runs this account already"):
        runners.add(account, person=runner.person, by=head)


def test_whoever_stops_running_it_leaves_the_same_trail(school: Organisation) -> None:
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head, run_by=3)
    one, other = account.runners.all()[:2]
    with pytest.raises(PermissionDenied):
        runners.end(one, by=other.person, last_day=school.today())
    runners.end(one, by=one.person, last_day=school.today() - 0 * DAY)
    assert RotationCause.objects.get().reason == "role_change"
    with pytest.raises(RuleBroken, match="still runs"):
        runners.remove_access(other, by=head)
    with pytest.raises(RuleBroken, match="Somebody else"):
        runners.remove_access(one, by=one.person)
    assert runners.remove_access(one, by=other.person).access_removed_by == other.person


def test_a_restricted_account_is_suspended_after_ten_school_days(school: Organisation) -> None:
    head = make_user(Role.HEAD, at=school)
    with time_machine.travel("2026-11-02T09:00:00Z"):  # a Monday; no terms: weekdays count
        account = make_account(school, head=head, run_by=1)
        assert life.sweep_pauses() == 1
    with time_machine.travel("2026-11-13T09:00:00Z"):
        assert life.sweep_pauses() == 0
    with time_machine.travel("2026-11-16T09:00:00Z"):
        assert life.sweep_pauses() == 1
    account.refresh_from_db()
    assert (account.status, account.paused_from) == (Status.SUSPENDED, Status.LIVE)


def test_a_suspended_account_comes_back_by_another_hand_with_a_new_password(
    school: Organisation,
) -> None:
    head = make_user(Role.HEAD, at=school)
    slt = make_user(Role.SLT, at=school)
    account = make_account(school, head=head)
    account = life.suspend(account, by=slt, why="Somebody else posted on it.")
    with pytest.raises(RuleBroken) as refused:
        life.reinstate(account, by=slt)
    assert any("You suspended" in reason for reason in refused.value.reasons)
    assert any("password has to be changed" in reason for reason in refused.value.reasons)
    change_password(account)
    account = life.reinstate(account, by=head)
    assert (account.status, account.paused_from, account.suspended_why) == ("live", "", "")


def test_a_runner_suspends_at_once_and_a_colleague_who_has_no_part_in_it_does_not(
    school: Organisation,
) -> None:
    account = make_account(school)
    with pytest.raises(PermissionDenied):
        life.suspend(account, by=make_user(Role.STAFF, at=school), why="I do not like it.")
    runner = account.runners.first()
    assert runner is not None
    assert life.suspend(account, by=runner.person, why="We lost a telephone.").status == "suspended"


@pytest.mark.demand("E7")
def test_a_change_before_the_leaving_day_does_not_count_and_the_changer_does_not_confirm(
    school: Organisation,
) -> None:
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head, run_by=3)
    one, two, three = account.runners.all()
    change_password(account, changed_at=timezone.now() - timedelta(hours=3))
    runners.end(three, by=head, last_day=school.today())
    (need,) = needs_of(account, timezone.now())
    assert (need.reason, need.state) == ("role_change", State.DUE)

    rotation = change_password(account, verified=False)
    assert needs_of(account, timezone.now())[0].state == State.ATTESTED
    with pytest.raises(RuleBroken, match="Somebody else"):
        rotations.verify(rotation, by=one.person)
    with pytest.raises(PermissionDenied):
        rotations.verify(rotation, by=make_user(Role.STAFF, at=school))
    with pytest.raises(RuleBroken, match="One of its runners"):
        rotations.verify(rotation, by=head)
    rotations.verify(rotation, by=two.person)
    assert needs_of(account, timezone.now()) == []
    with pytest.raises(RuleBroken, match="confirmed this already"):
        rotations.verify(rotation, by=two.person)


def test_the_leadership_team_is_the_witness_where_there_is_no_second_runner(
    school: Organisation,
) -> None:
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head, run_by=0)
    only = make_runner(account, head=head)
    rotation = rotations.attest(
        account,
        by=only.person,
        changed_at=timezone.now(),
        sessions_ended=True,
        second_factor_ours=True,
        vault="Office vault",
    )
    assert rotations.verify(rotation, by=head).witnessed


def test_a_password_is_never_taken(school: Organisation) -> None:
    account = make_account(school)
    with pytest.raises(RuleBroken, match="never keeps one"):
        change_password(account, vault="password: Sunflower99")
    assert not account.rotations.exists()


def test_an_account_goes_back_to_what_it_was_whatever_the_page_had_read(
    school: Organisation,
) -> None:
    head, slt = (make_user(role, at=school) for role in (Role.HEAD, Role.SLT))
    account = make_account(school, head=head)
    read_before = SocialAccount.objects.get(pk=account.pk)
    life.suspend(account, by=head, why="Somebody else posted there.")
    change_password(account)
    assert life.reinstate(read_before, by=slt).status == Status.LIVE


def test_a_last_day_at_the_end_of_the_calendar_is_no_error(school: Organisation) -> None:
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head)
    one, two = account.runners.all()
    runners.end(one, by=head, last_day=date.max)
    memberships.leave(two.person.memberships.get(), last_day=date.max, by=head)
    account.refresh_from_db()
    assert account.status == Status.LIVE
