"""Entering the account that the leadership team has agreed to: the portal's own doing.

Nobody needs a permission for it beyond the votes on its business case.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts.models import HouseRules, Runner, SocialAccount
from accounts.workflow import ACCOUNT, Action, Status
from people.models import Organisation, User
from trail import audit

DAY = timedelta(days=1)


@transaction.atomic
def enter(
    organisation: Organisation,
    *,
    platform: str,
    people: Iterable[User],
    account: SocialAccount | None = None,
    **details: Any,
) -> SocialAccount:
    """The account, to be set up, with these runners from today.

    `account`: one that was found and is now the school's own, or one that an earlier approval
    entered and nobody began to use.
    """
    if account is None:
        account = SocialAccount(organisation=organisation, platform=platform, **details)
        account.full_clean(validate_constraints=False)
        account.save()
        HouseRules.objects.create(account=account)
        audit.record("account.add", account, by=None, platform=platform, status=account.status)
    else:
        account = _take_over(account, details)
    _set_runners(account, list(people))
    return account


def _take_over(account: SocialAccount, details: dict[str, Any]) -> SocialAccount:
    if account.status == Status.UNAUTHORISED:
        with ACCOUNT.step(account, Action.ADOPT, by=None) as account:
            pass
    for name, value in details.items():
        setattr(account, name, value)
    account.save(update_fields=sorted(details))
    return account


def _set_runners(account: SocialAccount, people: list[User]) -> None:
    """Exactly these. Nobody knows its password yet, so nothing follows from ending."""
    today = account.organisation.today()
    now = {row.person_id: row for row in account.runners.current(today)}
    for person in people:
        if person.pk not in now:
            Runner.objects.create(account=account, person=person, starts_on=today)
            audit.record("runner.add", account, by=None, person=str(person.pk))
    wanted = {person.pk for person in people}
    for row in now.values():
        if row.person_id not in wanted:
            row.ends_on = max(today - DAY, row.starts_on)
            row.save(update_fields=["ends_on"])
            told = {"person": str(row.person_id), "last_day": row.ends_on.isoformat()}
            audit.record_many([audit.Entry("runner.end", account, None, told)])
