"""What the leadership team said to a business case (A2)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from approvals.models.case import BusinessCase, OfACaseQuerySet


class Vote(models.Model):
    """One person's vote on one text of a case. Insert-only: another text takes another vote."""

    class Choice(models.TextChoices):
        APPROVE = "approve", "Approve"
        CHANGES = "changes", "Send back for changes"
        REJECT = "reject", "Reject"

    class Capacity(models.TextChoices):
        """As what they voted: their standing on that day."""

        HEAD = "head", "Head teacher"
        DSL = "dsl", "Designated safeguarding lead"
        SLT = "slt", "Senior leadership team"
        TRUST_LEAD = "trust_lead", "Trust lead"
        CHAIR = "chair", "Chair of governors"

    case = models.ForeignKey(BusinessCase, on_delete=models.PROTECT, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice)
    capacity = models.CharField(max_length=20, choices=Capacity)
    content_hash = models.CharField(max_length=64)
    reason = models.TextField(max_length=2000, blank=True)
    # Whoever approves a case with a high residual risk says so in as many words (A5).
    accepts_risk = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person", "content_hash"],
                name="approvals_one_vote_each",
                violation_error_message="You have voted on this case already.",
            ),
            models.CheckConstraint(
                condition=Q(choice="approve") | ~Q(reason=""),
                name="approvals_vote_with_reason",
                violation_error_message="Say why, in a sentence.",
            ),
            models.CheckConstraint(condition=~Q(content_hash=""), name="approvals_vote_on_a_text"),
            models.CheckConstraint(
                condition=Q(choice__in=["approve", "changes", "reject"]),
                name="approvals_choice_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_choice_display()}"
