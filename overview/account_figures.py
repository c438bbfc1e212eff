"""How a school's social media accounts stand, in numbers, for its dashboard."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

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
    """Of a school, or of a trust with its schools. Two queries."""
    here = Q(organisation=place) | Q(organisation__parent=place)
    counted = SocialAccount.objects.filter(here).aggregate(
        running=Count("pk", filter=Q(status__in=RUNNING)),
        paused=Count("pk", filter=Q(status__in=PAUSED)),
        unauthorised=Count("pk", filter=Q(status=Status.UNAUTHORISED)),
    )
    return AccountFigures(**counted, waiting=BusinessCase.objects.waiting().filter(here).count())
