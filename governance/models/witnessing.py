"""Signatures that somebody else saw being made, and what is said against one (D11)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from governance.models.paper import PaperSheet
from governance.models.signature import Signature


class WitnessedSignature(models.Model):
    """Who saw a signature on paper or on a shared tablet, and who put it on record.

    `person` repeats the signature's, so that the database can see that nobody was their own
    witness. Fixed for good, as the signature is.
    """

    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, primary_key=True, related_name="witnessed"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    sheet = models.ForeignKey(
        PaperSheet, on_delete=models.PROTECT, null=True, blank=True, related_name="witnessed"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=F("witness")) & ~Q(person=F("recorded_by")),
                name="governance_nobody_witnesses_themselves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signature}, witnessed by {self.witness}"


class Annulment(models.Model):
    """A signature recorded by mistake no longer counts. It stays on record, and so does this."""

    class Reason(models.TextChoices):
        WRONG_PERSON = "wrong_person", "Recorded for the wrong person"
        NOT_SIGNED = "not_signed", "This person did not sign"
        WRONG_DAY = "wrong_day", "The day or the version was wrong"
        OTHER = "other", "Another reason"

    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, primary_key=True, related_name="annulment"
    )
    reason = models.CharField(max_length=15, choices=Reason)
    note = models.CharField("In a few words", max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["wrong_person", "not_signed", "wrong_day", "other"]),
                name="governance_annulment_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Annulment of {self.signature}"


class SignatureDispute(models.Model):
    """The person says that a signature recorded for them is not theirs. The school answers it."""

    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, primary_key=True, related_name="dispute"
    )
    note = models.CharField("What is not right", max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"Dispute of {self.signature}"
