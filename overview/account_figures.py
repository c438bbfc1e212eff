"""How a school's social media accounts stand, in numbers, for its dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import SocialAccount
from accounts.workflow import PAUSED, RUNNING, Status
from approvals.models import BusinessCase
from people.models import Organisation


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """Accounts that are live or on trial, paused, and agreed to by nobody; cases that wait."""

    running: int
    paused: int
    unauthorised: int
    waiting: int


def account_figures(place: Organisation) -> AccountFigures:
    """Of a school, or of a trust with its schools. One query."""
    here = Q(organisation=place) | Q(organisation__parent=place)
    accounts = SocialAccount.objects.filter(here)
    counted = Organisation.objects.filter(pk=place.pk).values_list(
        _number(accounts.filter(status__in=RUNNING)),
        _number(accounts.filter(status__in=PAUSED)),
        _number(accounts.filter(status=Status.UNAUTHORISED)),
        _number(BusinessCase.objects.waiting().filter(here)),
    )
    return AccountFigures(*counted.get())


def _number(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)
