"""Figures of parents and pupils, for lists and dashboards: never part of the staff's (D9)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Sum

from governance.models import GroupRecord, Policy
from people.models import Organisation


@dataclass(frozen=True)
class GroupFigures:
    """One audience under the version of a policy that is in force."""

    policy_id: int
    title: str
    number: str
    audience: str
    groups: int
    asked: int
    signed: int

    @property
    def who(self) -> str:
        return str(GroupRecord.Audience(self.audience).label)

    @property
    def counted(self) -> str:
        """Such as: 48 of 59, Acceptable use agreement."""
        return f"{self.signed} of {self.asked}, {self.title}"

    @property
    def percent(self) -> int:
        """Whole per cent of those asked, rounded down."""
        return self.signed * 100 // self.asked


def figures_at(place: Organisation, policy: Policy | None = None) -> list[GroupFigures]:
    """For each policy in force, and for parents and pupils apart. One query."""
    rows = GroupRecord.objects.counting().filter(
        organisation=place, version=F("version__policy__current")
    )
    if policy is not None:
        rows = rows.filter(version__policy=policy)
    return [
        GroupFigures(*row)
        for row in rows.order_by()
        .values_list("version__policy", "version__title", "version__number", "audience")
        .annotate(groups=Count("pk"), all_asked=Sum("asked"), all_signed=Sum("signed"))
        .order_by("version__title", "version__policy", "audience")
    ]


def history_of(record: GroupRecord) -> QuerySet[GroupRecord]:
    """Every row about the same group, the newest first."""
    return (
        GroupRecord.objects.filter(
            Q(group__iexact=record.group),
            organisation=record.organisation,
            version=record.version,
            audience=record.audience,
        )
        .select_related("recorded_by", "corrected_by")
        .order_by("-pk")
    )
