"""Sign-in confirmed, the address told before pupils come, and a password that cannot wait."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.rotation import needs_of
from accounts.services import life, register, urgent_change
from notices.duties import duties_of
from people.models import Organisation
from people.roles import Role
from tests.accounts.factories import change_password, make_account
from tests.factories import make_user
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


def test_whoever_is_told_the_address_owes_that_they_look_until_they_have(
    school: Organisation,
) -> None:
    head = make_user(Role.HEAD, at=school)
    faculty = make_user(Role.STAFF, at=school)
    account = make_account(school, head=head, name="Drama")
    register.tell_address(account, to=faculty, by=head)
    (duty,) = duties_of(faculty, school.today())
    assert (duty.kind, (duty.due_on - school.today()).days) == ("account.confirm_address", 5)
    with pytest.raises(RuleBroken, match="has to confirm"):
        register.open_to_pupils(account, by=head, is_open=True)
    register.confirm_address(account, by=faculty)
    assert duties_of(faculty, school.today()) == []
    assert register.open_to_pupils(account, by=head, is_open=True).open_to_pupils


def test_after_something_went_wrong_the_password_is_due_within_a_day_and_asked_for_once(
    school: Organisation,
) -> None:
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head)
    with pytest.raises(PermissionDenied):
        urgent_change.ask(account, by=make_user(Role.STAFF, at=school))
    urgent_change.ask(account, by=make_user(Role.DSL, at=school))
    (need,) = needs_of(account, timezone.now())
    assert need.reason == "incident"
    with pytest.raises(RuleBroken, match="asked for already"):
        urgent_change.ask(account, by=head)
    change_password(account)
    urgent_change.ask(account, by=account.runners.earliest("pk").person)
    life.begin_closing(account, by=head, why="The department has gone.")
    closed = make_account(school, head=head)
    closed.status = "setup"
    closed.save(update_fields=["status"])
    with pytest.raises(RuleBroken, match="Nobody signs in"):
        urgent_change.ask(closed, by=head)
