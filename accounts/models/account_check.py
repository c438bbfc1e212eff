"""The regular look at an account, and what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.account import SocialAccount
from accounts.models.runner import OfAnAccountQuerySet
from trail.constraints import both_or_neither, in_order

if TYPE_CHECKING:
    from people.models import User


class AccountCheck(models.Model):
    """Somebody looked an account through, once in each half-term (R3, R5, R9, R12, R13, R15, A10).

    The days of the half-term, not its row: the school's year may be put right later. `answers`
    holds, in order, each question as it was asked and "yes", "no" or "none" (does not apply).
    """

    account = models.ForeignKey(SocialAccount, on_delete=models.PROTECT, related_name="checks")
    period = models.CharField("For", max_length=100)
    starts_on = models.DateField()
    ends_on = models.DateField()
    done_on = models.DateField()
    answers = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = OfAnAccountQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "starts_on"],
                name="accounts_checked_once",
                violation_error_message="This check has been done already.",
            ),
            in_order(
                "starts_on",
                "ends_on",
                name="accounts_check_in_order",
                message="The last day cannot be before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"Check of {self.account}, {self.period}"


class FindingQuerySet(models.QuerySet["CheckFinding"]):
    def visible_to(self, user: User) -> Self:
        accounts = SocialAccount.objects.visible_to(user)
        return self.filter(check_done__account__in=accounts)

    def open(self) -> Self:
        return self.filter(dealt_with_at=None)


class CheckFinding(models.Model):
    """One thing a check found wrong, until somebody has dealt with it."""

    check_done = models.ForeignKey(AccountCheck, on_delete=models.PROTECT, related_name="findings")
    question = models.CharField(max_length=300)
    note = models.TextField("What is wrong", max_length=1000)
    dealt_with_at = models.DateTimeField(null=True, blank=True)
    dealt_with_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_note = models.TextField("What was done", max_length=1000, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(note=""), name="accounts_finding_says_what"),
            both_or_neither("dealt_with_at", "dealt_with_by", name="accounts_finding_dealt_with"),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def is_open(self) -> bool:
        return self.dealt_with_at is None
