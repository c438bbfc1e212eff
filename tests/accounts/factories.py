"""Accounts that tests start from, reached through the services."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from accounts.models import Rotation, Runner, SocialAccount
from accounts.services import register, rotations, runners
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_user

_serial = count(1)


def make_account(
    at: Organisation | None = None,
    *,
    run_by: int = 2,
    live_since: date | None = None,
    head: User | None = None,
    **details: Any,
) -> SocialAccount:
    """An account that was in use before the portal came, with so many runners."""
    at = at or make_school()
    head = head or make_user(Role.HEAD, at=at)
    number = next(_serial)
    details.setdefault("platform", "x")
    details.setdefault("address", f"https://x.com/school_{number}")
    details.setdefault("name", f"Drama {number}")
    account = register.enter_existing(
        at,
        by=head,
        agreed_on=live_since or at.today() - timedelta(days=300),
        agreed_note="The governors, last year",
        **details,
    )
    for _ in range(run_by):
        make_runner(account, head=head)
    return account


def make_runner(account: SocialAccount, *, head: User, person: User | None = None) -> Runner:
    person = person or make_user(Role.STAFF, at=account.organisation)
    return runners.add(account, person=person, by=head, starts_on=account.organisation.today())


def change_password(account: SocialAccount, *, verified: bool = True, **details: Any) -> Rotation:
    """Its first runner changes the password, and its second tries it."""
    from django.utils import timezone

    first, second = account.runners.order_by("pk")[:2]
    details.setdefault("changed_at", timezone.now())
    details.setdefault("vault", "Office vault")
    rotation = rotations.attest(
        account, by=first.person, sessions_ended=True, second_factor_ours=True, **details
    )
    if verified:
        rotations.verify(rotation, by=second.person)
    return rotation
