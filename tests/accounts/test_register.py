"""What stands on the register, and who may enter it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from accounts.models import SocialAccount
from accounts.services import register
from accounts.workflow import Status
from people.models import Organisation
from people.roles import Role
from tests.accounts.factories import make_account
from tests.factories import make_school, make_trust, make_user
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


def test_an_account_is_entered_with_the_address_it_is_known_by(school: Organisation) -> None:
    office = make_user(Role.OFFICE, at=school)
    account = register.add(
        school, by=office, platform="instagram", address="@Hill_Drama", name="Drama"
    )
    assert (account.status, account.key) == (Status.SETUP, "instagram:hill_drama")
    assert account.url == "https://www.instagram.com/hill_drama/"
    assert account.house_rules.hour_from == 8
    event = AuditEvent.objects.get(verb="account.add")
    assert "Drama" not in str(event.details)


def test_one_account_stands_once_on_all_registers_however_it_is_written(
    school: Organisation,
) -> None:
    make_account(school, address="twitter.com/Hill")
    office = make_user(Role.OFFICE, at=school)
    with pytest.raises(RuleBroken, match="on your register already: Drama"):
        register.add(school, by=office, platform="x", address="https://x.com/HILL/?s=1", name="B")
    elsewhere = make_school()
    with pytest.raises(RuleBroken, match="another school’s register") as refused:
        register.add(
            elsewhere,
            by=make_user(Role.OFFICE, at=elsewhere),
            platform="x",
            address="@hill",
            name="C",
        )
    assert school.name not in str(refused.value)
    assert SocialAccount.objects.count() == 1


def test_the_database_itself_refuses_a_twin(school: Organisation) -> None:
    account = make_account(school)
    with pytest.raises(IntegrityError):
        SocialAccount.objects.create(
            organisation=school, platform="x", name="Twin", key=account.key, status="setup"
        )


@pytest.mark.demand("E5")
@pytest.mark.parametrize(
    "email", ["drama@gmail.example", "drama@schoo1.example", "drama@sch\u043e\u043el1.example"]
)
def test_an_address_that_is_not_the_schools_is_refused_naming_its_domains(email: str) -> None:
    school = make_school()
    ours = school.domains.get().domain
    office = make_user(Role.OFFICE, at=school)
    with pytest.raises(RuleBroken, match=f"they end in @{ours}"):
        register.add(school, by=office, platform="x", name="Drama", email=email)
    assert not SocialAccount.objects.exists()
    assert register.add(school, by=office, platform="x", name="Drama", email=f"drama@{ours}").pk


@pytest.mark.parametrize("role", [Role.STAFF, Role.DSL, Role.GOVERNOR, Role.CLERK])
def test_who_does_not_keep_the_register_enters_nothing(school: Organisation, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        register.add(school, by=make_user(role, at=school), platform="x", name="Drama")


def test_only_the_leadership_team_vouches_for_an_account_from_before(school: Organisation) -> None:
    office = make_user(Role.OFFICE, at=school)
    with pytest.raises(PermissionDenied):
        register.enter_existing(
            school,
            by=office,
            platform="x",
            address="@hill",
            agreed_on=school.today(),
            agreed_note="The head",
            name="Drama",
        )


def test_pupils_are_let_in_once_the_head_of_faculty_has_confirmed_the_address(
    school: Organisation,
) -> None:
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head)
    faculty = make_user(Role.STAFF, at=school)
    with pytest.raises(RuleBroken, match="head of faculty has to confirm"):
        register.open_to_pupils(account, by=head, is_open=True)
    register.tell_address(account, to=faculty, by=head)
    with pytest.raises(PermissionDenied):
        register.confirm_address(account, by=head)
    register.confirm_address(account, by=faculty)
    account = register.open_to_pupils(account, by=head, is_open=True)
    assert account.open_to_pupils
    account = register.set_address(account, by=head, address="https://x.com/elsewhere")
    assert not account.open_to_pupils  # what was confirmed was another address


def test_a_runner_sees_the_account_and_a_colleague_does_not(school: Organisation) -> None:
    account = make_account(school)
    runner = account.runners.first()
    assert runner is not None
    seen = SocialAccount.objects.visible_to
    assert seen(runner.person).get() == account
    assert not seen(make_user(Role.STAFF, at=school)).exists()
    assert not seen(make_user(Role.HEAD, at=make_school())).exists()


def test_the_lead_of_the_trust_sees_the_accounts_of_its_schools() -> None:
    trust = make_trust()
    account = make_account(make_school(trust=trust))
    assert SocialAccount.objects.visible_to(make_user(Role.TRUST_LEAD, at=trust)).get() == account


def test_a_day_that_has_not_come_is_no_day_to_have_found_it(school: Organisation) -> None:
    office = make_user(Role.OFFICE, at=school)
    with pytest.raises(RuleBroken, match="not come yet"):
        register.record_found(
            school,
            by=office,
            address="https://x.com/hill_fun",
            found_on=school.today() + timedelta(days=1),
            name="Fun",
        )
    found = register.record_found(
        school, by=office, address="https://x.com/hill_fun", found_on=school.today(), name="Fun"
    )
    assert (found.status, found.platform) == (Status.UNAUTHORISED, "x")
