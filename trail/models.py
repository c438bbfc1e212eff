"""The record: one chain of lines for each trust and school."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from trail import words
from trail.permissions import VIEW_TRAIL

if TYPE_CHECKING:
    from people.models import User


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user: User) -> Self:
        """The records of organisations where this person may read the record."""
        return self.filter(organisation__in=user.organisations_where(VIEW_TRAIL))

    def about(self, target_type: str, target_id: int) -> Self:
        return self.filter(target_type=target_type, target_id=target_id)

    def in_group(self, noun: str) -> Self:
        """Lines whose verb begins with this noun."""
        return self.filter(verb__startswith=f"{noun}.")


class AuditEvent(models.Model):
    """One line of a trust's or school's record. Written once; the database refuses the rest.

    `details` holds ids, statuses and keyed hashes, never names or free text: a line that cannot
    be deleted must hold nothing that may have to be erased.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    details = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="trail_number_once"),
            models.UniqueConstraint(
                fields=["organisation", "previous"], name="trail_previous_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="trail_number_from_one"),
        ]
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="trail_about"),
            models.Index(fields=["organisation", "verb", "number"], name="trail_by_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} on {self.target_type} {self.target_id}"

    @property
    def in_words(self) -> str:
        return words.verb_words(self.verb)

    @property
    def target_in_words(self) -> str:
        return words.target_words(self)

    @property
    def details_in_words(self) -> list[tuple[str, str]]:
        return words.details_words(self)


class ChainHead(models.Model):
    """Where an organisation's record ends. The row that every writer of that record locks."""

    organisation = models.OneToOneField(
        "people.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    number = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"
