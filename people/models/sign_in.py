"""A second factor that was lost: two people at the school let its owner start again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from people.models.organisation import Organisation
from people.roles import Permission
from trail.constraints import both_or_neither

if TYPE_CHECKING:
    from people.models.user import User

# A request nobody confirmed in this time is worth nothing: whoever asked should ask again.
OPEN_FOR = timedelta(days=7)


class SecondFactorResetQuerySet(models.QuerySet["SecondFactorReset"]):
    def visible_to(self, user: User) -> Self:
        """Those of organisations at which they may reset a sign-in."""
        helpers = Organisation.objects.where(user, Permission.RESET_SIGN_IN)
        managers = Organisation.objects.where(user, Permission.MANAGE_PEOPLE)
        return self.filter(Q(organisation__in=helpers) | Q(organisation__in=managers))

    def open(self) -> Self:
        return self.filter(
            confirmed_at=None, cancelled_at=None, asked_at__gt=timezone.now() - OPEN_FOR
        )


class SecondFactorReset(models.Model):
    """One person asks to remove somebody's second factor; another confirms it."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="second_factor_resets"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="second_factor_resets"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True)

    objects = SecondFactorResetQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(confirmed_at=None, cancelled_at=None),
                name="people_one_open_reset",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None)
                | ~Q(confirmed_by=F("asked_by")) & ~Q(confirmed_by=F("person")),
                name="people_reset_by_two_others",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("person")), name="people_reset_not_for_oneself"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(cancelled_at=None),
                name="people_reset_ends_one_way",
            ),
            both_or_neither("confirmed_at", "confirmed_by", name="people_reset_confirmed"),
            both_or_neither("cancelled_at", "cancelled_by", name="people_reset_cancelled"),
        ]

    def __str__(self) -> str:
        return f"New two-step sign-in for {self.person}"

    @property
    def status(self) -> str:
        if self.confirmed_at:
            return "done"
        if self.cancelled_at:
            return "cancelled"
        return "pending" if self.asked_at > timezone.now() - OPEN_FOR else "expired"

    @property
    def status_label(self) -> str:
        return {
            "done": "Done",
            "cancelled": "Cancelled",
            "pending": "Waiting for a second person",
            "expired": "Nobody confirmed in time",
        }[self.status]
