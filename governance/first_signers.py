"""The first page of who has signed, which is what nearly everybody opens: compiled once."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from governance import how_signed, progress
from governance.models import Policy
from governance.obligations import Grace, past_due
from people.models import Organisation
from web.prepared import prepared

PER_PAGE = 50


class Shown(Enum):
    """What a list may be narrowed down to without a school's rules about days."""

    EVERYONE = ""
    SIGNED = "signed"
    NOT_SIGNED = "not_signed"
    EXEMPT = "exempt"


def policy_at(policy_id: int, organisation: Organisation) -> Policy | None:
    """A policy in force that counts at this school, without its text."""
    return next(iter(_policy_at(policy_id=policy_id, organisation_id=organisation.pk)), None)


@prepared
def _policy_at(*, policy_id: int, organisation_id: int) -> QuerySet[Policy]:
    policies = Policy.objects.in_force().reaching(Organisation(pk=organisation_id))
    return policies.filter(pk=policy_id).select_related("current").defer("current__body")


def first_page(
    policy: Policy, organisation: Organisation, grace: Grace, on: date, *, state: str, count: int
) -> Page[Any]:
    """The first page of those in one of `progress.STATES`, of whom there are `count`."""
    at = organisation.pk
    if state == "overdue":
        limits = grace.limits(on)
        rows = _first_overdue(policy_id=policy.pk, organisation_id=at, on=on, **limits)
    else:
        rows = _first(policy_id=policy.pk, organisation_id=at, on=on, shown=Shown(state))
    paginator = Paginator(rows, PER_PAGE)
    paginator.count = count
    return Page(rows, 1, paginator)


@prepared
def _first(*, policy_id: int, organisation_id: int, on: date, shown: Shown) -> QuerySet[Any, Any]:
    conditions = {
        Shown.SIGNED: progress.SIGNED,
        Shown.NOT_SIGNED: progress.PENDING,
        Shown.EXEMPT: progress.EXEMPT,
    }
    return _in(policy_id, organisation_id, on, conditions.get(shown, Q()))


@prepared
def _first_overdue(
    *,
    policy_id: int,
    organisation_id: int,
    on: date,
    asked_before: datetime,
    joined_before: date,
    back_before: date,
) -> QuerySet[Any, Any]:
    late = past_due(asked_before=asked_before, joined_before=joined_before, back_before=back_before)
    return _in(policy_id, organisation_id, on, late & progress.PENDING)


def _in(policy_id: int, organisation_id: int, on: date, wanted: Q) -> QuerySet[Any, Any]:
    rows = progress.signers_of(policy_id, organisation_id, on).filter(wanted)
    return how_signed.with_how(rows)[:PER_PAGE]
