"""Signatures on paper: the sheet, who is on it, and its scan (P5, D11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from governance.models.version import PolicyVersion
from people.models import Organisation
from people.roles import Permission
from trail.constraints import both_or_neither

if TYPE_CHECKING:
    from people.models import User


class PaperSheetQuerySet(models.QuerySet["PaperSheet"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(
            organisation__in=Organisation.objects.where(user, Permission.RECORD_SIGNATURES)
        )

    def unfinished(self) -> Self:
        return self.filter(recorded_at=None)

    def recorded(self) -> Self:
        return self.filter(recorded_at__isnull=False)


class PaperSheet(models.Model):
    """Names signed by hand under one document, as a colleague puts them on record.

    While `recorded_at` is empty it is being prepared and proves nothing. Recording makes the
    signatures; from then on the database refuses every change, except that `note` may be erased.
    """

    class Reason(models.TextChoices):
        NO_LOGIN = "no_login", "They have no e-mail address or login"
        NO_DEVICE = "no_device", "They have no device to sign on"
        ASKED = "asked", "They asked to sign on paper"
        MEETING = "meeting", "They signed together, at a meeting"
        OTHER = "other", "Another reason"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="paper_sheets"
    )
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    # The school's local appendix, where one was signed with it.
    appendix = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_on = models.DateField("Day they signed")
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("Why on paper", max_length=10, choices=Reason)
    note = models.CharField("In a few words", max_length=200, blank=True)
    # What the pages of the scan were, for good: the pages themselves may be erased one day.
    scan_hash = models.CharField(max_length=64, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True, blank=True)

    objects = PaperSheetQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "-pk"]
        constraints = [
            both_or_neither("recorded_at", "recorded_by", name="governance_paper_recorded_by"),
            models.CheckConstraint(
                condition=Q(reason__in=["no_login", "no_device", "asked", "meeting", "other"]),
                name="governance_paper_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Paper of {self.signed_on:%-d %B %Y}"

    def get_absolute_url(self) -> str:
        return reverse("governance:paper_sheet", args=[self.organisation.slug, self.pk])

    @property
    def is_recorded(self) -> bool:
        return self.recorded_at is not None

    @property
    def versions(self) -> list[PolicyVersion]:
        """The texts that were signed: the policy's first."""
        return [self.version, self.appendix] if self.appendix else [self.version]


class PaperSigner(models.Model):
    """Somebody whose name stands on the sheet."""

    sheet = models.ForeignKey(PaperSheet, on_delete=models.CASCADE, related_name="signers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["person__sort_name", "person__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "person"], name="governance_on_paper_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.sheet}"


class PaperScan(models.Model):
    """One file of the sheet's scan. Its bytes may be erased when their time is over."""

    sheet = models.ForeignKey(PaperSheet, on_delete=models.CASCADE, related_name="scans")
    file = models.OneToOneField("files.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Scan {self.pk} of {self.sheet}"
