"""The register of social media accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.services import life, rotations
from people.roles import Role
from tests.access_roles import ALL, LEADERS, PEOPLE, Rule, both, post
from tests.accounts.factories import make_account, make_runner

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place

REGISTER = PEOPLE
KEEPERS = LEADERS | {Role.OFFICE, Role.IT, Role.TRUST_IT}
SUSPENDING = LEADERS | {Role.DSL, Role.DEPUTY_DSL, Role.TRUST_SAFEGUARDING}


def make(place: Place) -> None:
    head = place.people[Role.HEAD]
    account = make_account(place.school, head=head, name="Drama")
    ended = account.runners.order_by("pk").last()
    first = account.runners.order_by("pk").first()
    assert ended is not None
    assert first is not None
    make_runner(account, head=head)
    place.rows["account"] = account
    place.rows["runner"] = ended
    place.rows["rotation"] = rotations.attest(
        account,
        by=first.person,
        changed_at=timezone.now(),
        sessions_ended=True,
        second_factor_ours=True,
        vault="Office vault",
    )
    place.rows["paused"] = make_account(place.school, head=head, name="Paused")
    life.suspend(place.rows["paused"], by=head, why="Somebody else posted there.")


def _account(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["account"].pk}


def _paused(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["paused"].pk}


def _runner(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["account"].pk, "runner": place.rows["runner"].pk}


def _rotation(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["account"].pk, "rotation": place.rows["rotation"].pk}


KWARGS = {
    "accounts:account": _account,
    "accounts:history": _account,
    "accounts:change": _account,
    "accounts:address": _account,
    "accounts:house_rules": _account,
    "accounts:runner_add": _account,
    "accounts:runner_end": _runner,
    "accounts:runner_access": _runner,
    "accounts:suspend": _account,
    "accounts:reinstate": _paused,
    "accounts:begin_closing": _account,
    "accounts:closing": _account,
    "accounts:close": _account,
    "accounts:changed": _account,
    "accounts:confirm": _rotation,
}
RULES = {
    "accounts:register": Rule(ALL),
    "accounts:export": Rule(REGISTER),
    "accounts:schools": Rule(REGISTER),
    "accounts:schools_csv": Rule(REGISTER),
    "accounts:enter": both(LEADERS),
    "accounts:found": both(KEEPERS),
    "accounts:account": Rule(REGISTER, seen=REGISTER),
    "accounts:history": Rule(REGISTER, seen=REGISTER),
    "accounts:change": both(KEEPERS, seen=REGISTER),
    "accounts:address": both(KEEPERS, seen=REGISTER),
    "accounts:house_rules": both(KEEPERS, seen=REGISTER),
    "accounts:runner_add": both(KEEPERS, seen=REGISTER),
    "accounts:runner_end": both(KEEPERS, seen=REGISTER),
    "accounts:runner_access": post(KEEPERS, seen=REGISTER),
    "accounts:suspend": both(SUSPENDING, seen=REGISTER),
    "accounts:reinstate": both(LEADERS, seen=REGISTER),
    "accounts:begin_closing": both(LEADERS, seen=REGISTER),
    "accounts:closing": both(KEEPERS, seen=REGISTER),
    "accounts:close": post(LEADERS, seen=REGISTER),
    # Runners only: nobody holds that by a role.
    "accounts:changed": both(frozenset(), seen=REGISTER),
    "accounts:confirm": both(LEADERS, seen=REGISTER),
}
