"""Whoever was told the address of an account confirms it, before pupils are let in (A7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import SocialAccount
from people.duty import Duty, DutySource, among
from people.models import User


def _told() -> QuerySet[SocialAccount]:
    return SocialAccount.objects.open().filter(notified_to__isnull=False, notice_confirmed_at=None)


def _was_told(person: int, on: date) -> QuerySet[Any, Any]:
    return _told().filter(notified_to=person)


def _to_confirm(people: QuerySet[User], on: date) -> Iterator[Duty]:
    rows = _told().filter(among(people, "notified_to")).select_related("organisation__parent")
    for account in rows.order_by("notified_on", "pk"):
        at, told_on = account.organisation, account.notified_on
        if told_on is None or account.notified_to_id is None:
            continue  # the database has both or neither
        yield Duty(
            kind="account.confirm_address",
            occasion=f"account.confirm_address:{account.pk}:{told_on.isoformat()}",
            person_id=account.notified_to_id,
            organisation_id=at.pk,
            due_on=told_on + timedelta(days=int(at.setting("accounts.address_days"))),
            title=f"Confirm the address of “{account.name}”",
            url=reverse("accounts:confirm_address", args=[at.slug, account.pk]),
            since=told_on,
        )


CONFIRMING = DutySource(
    "account.confirm_address", "Address to confirm", _to_confirm, gate=_was_told
)
