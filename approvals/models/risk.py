"""The risk assessment of an account (A5): likelihood and impact, before and after, 1 to 5 each."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from approvals.models.case import BusinessCase, OfACaseQuerySet

LEVELS = (1, 5)


class Risk(models.Model):
    """One thing that could go wrong, and what is done about it."""

    case = models.ForeignKey(BusinessCase, on_delete=models.CASCADE, related_name="risks")
    what = models.CharField("What could go wrong", max_length=300)
    likelihood = models.PositiveSmallIntegerField("How likely, 1 to 5")
    impact = models.PositiveSmallIntegerField("How bad, 1 to 5")
    mitigation = models.TextField("What is done about it", max_length=1000)
    likelihood_after = models.PositiveSmallIntegerField("How likely then, 1 to 5")
    impact_after = models.PositiveSmallIntegerField("How bad then, 1 to 5")

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "what"],
                name="approvals_risk_once",
                violation_error_message="This risk is on the list already.",
            ),
            *(
                models.CheckConstraint(
                    condition=Q((f"{field}__range", LEVELS)),
                    name=f"approvals_{field}_1_to_5",
                    violation_error_message="Choose a number from 1 to 5.",
                )
                for field in ("likelihood", "impact", "likelihood_after", "impact_after")
            ),
            models.CheckConstraint(
                condition=~Q(mitigation=""),
                name="approvals_risk_with_mitigation",
                violation_error_message="Say what is done about it.",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def before(self) -> int:
        """1 to 25."""
        return self.likelihood * self.impact

    @property
    def after(self) -> int:
        """1 to 25: what stays when everything is done about it."""
        return self.likelihood_after * self.impact_after


class Side(models.TextChoices):
    EDUCATIONAL = "educational", "For teaching and pupils"
    TECHNICAL = "technical", "For the technical side"


class Assessor(models.Model):
    """Who is asked to look at the risks from one side. One person per side, never the same two."""

    case = models.ForeignKey(BusinessCase, on_delete=models.CASCADE, related_name="assessors")
    side = models.CharField(max_length=12, choices=Side)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["side"]
        constraints = [
            models.UniqueConstraint(fields=["case", "side"], name="approvals_one_per_side"),
            models.UniqueConstraint(
                fields=["case", "person"],
                name="approvals_two_assessors",
                violation_error_message="Two different people assess the risks.",
            ),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="approvals_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_side_display().lower()}"


class RiskSignature(models.Model):
    """An assessor signed the risks as they stood. Insert-only: other risks, other signatures."""

    case = models.ForeignKey(BusinessCase, on_delete=models.PROTECT, related_name="risk_signatures")
    side = models.CharField(max_length=12, choices=Side)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    risk_hash = models.CharField(max_length=64)
    # The very words, so that anybody can read later what was signed, and what changed since.
    risks = models.JSONField(default=dict)
    note = models.TextField(max_length=1000, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "side", "risk_hash"], name="approvals_side_signs_once"
            ),
            models.UniqueConstraint(
                fields=["case", "person", "risk_hash"],
                name="approvals_two_sign",
                violation_error_message="Two different people assess the risks.",
            ),
            models.CheckConstraint(
                condition=Q(side__in=Side.values), name="approvals_signed_side_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} signed the risks of {self.case}"
