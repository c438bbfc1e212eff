"""Opening an account in an emergency: IT and the leadership team together, and never one alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Emergency, SocialAccount
from accounts.rotation import needs_of
from accounts.services import emergencies
from accounts.tasks import look_after
from notices.models import Mail, Notice
from people.models import Organisation, User
from people.roles import Role
from people.services import membership as memberships
from people.services import organisations
from tests.accounts.factories import change_password, make_account
from tests.factories import make_school, make_trust, make_user
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WHY = "Somebody posts there, and both runners are on a plane."


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


@pytest.fixture
def technician(school: Organisation) -> User:
    return make_user(Role.IT, at=school)


@pytest.fixture
def account(school: Organisation, head: User) -> SocialAccount:
    return make_account(school, head=head, name="Drama")


def told(person: User, kind: str) -> int:
    return Notice.objects.filter(recipient=person, kind=f"account.{kind}").count()


def test_two_of_different_kinds_open_it_for_a_day_and_then_the_password_is_due_by_itself(
    head: User, technician: User, account: SocialAccount
) -> None:
    asked = emergencies.ask(account, by=technician, reason=WHY)
    assert told(head, "emergency_asked") == 1
    assert told(technician, "emergency_asked") == 0
    with pytest.raises(RuleBroken, match="somebody else has to agree"):
        emergencies.agree(asked, by=technician)
    with pytest.raises(RuleBroken, match="from the leadership team has to agree"):
        emergencies.agree(asked, by=make_user(Role.IT, at=account.organisation))
    with pytest.raises(PermissionDenied):
        emergencies.agree(asked, by=make_user(Role.DSL, at=account.organisation))

    opened = emergencies.agree(asked, by=head)
    assert opened.until is not None
    assert opened.until - timezone.now() > 23 * HOUR
    runner = account.runners.earliest("pk").person
    assert told(runner, "emergency_open") == 1
    assert Mail.objects.filter(recipient=runner, kind=Mail.Kind.URGENT).count() == 1
    assert told(technician, "emergency_open") == 1
    assert opened.is_open(timezone.now())
    assert needs_of(account, timezone.now()) == []
    with pytest.raises(RuleBroken, match="open already"):
        emergencies.ask(account, by=head, reason=WHY)

    with time_machine.travel(timezone.now() + 25 * HOUR):
        assert not opened.is_open(timezone.now())  # before the portal has looked
        (need,) = needs_of(account, timezone.now())
        assert (need.reason, need.since) == ("emergency", opened.until)
        look_after()
        look_after()
        opened.refresh_from_db()
        assert (opened.ended_at, opened.ended_by) == (opened.until, None)
        assert told(runner, "emergency_over") == 1
        change_password(account)
        assert needs_of(account, timezone.now()) == []
        emergencies.ask(account, by=head, reason="It happened again.")


def test_it_is_over_sooner_when_somebody_near_says_so(
    head: User, technician: User, account: SocialAccount
) -> None:
    asked = emergencies.ask(account, by=head, reason=WHY)
    opened = emergencies.agree(asked, by=technician)
    with pytest.raises(PermissionDenied):
        emergencies.end(opened, by=make_user(Role.STAFF, at=account.organisation))
    runner = account.runners.earliest("pk").person
    emergencies.end(opened, by=runner)
    (need,) = needs_of(account, timezone.now())
    assert need.due_at <= timezone.now() + 24 * HOUR
    with pytest.raises(RuleBroken, match="not open any more"):
        emergencies.end(opened, by=head)
    with pytest.raises(IntegrityError), transaction.atomic():
        Emergency.objects.filter(pk=opened.pk).update(reason="Something else")


def test_a_request_is_refused_with_a_reason_withdrawn_or_goes_unanswered(
    head: User, technician: User, account: SocialAccount
) -> None:
    first = emergencies.ask(account, by=technician, reason=WHY)
    with pytest.raises(RuleBroken, match="asked already"):
        emergencies.ask(account, by=head, reason=WHY)
    with pytest.raises(RuleBroken, match="Say why"):
        emergencies.refuse(first, by=head, why=" ")
    emergencies.refuse(first, by=head, why="A runner has answered the telephone.")
    assert told(technician, "emergency_refused") == 1
    with pytest.raises(RuleBroken, match="answered this already"):
        emergencies.agree(first, by=head)

    second = emergencies.ask(account, by=technician, reason=WHY)
    with pytest.raises(PermissionDenied):
        emergencies.withdraw(second, by=head)
    emergencies.withdraw(second, by=technician)

    third = emergencies.ask(account, by=technician, reason=WHY)
    with time_machine.travel(timezone.now() + 13 * HOUR):
        with pytest.raises(RuleBroken, match="in time"):
            emergencies.agree(third, by=head)
        look_after()
        third.refresh_from_db()
        assert third.outcome == Emergency.Outcome.LAPSED
        assert told(technician, "emergency_lapsed") == 1
        # Without the sweep, whoever asks again settles it as well.
        fourth = emergencies.ask(account, by=technician, reason=WHY)
    with time_machine.travel(timezone.now() + 30 * HOUR):
        emergencies.ask(account, by=technician, reason=WHY)
        fourth.refresh_from_db()
        assert fourth.outcome == Emergency.Outcome.LAPSED
    assert needs_of(account, timezone.now()) == []


def test_who_may_ask_and_for_what(head: User, account: SocialAccount) -> None:
    for role in (Role.STAFF, Role.OFFICE, Role.DSL, Role.GOVERNOR):
        with pytest.raises(PermissionDenied):
            emergencies.ask(account, by=make_user(role, at=account.organisation), reason=WHY)
    with pytest.raises(RuleBroken, match="never keeps one"):
        emergencies.ask(account, by=head, reason="The pw: Sunflower99 does not work.")
    with pytest.raises(PermissionDenied):
        emergencies.ask(account, by=make_user(Role.IT, at=make_school()), reason=WHY)


def test_the_trust_s_people_are_the_second_person_where_a_school_has_none() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head)
    technician = make_user(Role.TRUST_IT, at=trust)
    asked = emergencies.ask(account, by=head, reason=WHY)
    assert told(technician, "emergency_asked") == 1
    assert emergencies.agree(asked, by=technician).answered_as == Emergency.Kind.IT


def test_where_nobody_could_agree_that_is_said_at_once(
    school: Organisation, head: User, account: SocialAccount
) -> None:
    with pytest.raises(RuleBroken, match="Somebody from IT has to agree, and nobody else"):
        emergencies.ask(account, by=head, reason=WHY)
    technician = make_user(Role.IT, at=school)
    emergencies.withdraw(emergencies.ask(account, by=head, reason=WHY), by=head)
    post = technician.memberships.get()
    memberships.leave(post, last_day=post.starts_on, by=head)
    with pytest.raises(RuleBroken, match="Somebody from IT has to agree"):
        emergencies.ask(account, by=head, reason=WHY)


def test_whoever_is_both_asks_as_it_and_opens_nothing_alone(
    school: Organisation, head: User, account: SocialAccount
) -> None:
    both = make_user(Role.IT, Role.SLT, at=school)
    asked = emergencies.ask(account, by=both, reason=WHY)
    with pytest.raises(RuleBroken, match="somebody else"):
        emergencies.agree(asked, by=both)
    with pytest.raises(IntegrityError), transaction.atomic():
        Emergency.objects.filter(pk=asked.pk).update(
            outcome="agreed", answered_by=both, answered_as="leaders",
            answered_at=timezone.now(), until=timezone.now() + HOUR,
        )  # fmt: skip
    assert emergencies.agree(asked, by=head).outcome == Emergency.Outcome.AGREED


def test_a_school_sets_its_own_hours(
    school: Organisation, head: User, technician: User, account: SocialAccount
) -> None:
    organisations.change_settings(school, {"accounts.emergency_hours": 4}, by=head)
    account = SocialAccount.objects.get(pk=account.pk)
    opened = emergencies.agree(emergencies.ask(account, by=technician, reason=WHY), by=head)
    assert opened.until is not None
    assert opened.until - timezone.now() < 5 * HOUR
