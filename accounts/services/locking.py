"""Locking the account that a service changes, and what several of them expect."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied

from accounts.models import SocialAccount
from accounts.workflow import tends
from people.models import Organisation, User
from web.errors import RuleBroken


def locked_account(account: SocialAccount) -> SocialAccount:
    """Whatever changes an account, its runners or its password waits for whoever is at it."""
    rows = SocialAccount.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation__parent", "notified_to").get(pk=account.pk)


def expect_tending(account: SocialAccount, by: User) -> None:
    """Raise PermissionDenied for a person who neither keeps the register nor runs the account."""
    if not tends(account, by):
        raise PermissionDenied


def expect_past(day: date, organisation: Organisation) -> None:
    """Raise RuleBroken for a day on which nothing can have happened yet."""
    if day > organisation.today():
        raise RuleBroken("This day has not come yet.")
