"""What an account's page reads: queries that are compiled once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import MissedRotation, Rotation, Runner, SocialAccount
from accounts.rotation_facts import fact_columns
from people.calendar.rows import year_columns
from people.models import Membership
from web.json_rows import json_rows
from web.prepared import prepared

CHANGES_SHOWN = 3


@prepared
def page_facts(
    *, account_id: int, organisation_id: int, at: datetime, on: date
) -> QuerySet[Any, Any]:
    """The account with its school, its house rules, the facts of its password and the year."""
    missed = MissedRotation.objects.filter(account=OuterRef("pk"))
    return (
        SocialAccount.objects.filter(pk=account_id, organisation=organisation_id)
        .select_related("organisation__parent", "notified_to", "suspended_by", "house_rules")
        .annotate(
            **fact_columns(at, on),
            **year_columns(),
            terms_missed=json_rows(missed, "term_name", "ends_on"),
        )
    )


@prepared
def page_runners(*, account_id: int, organisation_id: int, on: date) -> QuerySet[Any, Any]:
    """Those who run it or will, and those whose access is still to be removed."""
    post = Membership.objects.active(on).filter(
        organisation=organisation_id, person=OuterRef("person")
    )
    rows = Runner.objects.filter(account=account_id)
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=on) | Q(access_removed_at=None))
    return rows.select_related("person").annotate(is_here=Exists(post))


@prepared
def page_changes(*, account_id: int) -> QuerySet[Any, Any]:
    """The latest changes of its password, and who tried each."""
    made = Rotation.objects.filter(account=account_id)
    return made.select_related("attested_by", "verification__by")[:CHANGES_SHOWN]
