"""Looking each term at who has access, and whether they still should (A9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models.runner import Runner
from people.models import Organisation
from people.roles import Permission
from trail.constraints import both_or_neither, in_order

if TYPE_CHECKING:
    from people.models import User


class AccessReviewQuerySet(models.QuerySet["AccessReview"]):
    def visible_to(self, user: User) -> Self:
        seen = Organisation.objects.where(user, Permission.VIEW_ACCOUNTS)
        return self.filter(organisation__in=seen)

    def open(self) -> Self:
        return self.filter(closed_at=None)


class AccessReview(models.Model):
    """Who ran what at a school on a day. Closed when nothing is left to decide.

    `term_starts_on` is empty where the school has not entered the term of that day.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="access_reviews"
    )
    term_name = models.CharField(max_length=60, blank=True)
    term_starts_on = models.DateField(null=True, blank=True)
    opened_on = models.DateField()
    due_on = models.DateField()
    # Empty where the portal opened it.
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = AccessReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(closed_at=None),
                name="accounts_one_open_access_review",
                violation_error_message="A review of access is open already.",
            ),
            in_order(
                "opened_on",
                "due_on",
                name="accounts_access_review_in_order",
                message="It is due after it was opened.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("accounts:access_review", args=[self.organisation.slug, self.pk])

    @property
    def title(self) -> str:
        day = f"{self.opened_on.day} {self.opened_on:%B %Y}"
        return f"{self.term_name}, {day}" if self.term_name else day


class AccessRowQuerySet(models.QuerySet["AccessReviewRow"]):
    def visible_to(self, user: User) -> Self:
        """Those of reviews they may read, and their own."""
        reviews = AccessReview.objects.visible_to(user)
        return self.filter(Q(review__in=reviews) | Q(person=user))

    def to_decide(self) -> Self:
        return self.filter(decision=AccessReviewRow.Decision.PENDING)


class AccessReviewRow(models.Model):
    """One runner of one account, and what somebody else decided about it.

    Before deciding, the person may be asked whether they still need it; what they answer decides
    nothing.
    """

    class Decision(models.TextChoices):
        PENDING = "pending", "To decide"
        KEEP = "keep", "Goes on"
        END = "end", "Ended"
        GONE = "gone", "Had stopped by then"

    class Answer(models.TextChoices):
        NEEDS_IT = "needs_it", "Still runs it"
        DOES_NOT = "does_not", "No longer needs it"

    review = models.ForeignKey(AccessReview, on_delete=models.CASCADE, related_name="rows")
    runner = models.ForeignKey(Runner, on_delete=models.PROTECT, related_name="+")
    # As the runner's, so that the database can refuse whoever decides about themselves.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="access_rows"
    )
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = AccessRowQuerySet.as_manager()

    class Meta:
        ordering = ["runner__account__name", "runner__account", "person__sort_name", "pk"]
        indexes = [
            models.Index(
                fields=["person"], condition=Q(decision="pending"), name="accounts_access_of"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "runner"], name="accounts_runner_reviewed_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("person")),
                name="accounts_nobody_certifies_themselves",
                violation_error_message="Nobody decides about their own access.",
            ),
            models.CheckConstraint(
                condition=Q(asked_by=None) | ~Q(asked_by=F("person")),
                name="accounts_nobody_asks_themselves",
            ),
            models.CheckConstraint(
                condition=Q(decision="pending", decided_by=None, decided_at=None)
                | Q(decision="gone", decided_by=None, decided_at__isnull=False)
                | Q(
                    decision__in=["keep", "end"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="accounts_access_decided_by",
            ),
            both_or_neither("asked_by", "asked_at", name="accounts_access_asked_by"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | (~Q(answer="") & Q(answered_at__isnull=False, asked_at__isnull=False)),
                name="accounts_access_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.runner}: {self.get_decision_display()}"

    @property
    def is_asked(self) -> bool:
        """Whether their answer is still awaited."""
        pending = self.decision == self.Decision.PENDING
        return pending and self.asked_at is not None and self.answered_at is None
