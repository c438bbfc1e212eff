"""Changing a password is a task on the pages and in the mails of those who run the account."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.services import runners
from accounts.services.rotations import ask_for_change
from notices.duties import duties_for, duties_of
from notices.health import BEAT
from notices.services import beat
from people.duty import Duty
from people.models import Organisation, User
from people.roles import Role
from people.services import calendar
from tests.accounts.crowds import many_accounts
from tests.accounts.factories import change_password, make_account
from tests.factories import make_user
from tests.queries import visit

pytestmark = pytest.mark.django_db


def passwords(person: User, on: date) -> list[Duty]:
    """What somebody owes, besides looking the account through."""
    return [duty for duty in duties_of(person, on) if duty.kind != "account.check"]


def kinds(person: User, on: date) -> list[str]:
    return [duty.kind for duty in passwords(person, on)]


def test_both_runners_are_asked_and_then_the_one_who_has_not_changed_it(
    school: Organisation,
) -> None:
    calendar.add_term(
        school, by=None, name="Autumn", starts_on=date(2026, 9, 2), ends_on=date(2026, 12, 18)
    )
    with time_machine.travel(datetime(2026, 8, 1, 9, tzinfo=UTC)):
        account = make_account(school, head=make_user(Role.HEAD, at=school), name="Drama")
    one, two = [runner.person for runner in account.runners.order_by("pk")]
    stranger = make_user(Role.STAFF, at=school)
    with time_machine.travel(datetime(2026, 9, 3, 9, tzinfo=UTC)):
        today = school.today()
        (duty,) = passwords(one, today)
        assert (duty.kind, duty.due_on) == ("account.rotate", date(2026, 9, 15))
        assert duty.title == "Change the password of “Drama”"
        assert kinds(two, today) == ["account.rotate"]
        assert kinds(stranger, today) == []
        change_password(account, verified=False)
        assert kinds(one, today) == []
        assert kinds(two, today) == ["account.verify"]
    with time_machine.travel(datetime(2026, 9, 4, 9, tzinfo=UTC)):
        change_password(account)
        assert kinds(one, school.today()) == kinds(two, school.today()) == []


@pytest.mark.demand("H1")
def test_a_runners_tasks_cost_one_query_more_than_anybody_elses(school: Organisation) -> None:
    """One password to change and one to try, for one account or for a hundred."""
    beat(BEAT)
    with time_machine.travel(datetime(2026, 8, 1, 9, tzinfo=UTC)):
        head = make_user(Role.HEAD, at=school)
        drama, sports = (make_account(school, head=head) for _ in range(2))
        one, two = [runner.person for runner in drama.runners.order_by("pk")]
        runners.add(sports, person=one, by=head)
        for name, first, last in (("Autumn", "2026-09-02", "2026-12-18"),):
            calendar.add_term(
                school, by=None, name=name, starts_on=date.fromisoformat(first),
                ends_on=date.fromisoformat(last),
            )  # fmt: skip
    with time_machine.travel(datetime(2026, 9, 3, 9, tzinfo=UTC)):
        change_password(sports, verified=False)
        assert kinds(one, school.today()) == ["account.rotate", "account.verify"]
        few = visit(one, reverse("overview:home"))
        assert len(few) <= 8, few
        many_accounts(school, 100, run_by=[one, two])
        lots = visit(one, reverse("overview:home"))
        assert lots.body.count(b"Crowded account") == 200  # its password, and the check
        assert len(lots) == len(few)


@pytest.mark.parametrize("seed", range(2))
def test_a_page_and_the_sweep_say_the_same_of_everybody(school: Organisation, seed: int) -> None:
    """The query for one person and the one for many people are two: they must not disagree."""
    chance = Random(seed)
    days = [date(2026, 8, 1) + timedelta(days=n) for n in range(0, 160, 24)]
    with time_machine.travel(datetime(2026, 8, 1, 9, tzinfo=UTC)):
        head = make_user(Role.HEAD, at=school)
        if seed % 3:
            calendar.add_term(
                school, by=None, name="Autumn",
                starts_on=date(2026, 9, 2), ends_on=date(2026, 12, 18),
            )  # fmt: skip
        accounts = [make_account(school, head=head) for _ in range(3)]
    for day in days:
        with time_machine.travel(datetime.combine(day, time(9), UTC)):
            account = chance.choice(accounts)
            match chance.randrange(4):
                case 0:
                    change_password(account, verified=chance.random() < 0.5)
                case 1:
                    with transaction.atomic():
                        ask_for_change(
                            account, "lost_device", source=f"{day}", since=timezone.now()
                        )
            everybody = list(duties_for(User.objects.all(), day))
            for person in User.objects.all():
                mine = [duty for duty in duties_of(person, day) if "account" in duty.kind]
                theirs = [duty for duty in everybody if duty.person_id == person.pk]
                assert set(mine) == {duty for duty in theirs if "account" in duty.kind}
