"""An account that goes on a school trip: lent to one person, on one device, for some days (R6)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.account import SocialAccount
from accounts.models.device import Device
from trail.constraints import both_or_neither, in_order

if TYPE_CHECKING:
    from datetime import date

    from people.models import User


def on_trip(day: date) -> Q:
    """A condition on trips: somebody has the account with them that day."""
    return Q(
        starts_on__lte=day, ends_on__gte=day, ended_at=None, cancelled_at=None,
        person__is_active=True,
    )  # fmt: skip


class TripQuerySet(models.QuerySet["Trip"]):
    def visible_to(self, user: User) -> Self:
        """Those of accounts they see, and their own: photos are deleted after the trip."""
        return self.filter(Q(person=user) | Q(account__in=SocialAccount.objects.visible_to(user)))

    def under_way(self, on: date) -> Self:
        return self.filter(on_trip(on))

    def not_over(self, on: date) -> Self:
        """Under way or still to come."""
        return self.filter(ended_at=None, cancelled_at=None, ends_on__gte=on)

    def not_done(self) -> Self:
        """Until the photos are deleted its leader has the device, or had it last."""
        return self.filter(cancelled_at=None, photos_deleted_at=None)

    def over(self, on: date) -> Self:
        """They took place, and have ended."""
        ended = Q(ended_at__isnull=False) | Q(ends_on__lt=on)
        return self.filter(ended, cancelled_at=None)


class Trip(models.Model):
    """A senior teacher takes the account on a trip. The last day still counts.

    They need not run it otherwise. When it ends the photos are deleted from the device, and the
    password is changed.
    """

    class State(models.TextChoices):
        AHEAD = "planned", "Planned"
        UNDER_WAY = "open", "Under way"
        PHOTOS = "overdue", "Photos to delete"
        DONE = "done", "Over"
        CANCELLED = "withdrawn", "Cancelled"

    account = models.ForeignKey(SocialAccount, on_delete=models.PROTECT, related_name="trips")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="trips"
    )
    name = models.CharField("Trip", max_length=150)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="trips")
    starts_on = models.DateField("From")
    ends_on = models.DateField("Until")
    allowed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    allowed_at = models.DateTimeField(default=timezone.now)
    # Before its last day was over.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Before it began. `cancelled_by` is empty where the person left the school.
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    photos_deleted_at = models.DateTimeField(null=True, blank=True)
    photos_deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TripQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        indexes = [models.Index(fields=["person", "ends_on"], name="accounts_trip_of")]
        constraints = [
            in_order(
                "starts_on",
                "ends_on",
                name="accounts_trip_in_order",
                message="The last day cannot be before the first.",
            ),
            models.CheckConstraint(
                condition=~Q(person=F("allowed_by")),
                name="accounts_nobody_lends_to_themselves",
                violation_error_message="Somebody else has to allow this.",
            ),
            both_or_neither("ended_at", "ended_by", name="accounts_trip_ended_by"),
            both_or_neither("photos_deleted_at", "photos_deleted_by", name="accounts_photos_by"),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(ended_at=None, photos_deleted_at=None),
                name="accounts_cancelled_trip_never_was",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_by=None) | Q(cancelled_at__isnull=False),
                name="accounts_trip_cancelled_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.person})"

    def is_over(self, on: date) -> bool:
        return self.cancelled_at is None and (self.ended_at is not None or self.ends_on < on)

    def state(self, on: date) -> State:
        if self.cancelled_at is not None:
            return self.State.CANCELLED
        if self.is_over(on):
            return self.State.DONE if self.photos_deleted_at else self.State.PHOTOS
        return self.State.AHEAD if on < self.starts_on else self.State.UNDER_WAY

    def end(self) -> datetime:
        """When it ends, or ended."""
        from accounts.rotation import end_of

        return self.ended_at or end_of(self.ends_on, self.account.organisation)
