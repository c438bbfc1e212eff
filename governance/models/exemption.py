"""A person who need not sign for a while, and who allowed it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from governance.models.policy import Policy
from people.models import Organisation
from people.models.membership import on_day
from people.roles import Permission
from trail.constraints import in_order

if TYPE_CHECKING:
    from people.models import User


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(
            organisation__in=Organisation.objects.where(user, Permission.VIEW_SIGNATURES)
        )

    def on(self, day: date) -> Self:
        return self.filter(on_day(day))


class Exemption(models.Model):
    """One policy, or all of them, need not be signed at this school from a day to a day (D10)."""

    class Reason(models.TextChoices):
        LONG_LEAVE = "long_leave", "On long leave"
        NOT_APPLICABLE = "not_applicable", "Does not apply to this person"
        SIGNED_ELSEWHERE = "elsewhere", "Has signed with their own employer"
        OTHER = "other", "Another reason"

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exemptions"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="exemptions"
    )
    reason = models.CharField(max_length=20, choices=Reason)
    starts_on = models.DateField("From")
    ends_on = models.DateField("Until", null=True, blank=True)
    allowed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    allowed_at = models.DateTimeField(default=timezone.now)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            in_order(
                "starts_on",
                "ends_on",
                name="governance_exemption_in_order",
                message="The last day cannot be before the first.",
            ),
        ]
        indexes = [models.Index(fields=["person", "starts_on"], name="governance_exempt_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_reason_display().lower()}"
