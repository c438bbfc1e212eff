"""A review of a policy: what called for it, and what came of it (P6)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from governance.models.policy import Policy
from people.models import Organisation, User
from people.roles import Permission


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User) -> Self:
        """Those of owners whose drafts they see, and of policies they are the author of."""
        drafts = Organisation.objects.where(user, Permission.VIEW_DRAFTS)
        mine = Q(policy__author=user, policy__in=Policy.objects.visible_to(user))
        return self.filter(Q(policy__owner__in=drafts) | mine)

    def open(self) -> Self:
        return self.filter(closed_on=None)

    def closed(self) -> Self:
        return self.filter(closed_on__isnull=False)


class Review(models.Model):
    """One review of one policy, open until it has an outcome. A closed one is never changed."""

    class Trigger(models.TextChoices):
        DATE = "date", "Its date has come"
        LEGISLATION = "legislation", "A change in the law"
        GUIDANCE = "guidance", "New guidance"
        CASE_LAW = "case_law", "A court's decision"
        INCIDENT = "incident", "A significant incident"
        REQUEST = "request", "Somebody asked for it"
        UNSTATED = "unstated", "Not stated"

    class Outcome(models.TextChoices):
        NO_CHANGE = "no_change", "Reviewed, no change"
        NEW_VERSION = "new_version", "New version"
        CANCELLED = "cancelled", "Cancelled"

    # What somebody opens a review for between two dates; each of them wants a sentence.
    CAUSES = (
        Trigger.LEGISLATION,
        Trigger.GUIDANCE,
        Trigger.CASE_LAW,
        Trigger.INCIDENT,
        Trigger.REQUEST,
    )

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="reviews")
    trigger = models.CharField("Why", max_length=20, choices=Trigger)
    cause = models.CharField("What happened", max_length=500, blank=True)
    # A number or an address, such as an incident's reference.
    cause_reference = models.CharField("Reference", max_length=200, blank=True)
    opened_on = models.DateField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Empty on reviews from before it was kept.
    due_on = models.DateField("To be finished by", null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)
    next_due_on = models.DateField("Next review", null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy"],
                condition=Q(closed_on=None),
                name="governance_one_open_review",
                violation_error_message="A review of this policy is open already.",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", closed_on=None, closed_by=None, due_on__isnull=False)
                | Q(
                    outcome__in=["no_change", "new_version", "cancelled"],
                    closed_on__isnull=False,
                    closed_by__isnull=False,
                ),
                name="governance_review_closed_when_and_how",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="governance_review_closed_after_opened",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "cancelled"], next_due_on=None)
                | Q(
                    outcome__in=["no_change", "new_version"],
                    closed_on__isnull=False,
                    next_due_on__isnull=False,
                    next_due_on__gt=F("closed_on"),
                ),
                name="governance_review_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(cause="") | Q(trigger__in=["date", "unstated"]),
                name="governance_review_has_a_cause",
            ),
        ]

    def __str__(self) -> str:
        if self.closed_on is None:
            return f"Review opened on {self.opened_on}"
        return f"{self.get_outcome_display()} on {self.closed_on}"

    @property
    def organisation(self) -> Organisation:
        return self.policy.owner

    @property
    def is_open(self) -> bool:
        return self.closed_on is None
