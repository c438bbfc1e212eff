"""Cover: from when to when somebody is away, and who stands in for them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from people.models.membership import Membership
from people.models.organisation import Organisation
from people.roles import Permission
from trail.constraints import both_or_neither, in_order

if TYPE_CHECKING:
    from people.models.user import User


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, user: User) -> Self:
        """Their own, those they stand in for, and those of schools whose staff list they read."""
        seen = Organisation.objects.where(user, Permission.VIEW_PEOPLE)
        return self.filter(
            Q(membership__person=user)
            | Q(deputy__person=user)
            | Q(membership__organisation__in=seen)
        )

    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_at=None)

    def on(self, day: date) -> Self:
        """Those that this day lies in, first and last day included."""
        return self.standing().filter(starts_on__lte=day, ends_on__gte=day)

    def overlapping(self, first: date, last: date) -> Self:
        return self.standing().filter(starts_on__lte=last, ends_on__gte=first)

    def not_over(self, day: date) -> Self:
        """Running that day, or still to come."""
        return self.standing().filter(ends_on__gte=day)


class Absence(models.Model):
    """Somebody is away from one school, and a colleague there stands in for them.

    Why they are away is nobody's business here: there is no field for it. Coming back early moves
    `ends_on`; `withdrawn_at` says that none of it came to pass.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="absences")
    deputy = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="covers")
    starts_on = models.DateField("First day away")
    ends_on = models.DateField("Last day away")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            in_order(
                "starts_on",
                "ends_on",
                name="people_absence_in_order",
                message="The last day cannot be before the first.",
            ),
            models.CheckConstraint(
                condition=~Q(deputy=F("membership")),
                name="people_nobody_deputises_for_themselves",
                violation_error_message="Nobody can stand in for themselves.",
            ),
            models.UniqueConstraint(
                fields=["membership", "starts_on"],
                condition=Q(withdrawn_at=None),
                name="people_one_absence_starts_a_day",
            ),
            both_or_neither("withdrawn_at", "withdrawn_by", name="people_absence_withdrawn"),
        ]
        indexes = [
            models.Index(
                fields=["ends_on", "starts_on"],
                condition=Q(withdrawn_at=None),
                name="people_absence_days",
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership.person} away from {self.starts_on} until {self.ends_on}"

    @property
    def organisation(self) -> Organisation:
        """So that the trail can ask whose record it belongs to."""
        return self.membership.organisation
