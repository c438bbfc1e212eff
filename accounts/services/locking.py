"""Locking the account that a service changes, and what several of them expect."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts.models import Runner, SocialAccount, Trip
from accounts.workflow import tends
from people.models import Organisation, User
from web.errors import RuleBroken


def locked_account(account: SocialAccount) -> SocialAccount:
    """Whatever changes an account, its runners or its password waits for whoever is at it."""
    rows = SocialAccount.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation__parent", "notified_to").get(pk=account.pk)


def lock_accounts_of(person: User, organisation: Organisation) -> None:
    """All that this person runs or takes on a trip there, in one order, before anything is written.

    Whoever locked one after having written in the record would wait for somebody who has locked it
    and waits for the record.
    """
    runs = Q(pk__in=Runner.objects.filter(person=person).values("account"))
    takes = Q(pk__in=Trip.objects.filter(person=person).values("account"))
    rows = SocialAccount.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(runs | takes, organisation=organisation).order_by("pk").values_list("pk"))


def expect_tending(account: SocialAccount, by: User) -> None:
    """Raise PermissionDenied for a person who neither keeps the register nor runs the account."""
    if not tends(account, by):
        raise PermissionDenied


def expect_past(day: date, organisation: Organisation) -> None:
    """Raise RuleBroken for a day on which nothing can have happened yet."""
    if day > organisation.today():
        raise RuleBroken("This day has not come yet.")
