"""The log of an account: what was done there, entry by entry."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.account import SocialAccount
from accounts.models.runner import OfAnAccountQuerySet


class LogEntryQuerySet(OfAnAccountQuerySet):
    def standing(self) -> Self:
        """Those that no later entry put right, and that are no mistake."""
        return self.filter(put_right_by=None, is_mistake=False)

    def posts(self) -> Self:
        return self.standing().filter(kind=LogEntry.Kind.POST)


class LogEntry(models.Model):
    """Something that was done on the account and belongs on its log (R3, R4, R8, R9, R14).

    Insert-only: a correction is another entry. What it says may be about a person: it is kept apart
    (`LogWords`), so that it can be erased while the entry stays.
    """

    class Kind(models.TextChoices):
        POST = "post", "A post"
        REMOVED = "removed", "A comment or post removed"
        BLOCKED = "blocked", "Somebody blocked"
        REPORTED = "reported", "Reported to the platform"
        FOLLOWERS = "followers", "Followers looked through"
        UNFOLLOWED = "unfollowed", "No longer followed"
        MONITORING = "monitoring", "A public post about the school"
        PERMISSION = "permission", "A permission to use something"
        OTHER = "other", "Something else"

    class Outside(models.TextChoices):
        """Why a post was outside the hours of the house rules."""

        EVENT = "event", "For an event"
        URGENT = "urgent", "Urgent news"
        NEITHER = "neither", "Neither: it should have waited"

    account = models.ForeignKey(SocialAccount, on_delete=models.PROTECT, related_name="log")
    kind = models.CharField(max_length=20, choices=Kind)
    happened_at = models.DateTimeField("When")
    # As the house rules were when it was entered; empty for a post within the hours.
    outside_hours = models.CharField(
        "Outside the hours", max_length=10, choices=Outside, blank=True
    )
    audience_told = models.BooleanField("The audience was told why", null=True, blank=True)
    platform_told = models.BooleanField("Reported to the platform", null=True, blank=True)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="put_right_by"
    )
    # It says that what it corrects never happened.
    is_mistake = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "log entries"
        ordering = ["-happened_at", "-pk"]
        indexes = [models.Index(fields=["account", "-happened_at"], name="accounts_log")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outside_hours="") | Q(kind="post"),
                name="accounts_only_posts_have_hours",
            ),
            models.CheckConstraint(
                condition=Q(is_mistake=False) | Q(corrects__isnull=False),
                name="accounts_a_mistake_of_an_entry",
            ),
            models.CheckConstraint(
                condition=Q(audience_told=None) | Q(kind__in=["removed", "blocked"]),
                name="accounts_audience_told_of_removals",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.happened_at:%d %B %Y}"


class LogWords(models.Model):
    """What an entry of the log says. It may be erased; it is never changed."""

    entry = models.OneToOneField(LogEntry, on_delete=models.CASCADE, related_name="words")
    text = models.TextField("What happened", max_length=2000)
    link = models.URLField("Address", max_length=500, blank=True)

    class Meta:
        verbose_name_plural = "log words"

    def __str__(self) -> str:
        return f"Words of entry {self.entry_id}"
