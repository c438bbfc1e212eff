"""Asking runners for what they still lack, because a case waits for them (A3)."""

from __future__ import annotations

from django.db import transaction

from approvals.access import works_on
from approvals.models import BusinessCase
from approvals.services.telling import tell
from governance.fitness import fitness
from people.models import User
from people.roles import Permission
from trail import audit
from trail.audit import Refused
from web.errors import RuleBroken


def may_chase(case: BusinessCase, user: User) -> bool:
    """Whoever works on it, and whoever keeps the register or decides."""
    at = case.organisation
    keeps = user.can(Permission.MANAGE_ACCOUNTS, at=at)
    return keeps or user.can(Permission.DECIDE_ACCOUNTS, at=at) or works_on(case, user)


@audit.refusals_on_record()
def chase(case: BusinessCase, *, by: User) -> list[User]:
    """Tell each runner who is not fit what is missing; once a day however often it is pressed."""
    if not may_chase(case, by):
        raise Refused("case.chase", case, by=by)
    today = case.organisation.today()
    people = [row.person for row in case.runners.select_related("person")]
    fit = fitness([one.pk for one in people], case.organisation, today)
    lacking = [one for one in people if not fit[one.pk].fit and one != by]
    if not lacking:
        raise RuleBroken("Everybody who would run it has signed and is trained.")
    with transaction.atomic():
        title = f"“{case}” waits for you: sign the policies you owe and do your training"
        tell(case, [one.pk for one in lacking], title, what="chase", occasion=str(today))
        audit.record("case.chase", case, by=by, count=str(len(lacking)))
    return lacking
