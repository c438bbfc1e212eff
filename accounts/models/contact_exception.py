"""A private telephone or address that may be used for the school's purposes for a while."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from people.models import Organisation
from people.roles import Permission
from trail.constraints import both_or_neither, in_order

if TYPE_CHECKING:
    from people.models import User


class ContactExceptionQuerySet(models.QuerySet["ContactException"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those of schools whose leaders or safeguarding leads one belongs to."""
        seen = Organisation.objects.where(user, Permission.SUSPEND_ACCOUNTS)
        return self.filter(Q(person=user) | Q(organisation__in=seen))

    def waiting(self, on: date) -> Self:
        """Asked for, and not answered while there was time."""
        return self.filter(decision="", ended_at=None, ends_on__gte=on)

    def in_force(self, on: date) -> Self:
        agreed = self.filter(decision="agreed", ended_at=None)
        return agreed.filter(starts_on__lte=on, ends_on__gte=on)

    def over(self, on: date) -> Self:
        return self.filter(Q(ends_on__lt=on) | Q(ended_at__isnull=False))


class ContactException(models.Model):
    """Somebody may use something of their own to be reached on, from a day to a day (A10).

    Asked for beforehand, agreed to by the head, and over by itself. It holds no number and no
    address.
    """

    class What(models.TextChoices):
        PHONE = "phone", "Private telephone"
        EMAIL = "email", "Private e-mail address"
        MESSAGES = "messages", "Private account for messages"

    class Decision(models.TextChoices):
        AGREED = "agreed", "Agreed"
        REFUSED = "refused", "Refused"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="contact_exceptions"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contact_exceptions"
    )
    what = models.CharField("What you want to use", max_length=10, choices=What)
    reason = models.TextField("What for", max_length=1000)
    starts_on = models.DateField("From")
    ends_on = models.DateField("Until")
    asked_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decision_note = models.TextField("Reason", max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # Withdrawn while it waited, or ended before its last day.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ContactExceptionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "ends_on"], name="accounts_exceptions_at"),
        ]
        constraints = [
            in_order(
                "starts_on",
                "ends_on",
                name="accounts_exception_in_order",
                message="The last day cannot be before the first.",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("person")),
                name="accounts_nobody_excepts_themselves",
                violation_error_message="Somebody else has to decide this.",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by=None)
                | Q(decided_by__isnull=False) & Q(decision__in=["agreed", "refused"]),
                name="accounts_exception_decided_by",
            ),
            models.CheckConstraint(
                condition=~Q(decision="refused") | ~Q(decision_note=""),
                name="accounts_exception_refused_why",
                violation_error_message="Say why, in a sentence.",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="accounts_exception_has_a_reason"),
            both_or_neither("decided_by", "decided_at", name="accounts_exception_decided_at"),
            both_or_neither("ended_at", "ended_by", name="accounts_exception_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_what_display()}"

    def state(self, on: date) -> tuple[str, str]:
        """Code and words of where it stands that day."""
        if self.decision == self.Decision.REFUSED:
            return "rejected", "Refused"
        if self.ended_at is not None:
            return "ended", "Ended" if self.decision else "Withdrawn"
        if on > self.ends_on:
            return "ended", "Over" if self.decision else "Not answered in time"
        if not self.decision:
            return "waiting", "Waits for the head"
        return ("active", "In force") if on >= self.starts_on else ("upcoming", "Agreed")
