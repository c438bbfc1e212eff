"""What a trial showed, measured against what its case set out to do (A8)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from approvals.models.case import BusinessCase, OfACaseQuerySet


class Evaluation(models.Model):
    """Insert-only. A trial that goes on with changes is evaluated again at its new end."""

    class Outcome(models.TextChoices):
        CONTINUE = "continue", "Go live"
        CHANGE = "change", "Change something and go on trying"
        CLOSE = "close", "Close it"

    case = models.ForeignKey(BusinessCase, on_delete=models.PROTECT, related_name="evaluations")
    outcome = models.CharField(max_length=10, choices=Outcome)
    reached = models.TextField("What the trial reached of its aims", max_length=2000)
    learnt = models.TextField("What was learnt", max_length=2000, blank=True)
    changes = models.TextField("What is done differently", max_length=2000, blank=True)
    extended_until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["continue", "change", "close"]) & ~Q(reached=""),
                name="approvals_evaluation_says_something",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="change") | (~Q(changes="") & Q(extended_until__isnull=False)),
                name="approvals_change_says_what",
                violation_error_message="Say what is done differently, and until when.",
            ),
            models.CheckConstraint(
                condition=Q(outcome="change") | Q(extended_until=None),
                name="approvals_extended_only_on_change",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_outcome_display()}"
