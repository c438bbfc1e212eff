"""Who runs an account, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.account import SocialAccount, runs_on
from trail.constraints import both_or_neither, in_order

if TYPE_CHECKING:
    from datetime import date

    from people.models import User


class OfAnAccountQuerySet(models.QuerySet):
    """Rows of an account: whoever sees the account sees them."""

    def visible_to(self, user: User) -> Self:
        return self.filter(account__in=SocialAccount.objects.visible_to(user))


class RunnerQuerySet(OfAnAccountQuerySet):
    def current(self, on: date) -> Self:
        """Those who run it that day. Whoever is no longer at the school does not."""
        return self.filter(runs_on(on))


class Runner(models.Model):
    """One person who runs one account, from a day to a day. The last day still counts."""

    account = models.ForeignKey(SocialAccount, on_delete=models.PROTECT, related_name="runners")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="runs"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # Their login at the platform was taken away, or the password they knew is changed.
    access_removed_at = models.DateTimeField(null=True, blank=True)
    access_removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)

    objects = RunnerQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        indexes = [models.Index(fields=["person", "ends_on"], name="accounts_run_by")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "person"],
                condition=Q(ends_on=None),
                name="accounts_runs_it_once",
                violation_error_message="This person runs the account already.",
            ),
            in_order(
                "starts_on",
                "ends_on",
                name="accounts_runner_in_order",
                message="The last day cannot be before the first.",
            ),
            both_or_neither(
                "access_removed_at", "access_removed_by", name="accounts_access_removed_by"
            ),
            models.CheckConstraint(
                condition=Q(access_removed_at=None) | Q(ends_on__isnull=False),
                name="accounts_access_removed_at_the_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} runs {self.account}"

    def is_on(self, day: date) -> bool:
        """Whether they run it that day."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)
