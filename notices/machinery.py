"""Rows of the machinery: who is alive, who is at what, how far a worker has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.roles import Permission

if TYPE_CHECKING:
    from people.models import User


class MachineryQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """All of it, for whoever looks after mail somewhere."""
        return self.all() if user.can_anywhere(Permission.VIEW_DELIVERY) else self.none()


class Heartbeat(models.Model):
    """When a part of the machinery was last known to be alive."""

    name = models.CharField(max_length=30, unique=True)
    beat_at = models.DateTimeField()

    objects = MachineryQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Lease(models.Model):
    """Who does a piece of work that must not be done twice at once (see `notices/lease.py`)."""

    name = models.CharField(max_length=30, unique=True)
    # A process, such as "worker-1/4711", and never a person.
    holder = models.CharField(max_length=100, blank=True)
    token = models.UUIDField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    objects = MachineryQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(token=None, taken_at=None, until=None, holder="")
                | Q(
                    token__isnull=False,
                    taken_at__isnull=False,
                    until__isnull=False,
                    until__gt=models.F("taken_at"),
                )
                & ~Q(holder=""),
                name="notices_lease_held_or_free",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """How far a worker has come with the mails it claimed.

    `at_mail` is the one on the wire. Those before it have left, those after it have not. It is
    written for each mail, so it lives in a row of its own: the mail's row is long and has many
    indexes.
    """

    claim = models.UUIDField(unique=True)
    claimed_at = models.DateTimeField(default=timezone.now)
    at_mail = models.BigIntegerField(default=0)

    objects = MachineryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.claim)
