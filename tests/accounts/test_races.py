"""Runners, leaders and schools at the same moment, with real threads and transactions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import RotationCause, SocialAccount, Verification
from accounts.services import life, register, rotations, runners
from accounts.workflow import Status
from people.models import User
from people.roles import Role
from tests.accounts.factories import change_password, make_account
from tests.factories import make_school, make_user
from tests.races import together, while_held
from trail.models import AuditEvent
from trail.verify import check
from web.errors import RuleBroken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("postgresql")]


def fresh(person: User) -> User:
    """As another request would have them."""
    found: User = User.objects.get(pk=person.pk)
    return found


def people_of(account: SocialAccount) -> list[User]:
    return [one.person for one in account.runners.order_by("pk")]


def refused(results: list[Any]) -> list[RuleBroken]:
    """What went wrong, which is always a sentence for a person."""
    problems = [one for one in results if isinstance(one, RuleBroken)]
    assert len(problems) == sum(isinstance(one, Exception) for one in results), results
    return problems


def recorded(account: SocialAccount, verb: str) -> int:
    return AuditEvent.objects.filter(verb=verb, target_id=account.pk).count()


def test_one_change_of_a_password_is_attested_once_and_verified_once() -> None:
    account = make_account(run_by=4)
    at = timezone.now() - timedelta(minutes=5)

    def attest(person: User) -> Any:
        return rotations.attest(
            account, by=fresh(person), changed_at=at, sessions_ended=True,
            second_factor_ours=True, vault="Office vault",
        )  # fmt: skip

    first, *others = people_of(account)
    results = together(*(lambda person=person: attest(person) for person in (first, *others)))
    assert [str(one) for one in refused(results)] == ["This change is on record already."] * 3
    rotation = account.rotations.get()
    testers = [one for one in (first, *others) if one.pk != rotation.attested_by_id]
    results = together(
        *(lambda person=person: rotations.verify(rotation, by=fresh(person)) for person in testers)
    )
    assert [str(one) for one in refused(results)] == ["Somebody has confirmed this already."] * 2
    assert Verification.objects.count() == recorded(account, "rotation.verify") == 1
    assert check(account.organisation_id).found is None


def test_two_runners_who_stop_at_once_leave_a_restricted_account_and_each_asks_for_a_change() -> (
    None
):
    account = make_account(run_by=3)
    going = account.runners.order_by("pk")[:2]
    today = account.organisation.today()
    results = together(
        *(lambda row=row: runners.end(row, by=fresh(row.person), last_day=today) for row in going)
    )
    assert refused(results) == []
    account.refresh_from_db()
    assert (account.status, account.paused_from) == (Status.RESTRICTED, Status.LIVE)
    assert recorded(account, "account.restrict") == 1
    assert RotationCause.objects.filter(account=account).count() == 2
    assert check(account.organisation_id).found is None


def suspended(run_by: int = 2) -> tuple[SocialAccount, User, User]:
    """An account that could come back: its password was changed and tried since."""
    school = make_school()
    head, other = (make_user(Role.HEAD, at=school), make_user(Role.SLT, at=school))
    account = make_account(school, head=head, run_by=run_by)
    life.suspend(account, by=head, why="Somebody else posted there.")
    change_password(account)
    account.refresh_from_db()
    return account, head, other


def test_a_suspension_that_comes_while_an_account_is_reinstated_is_not_lost() -> None:
    account, _, other = suspended()
    dsl = make_user(Role.DSL, at=account.organisation)

    result = while_held(
        lambda: life.reinstate(account, by=fresh(other)),
        lambda: life.suspend(account, by=fresh(dsl), why="It posts again."),
        lambda: None,
    )

    assert isinstance(result, SocialAccount), repr(result)  # it waited, and then it was its turn
    account.refresh_from_db()
    assert (account.status, account.paused_from) == (Status.SUSPENDED, Status.LIVE)
    assert account.suspended_by == dsl
    assert recorded(account, "account.resume") == 1


def test_an_account_is_not_reinstated_past_a_runner_who_stops_meanwhile() -> None:
    account, _, other = suspended()
    last = account.runners.order_by("pk").last()
    assert last is not None
    yesterday = account.organisation.today() - timedelta(days=1)
    type(last).objects.filter(pk=last.pk).update(starts_on=yesterday)

    result = while_held(
        lambda: runners.end(last, by=fresh(last.person), last_day=yesterday),
        lambda: life.reinstate(account, by=fresh(other)),
        lambda: None,
    )

    assert isinstance(result, RuleBroken), repr(result)
    assert [one.partition(";")[0] for one in result.reasons] == ["One person runs the account"]
    account.refresh_from_db()
    assert account.status == Status.SUSPENDED


def test_five_who_suspend_at_once_suspend_it_once() -> None:
    account = make_account(run_by=5)
    results = together(
        *(
            lambda person=person: life.suspend(account, by=fresh(person), why="Odd posts.")
            for person in people_of(account)
        )
    )
    assert len(refused(results)) == 4
    assert recorded(account, "account.suspend") == 1
    assert RotationCause.objects.filter(account=account).count() == 1


def test_of_two_schools_that_enter_one_address_one_has_it_and_the_other_hears_why() -> None:
    heads = [make_user(Role.HEAD, at=make_school()) for _ in range(2)]
    schools = [head.memberships.get().organisation for head in heads]

    def enter(index: int, address: str) -> Any:
        return register.enter_existing(
            schools[index], by=fresh(heads[index]), platform="x", address=address, name="News",
            agreed_on=schools[index].today(), agreed_note="The governors",
        )  # fmt: skip

    results = together(
        lambda: enter(0, "https://x.com/HillSchool"),
        lambda: enter(1, "twitter.com/hillschool?s=20"),
    )
    [problem] = refused(results)
    assert "register" in str(problem)
    assert schools[0].name not in str(problem)
    assert schools[1].name not in str(problem)
    assert SocialAccount.objects.count() == 1


def test_of_two_accounts_that_get_one_address_at_once_one_has_it() -> None:
    head = make_user(Role.HEAD, at=make_school())
    school = head.memberships.get().organisation
    accounts = [register.add(school, by=head, platform="x", name=f"News {n}") for n in (1, 2)]
    [problem] = refused(
        together(
            *(
                lambda one=one: register.set_address(one, by=fresh(head), address="@hillschool")
                for one in accounts
            )
        )
    )
    assert "register" in str(problem)
    assert SocialAccount.objects.filter(key="x:hillschool").count() == 1
