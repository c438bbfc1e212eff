"""Changing a password is a task on the pages and in the mails of those who run the account."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from notices.duties import duties_of
from people.models import Organisation
from people.roles import Role
from people.services import calendar
from tests.accounts.factories import change_password, make_account
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def kinds(person: object, on: date) -> list[str]:
    return [duty.kind for duty in duties_of(person, on)]  # type: ignore[arg-type]


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
        (duty,) = duties_of(one, today)
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
