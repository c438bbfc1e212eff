"""Opening an account in an emergency: IT and the leadership team, together, for a day."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.account import SocialAccount
from accounts.models.runner import OfAnAccountQuerySet
from trail.constraints import both_or_neither


class EmergencyQuerySet(OfAnAccountQuerySet):
    def waiting(self) -> Self:
        return self.filter(outcome=Emergency.Outcome.WAITING)

    def unsettled(self) -> Self:
        """Waiting for an answer, or open: one of these stands for an account at a time."""
        return self.filter(_UNSETTLED)


_UNSETTLED = Q(outcome="waiting") | Q(outcome="agreed", ended_at=None)


class Emergency(models.Model):
    """Somebody from IT and somebody from the leadership team open an account that is not theirs.

    One asks and says why, another, of the other kind, agrees. The runners are told at once; when it
    ends the password is changed.
    """

    class Kind(models.TextChoices):
        IT = "it", "IT"
        LEADERS = "leaders", "Leadership team"

    class Outcome(models.TextChoices):
        WAITING = "waiting", "Waiting for the second person"
        AGREED = "agreed", "Agreed"
        REFUSED = "refused", "Refused"
        LAPSED = "lapsed", "Nobody answered in time"
        WITHDRAWN = "withdrawn", "Withdrawn"

    account = models.ForeignKey(SocialAccount, on_delete=models.PROTECT, related_name="emergencies")
    reason = models.TextField(max_length=1000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_as = models.CharField(max_length=10, choices=Kind)
    asked_at = models.DateTimeField(default=timezone.now)
    answer_until = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_as = models.CharField(max_length=10, choices=Kind, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    refused_why = models.TextField(max_length=1000, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Empty where the hours ran out.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = EmergencyQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name_plural = "emergencies"
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=_UNSETTLED,
                name="accounts_one_emergency_at_a_time",
                violation_error_message="Somebody has asked already.",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["waiting", "agreed", "refused", "lapsed", "withdrawn"]),
                name="accounts_emergency_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None)
                | (~Q(answered_by=F("asked_by")) & ~Q(answered_as=F("asked_as"))),
                name="accounts_opened_by_two",
                violation_error_message="Two people open an account: somebody else has to agree.",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=["agreed", "refused"],
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                )
                | Q(
                    outcome__in=["waiting", "lapsed", "withdrawn"],
                    answered_by=None,
                    answered_at=None,
                    answered_as="",
                ),
                name="accounts_emergency_answered",
            ),
            models.CheckConstraint(
                condition=Q(outcome="agreed", until__isnull=False)
                | (~Q(outcome="agreed") & Q(until=None, ended_at=None)),
                name="accounts_emergency_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="refused") | ~Q(refused_why=""),
                name="accounts_emergency_refused_why",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & Q(answer_until__gt=F("asked_at")),
                name="accounts_emergency_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(ended_at__isnull=False),
                name="accounts_emergency_ended_at",
            ),
            both_or_neither("answered_by", "answered_at", name="accounts_emergency_answered_by"),
        ]

    def __str__(self) -> str:
        return f"{self.account} opened by {self.asked_by}"

    def is_waiting(self, now: datetime) -> bool:
        return self.outcome == self.Outcome.WAITING and now < self.answer_until

    def is_open(self, now: datetime) -> bool:
        return (
            self.outcome == self.Outcome.AGREED
            and self.ended_at is None
            and self.until is not None
            and now < self.until
        )
