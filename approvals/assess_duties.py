"""Whoever is asked to assess the risks of an account owes a signature (A5).

Until they have signed the risks as they stand: other risks, another signature.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from approvals.content import RISK, risk_hash
from approvals.models import Assessor, Risk, RiskSignature
from approvals.workflow import OPEN, Status
from people.duty import Duty, DutySource, among
from people.models import Membership, User

KIND = "case.assess"
CHANGED = "The risks have changed since you signed them."


def _asked(on: date) -> QuerySet[Assessor]:
    """Of cases that are not used or over yet, and of people who are still there."""
    here = Membership.objects.active(on).filter(
        Q(organisation=OuterRef("case__organisation"))
        | Q(organisation=OuterRef("case__organisation__parent")),
        person=OuterRef("person"),
    )
    still = Q(case__status__in=OPEN) | Q(
        case__status=Status.APPROVED, case__launched_at__isnull=True
    )
    return Assessor.objects.filter(still, Exists(here)).order_by("case", "side")


def _could_assess(person_id: int, on: date) -> QuerySet[Any, Any]:
    return _asked(on).filter(person=person_id)


def _to_assess(people: QuerySet[User], on: date) -> Iterator[Duty]:
    rows = list(_asked(on).filter(among(people)).select_related("case__organisation__parent"))
    if not rows:
        return
    risks, signed = _of({row.case_id for row in rows})
    for row in rows:
        hashes = signed[row.case_id, row.side]
        listed = risks[row.case_id]
        if listed and risk_hash(row.case, listed) not in hashes:
            yield _duty(row, len(hashes))


def _of(
    cases: set[int],
) -> tuple[dict[int, list[Any]], dict[tuple[int, str], list[str]]]:
    """The risks of each case, and what each side has signed of it. Two queries."""
    risks: dict[int, list[Any]] = defaultdict(list)
    for case, *risk in Risk.objects.filter(case__in=cases).values_list("case", *RISK):
        risks[case].append(risk)
    signed: dict[tuple[int, str], list[str]] = defaultdict(list)
    rows = RiskSignature.objects.filter(case__in=cases)
    for case, side, text in rows.values_list("case", "side", "risk_hash"):
        signed[case, side].append(text)
    return risks, signed


def _duty(row: Assessor, times_signed: int) -> Duty:
    """Asked, or asked again: then since the risks were changed."""
    case, at = row.case, row.case.organisation
    asked = max(row.asked_at, case.changed_at) if times_signed else row.asked_at
    since = timezone.localdate(asked, at.zone)
    return Duty(
        kind=KIND,
        occasion=f"{KIND}:{case.pk}:{row.side}:{times_signed}",
        person_id=row.person_id,
        organisation_id=at.pk,
        due_on=since + timedelta(days=int(at.setting("approvals.assess_within"))),
        title=f"Assess the risks of “{case}”",
        url=reverse("approvals:risk_sign", args=[at.slug, case.number, row.side]),
        since=since,
        note=CHANGED if times_signed else "",
    )


ASSESSING = DutySource(KIND, "Risks to assess", _to_assess, gate=_could_assess)
