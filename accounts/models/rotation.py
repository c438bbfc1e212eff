"""Passwords that are changed: facts only. What is due is derived in `accounts/rotation.py`.

No field here, and no upload, holds a password.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.account import SocialAccount
from accounts.models.runner import OfAnAccountQuerySet
from trail.constraints import both_or_neither


class RotationCause(models.Model):
    """Something happened after which the password has to be changed, whatever the term."""

    class Reason(models.TextChoices):
        LEAVER = "leaver", "A runner left"
        ROLE_CHANGE = "role_change", "A runner stopped running it"
        INCIDENT = "incident", "Something went wrong"
        LOST_DEVICE = "lost_device", "A device was lost"
        SUSPENDED = "suspended", "It was suspended"
        TRIP = "trip", "A trip ended"
        EMERGENCY = "emergency", "It was opened in an emergency"

    account = models.ForeignKey(SocialAccount, on_delete=models.PROTECT, related_name="causes")
    reason = models.CharField(max_length=20, choices=Reason)
    # What it is about, such as "runner:12": the same thing asks once.
    source = models.CharField(max_length=60)
    since = models.DateTimeField()
    due_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = OfAnAccountQuerySet.as_manager()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "reason", "source"],
                condition=Q(cancelled_at=None),
                name="accounts_cause_once",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=models.F("since")), name="accounts_cause_in_order"
            ),
            both_or_neither("cancelled_at", "cancelled_by", name="accounts_cancelled_by"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.account}"


class Rotation(models.Model):
    """A runner says that the password was changed, or the list of administrators looked through.

    It answers every cause before `changed_at`, and the term that day lies in, once it is verified.
    """

    account = models.ForeignKey(SocialAccount, on_delete=models.PROTECT, related_name="rotations")
    changed_at = models.DateTimeField("Changed")
    sessions_ended = models.BooleanField()
    second_factor_ours = models.BooleanField()
    vault = models.CharField(
        "Where it is kept", max_length=100, blank=True, help_text="The vault’s name, no password."
    )
    admins = models.TextField("Who has access now", max_length=2000, blank=True)
    attested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    attested_at = models.DateTimeField(default=timezone.now)

    objects = OfAnAccountQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "changed_at"],
                name="accounts_changed_once_at_a_time",
                violation_error_message="This change is on record already.",
            ),
            models.CheckConstraint(
                condition=Q(changed_at__lte=models.F("attested_at")),
                name="accounts_changed_before_said",
                violation_error_message="This time has not come yet.",
            ),
            models.CheckConstraint(
                condition=Q(sessions_ended=True, second_factor_ours=True),
                name="accounts_changed_in_full",
            ),
            models.CheckConstraint(
                condition=~Q(vault="", admins=""), name="accounts_kept_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}, {self.changed_at:%d %B %Y}"


class Verification(models.Model):
    """Another runner signed in with the new password, or the SLT witnessed it."""

    rotation = models.OneToOneField(Rotation, on_delete=models.PROTECT, related_name="verification")
    witnessed = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.rotation} verified"


class RotationWaiver(models.Model):
    """The leadership team lets a term's change go, with a reason and an end."""

    account = models.ForeignKey(SocialAccount, on_delete=models.PROTECT, related_name="waivers")
    reason = models.TextField(max_length=1000)
    starts_on = models.DateField()
    ends_on = models.DateField("Until")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = OfAnAccountQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="accounts_waiver_in_order"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="accounts_waiver_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.account} until {self.ends_on}"


class MissedRotation(models.Model):
    """A term ended without a verified change. On record for good (E9).

    The term's name and days, not the term: the school's year may be put right later.
    """

    account = models.ForeignKey(SocialAccount, on_delete=models.PROTECT, related_name="missed")
    term_name = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = OfAnAccountQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "starts_on"], name="accounts_a_term_is_missed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.term_name}"
