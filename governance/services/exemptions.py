"""Letting somebody off signing for a while, with a reason (D10)."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction

from governance.models import Exemption, Policy
from people.models import Membership, Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken


@transaction.atomic
def allow(
    person: User,
    organisation: Organisation,
    *,
    by: User,
    reason: str,
    starts_on: date,
    ends_on: date | None = None,
    policy: Policy | None = None,
) -> Exemption:
    """Exempt one person at one school, from one policy or from all.

    Raises RuleBroken for one's own exemption, or when the person is not at the school.
    """
    if not by.can(Permission.EXEMPT_PEOPLE, at=organisation):
        raise PermissionDenied
    if person == by:
        raise RuleBroken("You cannot exempt yourself. Ask a colleague in the leadership team.")
    if not Membership.objects.filter(person=person, organisation=organisation).exists():
        raise RuleBroken("This person is not at this school.")
    exemption = Exemption(
        person=person,
        organisation=organisation,
        policy=policy,
        reason=reason,
        starts_on=starts_on,
        ends_on=ends_on,
        allowed_by=by,
    )
    exemption.full_clean()
    exemption.save()
    audit.record("exemption.allow", exemption, by=by, reason=reason)
    return exemption


@transaction.atomic
def end(exemption: Exemption, *, by: User) -> Exemption:
    """End an exemption: the person owes again from today, or tomorrow if it began today.

    Raises RuleBroken for one that has ended: its days stay as they were.
    """
    exemption = Exemption.objects.select_for_update(of=("self",), no_key=True).get(pk=exemption.pk)
    if not by.can(Permission.EXEMPT_PEOPLE, at=exemption.organisation):
        raise PermissionDenied
    yesterday = exemption.organisation.today() - timedelta(days=1)
    if exemption.ends_on is not None and exemption.ends_on <= yesterday:
        raise RuleBroken("This exemption has ended already.")
    exemption.ends_on = max(exemption.starts_on, yesterday)
    exemption.save(update_fields=["ends_on"])
    audit.record("exemption.end", exemption, by=by)
    return exemption
