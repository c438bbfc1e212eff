"""What the runners of an account keep to, and what its audience may expect."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.account import SocialAccount
from accounts.models.runner import OfAnAccountQuerySet


class HouseRules(models.Model):
    """What runners of this account keep to, and what its audience may expect (R4, R5, R11).

    Shown to the runners, and as a page of the school where it wants that.
    """

    class Naming(models.TextChoices):
        NONE = "none", "No names of pupils"
        FIRST = "first", "First names only"
        NOT_WITH_PICTURE = "not_with_picture", "First names only, and never beside a picture"

    account = models.OneToOneField(
        SocialAccount, on_delete=models.CASCADE, related_name="house_rules"
    )
    hour_from = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(23)])
    hour_until = models.PositiveSmallIntegerField(default=18, validators=[MaxValueValidator(24)])
    weekdays_only = models.BooleanField("Monday to Friday only", default=True)
    exceptions = models.TextField("When else", max_length=1000, blank=True)
    follows = models.TextField("Who the account follows", max_length=1000, blank=True)
    naming = models.CharField(
        "Names of pupils", max_length=20, choices=Naming, default=Naming.NOT_WITH_PICTURE
    )
    pictures = models.TextField("Pictures", max_length=1000, blank=True)
    replies = models.TextField("Answers to comments and messages", max_length=1000, blank=True)
    devices = models.TextField("Devices", max_length=1000, blank=True)
    more = models.TextField("Anything else", max_length=2000, blank=True)
    is_public = models.BooleanField("Show them on the school’s public page", default=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    objects = OfAnAccountQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "house rules"
        constraints = [
            models.CheckConstraint(
                condition=Q(hour_from__lt=F("hour_until"), hour_until__lte=24),
                name="accounts_hours_in_order",
                violation_error_message="Posting ends later than it begins.",
            )
        ]

    def __str__(self) -> str:
        return f"House rules of {self.account}"
