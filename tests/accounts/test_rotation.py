"""Passwords are changed once in each of the school's own terms."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import MissedRotation, SocialAccount
from accounts.rotation import State, needs, needs_of
from accounts.services import rotations
from people.models import Organisation
from people.roles import Role
from people.services import calendar
from tests.accounts.factories import change_password, make_account
from tests.factories import make_school, make_user

pytestmark = pytest.mark.django_db
AUTUMN = (date(2026, 9, 2), date(2026, 12, 18))
SPRING = (date(2027, 1, 5), date(2027, 3, 25))


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=UTC)


@pytest.fixture
def taught(school: Organisation) -> Organisation:
    for name, (first, last) in (("Autumn", AUTUMN), ("Spring", SPRING)):
        calendar.add_term(school, by=None, name=name, starts_on=first, ends_on=last)
    return school


@pytest.fixture
def account(taught: Organisation) -> SocialAccount:
    with time_machine.travel(at("2026-07-01")):
        return make_account(taught, head=make_user(Role.HEAD, at=taught))


def test_it_is_due_on_the_tenth_school_day_of_the_term(account: SocialAccount) -> None:
    (need,) = needs_of(account, at("2026-09-02"))
    assert (need.reason, need.state, need.estimated) == ("termly", State.DUE, False)
    assert need.due_at.date() == date(2026, 9, 15)
    assert not need.is_overdue(at("2026-09-15", 20))
    assert need.is_overdue(at("2026-09-16"))


def test_nothing_is_due_in_the_holidays(account: SocialAccount) -> None:
    with time_machine.travel(at("2026-09-10")):
        change_password(account)
    for day in ("2026-08-20", "2026-09-11", "2026-12-18", "2026-12-24"):
        assert needs_of(account, at(day)) == []
    assert needs_of(account, at("2027-01-05"))[0].occasion.endswith("term:2027-01-05")


def test_a_change_in_the_summer_does_not_serve_the_autumn(account: SocialAccount) -> None:
    with time_machine.travel(at("2026-08-30")):
        change_password(account)
    assert needs_of(account, at("2026-09-02"))


def test_a_new_account_has_this_terms_password_already(taught: Organisation) -> None:
    with time_machine.travel(at("2026-10-01")):
        new = make_account(
            taught, head=make_user(Role.HEAD, at=taught), live_since=date(2026, 10, 1)
        )
    assert needs_of(new, at("2026-10-20")) == []
    assert needs_of(new, at("2027-01-06"))


def test_an_account_that_is_entered_late_in_the_term_is_not_overdue_at_once(
    taught: Organisation,
) -> None:
    with time_machine.travel(at("2026-11-16")):
        late = make_account(taught, head=make_user(Role.HEAD, at=taught))
    (need,) = needs_of(late, at("2026-11-16"))
    assert need.due_at.date() == date(2026, 11, 30)
    assert rotations.record_missed(at("2026-12-19")) == 0


def test_a_waiver_lets_it_go_until_its_last_day(account: SocialAccount) -> None:
    with time_machine.travel(at("2026-09-03")):
        slt = make_user(Role.SLT, at=account.organisation)
        rotations.waive(account, by=slt, reason="The platform is down.", until=date(2026, 9, 20))
    assert needs_of(account, at("2026-09-20")) == []
    assert needs_of(account, at("2026-09-21"))


@pytest.mark.demand("E9")
def test_a_term_without_a_change_stays_on_record_as_missed_for_good(
    account: SocialAccount,
) -> None:
    assert rotations.record_missed(at("2026-12-18", 20)) == 0
    assert rotations.record_missed(at("2026-12-19")) == 1
    assert rotations.record_missed(at("2026-12-20")) == 0
    row = MissedRotation.objects.get()
    assert (row.term_name, row.ends_on) == ("Autumn", AUTUMN[1])
    with time_machine.travel(at("2027-01-10")):
        change_password(account)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        MissedRotation.objects.update(term_name="Nothing")
    calendar.delete(account.organisation.terms.earliest("starts_on"), by=None)
    assert MissedRotation.objects.get().term_name == "Autumn"


def test_a_term_with_a_change_is_not_missed(account: SocialAccount) -> None:
    with time_machine.travel(at("2026-12-18", 20)):
        change_password(account)
    assert rotations.record_missed(at("2026-12-19")) == 0


def test_without_terms_it_is_asked_for_by_days_and_says_so(school: Organisation) -> None:
    with time_machine.travel(at("2026-07-01")):
        account = make_account(
            school, head=make_user(Role.HEAD, at=school), live_since=date(2026, 7, 1)
        )
    assert needs_of(account, at("2026-08-01")) == []
    (need,) = needs_of(account, at("2026-09-15"))
    assert need.estimated
    assert need.due_at.date() == date(2026, 7, 1) + timedelta(days=120)
    with time_machine.travel(at("2026-09-15")):
        change_password(account)
    assert needs_of(account, at("2026-09-16")) == []


@pytest.mark.parametrize("size", [1, 6])
def test_the_same_number_of_queries_for_one_school_and_for_six(size: int) -> None:
    for _ in range(size):
        place = make_school()
        calendar.add_term(place, by=None, name="Autumn", starts_on=AUTUMN[0], ends_on=AUTUMN[1])
        account = make_account(place)
        change_password(account, verified=False)
    with CaptureQueriesContext(connection) as counted:
        needs(SocialAccount.objects.select_related("organisation__parent"), at("2026-10-01"))
    assert len(counted) == 4
