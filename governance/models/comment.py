"""What is said about a draft on its way, each text that was sent, and who no longer signs (P2)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.models.policy import Policy
from governance.models.version import PolicyVersion
from people.models import Organisation, User
from people.roles import Permission, Role


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: User) -> Self:
        """Those on drafts, and on what became of them, where they see drafts."""
        drafts = Organisation.objects.where(user, Permission.VIEW_DRAFTS)
        return self.filter(version__policy__owner__in=drafts)

    def waiting(self) -> Self:
        """Those that nobody has ticked off."""
        return self.filter(resolution=None)


class Comment(models.Model):
    """A remark on a draft, on the whole text or on one heading of it. Never changed."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="comments")
    # The text it was made about, as the editions of the draft are counted.
    edition = models.PositiveIntegerField()
    # The heading's id in that text and its words, for when a later text has neither.
    anchor = models.CharField(max_length=100, blank=True)
    heading = models.CharField(max_length=300, blank=True)
    text = models.CharField("Comment", max_length=2000)
    # Whether the text was sent back with it.
    sends_back = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="governance_comment_has_a_text"),
        ]

    def __str__(self) -> str:
        return f"Comment {self.pk} on {self.version}"


class Resolution(models.Model):
    """A comment is dealt with: by whom, when, and what they answered. Never changed."""

    comment = models.OneToOneField(Comment, on_delete=models.CASCADE, related_name="resolution")
    answer = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"Answer to comment {self.comment_id}"


class SentEdition(models.Model):
    """A text as it was sent for sign-off, so that the next one can be compared with it."""

    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="sent_editions"
    )
    edition = models.PositiveIntegerField()
    number = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    body = models.TextField()
    content_hash = models.CharField(max_length=64)
    audience_hash = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["sent_at", "pk"]

    def __str__(self) -> str:
        return f"{self.version} as sent on {self.sent_at:%Y-%m-%d}"


class SignatoryRemoval(models.Model):
    """A role was taken off those who sign a policy off, after they had once been asked."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="removals")
    role = models.CharField(max_length=20, choices=Role)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="governance_removal_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} no longer signs {self.policy} off"
