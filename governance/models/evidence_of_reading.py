"""How long somebody had a policy open before they signed it (D16). It never blocks anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from governance.models.signature import Acknowledgement
from governance.models.version import PolicyVersion

if TYPE_CHECKING:
    from people.models import User

MOST_SECONDS = 4 * 60 * 60


class ReadingEvidenceQuerySet(models.QuerySet["ReadingEvidence"]):
    def visible_to(self, user: User) -> Self:
        """Their own; of others, what belongs to a signature whose receipt they may see."""
        signed = Acknowledgement.objects.visible_to(user).filter(
            person=OuterRef("person"), version=OuterRef("version")
        )
        return self.filter(Q(person=user) | Q(Exists(signed)))


class ReadingEvidence(models.Model):
    """One person and one version: first opened when, visible for how long, the end reached when.

    Evidence beside a signature and no measure of anybody: it is kept while the version is still to
    be signed, and shown on the receipt only.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reading_evidence"
    )
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="reading_evidence"
    )
    first_opened_at = models.DateTimeField()
    last_told_at = models.DateTimeField(default=timezone.now)
    seconds = models.PositiveIntegerField(default=0)
    reached_end_at = models.DateTimeField(null=True, blank=True)

    objects = ReadingEvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "reading evidence"
        constraints = [
            models.UniqueConstraint(fields=["person", "version"], name="governance_reading_once"),
            models.CheckConstraint(
                condition=Q(seconds__lte=MOST_SECONDS), name="governance_reading_is_capped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seconds} seconds"

    @property
    def minutes(self) -> int:
        """Rounded to whole minutes: more would claim more than it knows."""
        return round(self.seconds / 60)
