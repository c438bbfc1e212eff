"""What the portal has told people, and the mail that carries it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from email.utils import make_msgid
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from notices.machinery import Batch, Heartbeat, Lease
from people.models import Organisation
from people.roles import Permission
from trail.constraints import both_or_neither

if TYPE_CHECKING:
    from people.models import User

__all__ = ["Batch", "CalendarFeed", "Heartbeat", "Lease", "Mail", "Notice"]
EVENT = "event"  # the stage of a notice that something happened, not that something is owed
# A worker that has not finished what it claimed by then was killed.
CLAIM_LASTS = timedelta(minutes=10)


def new_message_id() -> str:
    """An id for a mail, made once: sending it again is the same mail."""
    return make_msgid(domain=urlsplit(settings.SITE_URL).hostname or "localhost")


class MailQuerySet(models.QuerySet["Mail"]):
    def visible_to(self, user: User) -> Self:
        """Their own, and those of schools whose delivery they look after."""
        watched = Organisation.objects.where(user, Permission.VIEW_DELIVERY)
        return self.filter(Q(recipient=user) | Q(organisation__in=watched))

    def waiting(self, kind: str, now: datetime) -> Self:
        """Of that kind, to be sent now, whichever waits longest first: off an index, unsorted."""
        found = self.filter(status=Mail.Status.WAITING, kind=kind, not_before__lte=now)
        return found.order_by("not_before", "pk")

    def abandoned(self, now: datetime) -> Self:
        """Claimed by a worker that never came back."""
        return self.filter(status=Mail.Status.CLAIMED, claimed_at__lt=now - CLAIM_LASTS)

    def failed(self) -> Self:
        return self.filter(status=Mail.Status.FAILED)


class Mail(models.Model):
    """One mail to one address: a row of the outbox. Written first, sent by the worker later."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", "Reminder"
        URGENT = "urgent", "Urgent"
        TRANSACTIONAL = "transactional", "Sign-in and invitations"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "With the worker"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        UNCERTAIN = "uncertain", "May have arrived"

    kind = models.CharField(max_length=15, choices=Kind)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mails",
    )
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=255)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    from_address = models.CharField(max_length=400)
    reply_to = models.CharField(max_length=400, blank=True)
    message_id = models.CharField(max_length=255, unique=True, default=new_message_id)
    # The recipient's local day that a reminder belongs to: one such mail a day.
    digest_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    claim = models.UUIDField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # A code of the mail server's answer, never its words: they may quote the mail.
    last_error = models.CharField(max_length=40, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(status="waiting"), name="notices_mail_waiting"
            ),
            # A claim reads the first of a kind off it, however many wait.
            models.Index(
                fields=["kind", "not_before", "id"],
                condition=Q(status="waiting"),
                name="notices_mail_next",
            ),
            models.Index(
                fields=["claim"], condition=Q(claim__isnull=False), name="notices_claimed"
            ),
            models.Index(fields=["organisation", "status"], name="notices_mail_at_school"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "digest_on"],
                condition=Q(kind="reminder"),
                name="notices_one_reminder_mail_a_day",
            ),
            models.CheckConstraint(
                condition=Q(kind="reminder", digest_on__isnull=False, recipient__isnull=False)
                | Q(kind__in=["urgent", "transactional"], digest_on=None),
                name="notices_reminder_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(status="claimed", claim__isnull=False)
                | Q(status__in=["waiting", "sent", "failed", "uncertain"], claim=None),
                name="notices_mail_claimed_while_sending",
            ),
            both_or_neither("claim", "claimed_at", name="notices_claim_has_a_time"),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at=None)),
                name="notices_mail_sent_at",
            ),
            # Whatever matters is sent again when in doubt; only a reminder may be let go.
            models.CheckConstraint(
                condition=~Q(status="uncertain") | Q(kind="reminder"),
                name="notices_only_reminders_uncertain",
            ),
            models.CheckConstraint(condition=~Q(to=""), name="notices_mail_has_an_address"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> Self:
        """What was sent to this person: nobody else reads it."""
        return self.filter(recipient=user)

    def unmailed(self) -> Self:
        """Told on the portal's pages, and still to be told by mail."""
        return self.filter(mail=None, in_app_only=False)

    def of_duties(self) -> Self:
        return self.exclude(stage=EVENT)


class Notice(models.Model):
    """One thing the portal told one person.

    For a duty, `stage` is a step of its ladder and `on_date` the day that step fell on (not the
    day it was noticed). So a weekly step repeats with a new date, while the same step of the same
    due date exists once however late or often the sweep runs. `about` is whose duty it is: the
    recipient, or somebody whose line manager or head is being told.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    about = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Whoever is away, and would have been told instead of the recipient.
    standing_in_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    occasion = models.CharField(max_length=150)
    stage = models.CharField(max_length=30)
    on_date = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mail = models.ForeignKey(
        Mail, on_delete=models.SET_NULL, null=True, blank=True, related_name="notices"
    )
    in_app_only = models.BooleanField(default=False)
    # The day of an earlier mail that named it and may have arrived, or not.
    in_doubt_on = models.DateField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notices_to_person"),
            models.Index(
                fields=["recipient"],
                condition=Q(mail=None, in_app_only=False),
                name="notices_unmailed",
            ),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notices_unread"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["about", "occasion", "stage", "on_date", "recipient"],
                name="notices_a_stage_is_sent_once",
            ),
            models.UniqueConstraint(
                fields=["recipient", "occasion"],
                condition=Q(stage=EVENT),
                name="notices_an_event_is_told_once",
            ),
            models.CheckConstraint(
                condition=Q(stage=EVENT) | Q(due_on__isnull=False), name="notices_duty_is_due"
            ),
            models.CheckConstraint(
                condition=Q(mail=None) | Q(in_app_only=False), name="notices_mailed_or_not"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.stage}"

    @property
    def told_as(self) -> str:
        """owner, line_manager, head … or event."""
        return re.split(r"[.+-]", self.stage, maxsplit=1)[0]

    def when(self, on: date | None = None) -> str:
        """How long there is left, as words; empty for an event."""
        if self.due_on is None:
            return ""
        days = (self.due_on - (on or timezone.localdate(self.created_at))).days
        match days:
            case 0:
                return "due today"
            case 1:
                return "due tomorrow"
            case _ if days > 1:
                return f"due in {days} days"
            case -1:
                return "one day overdue"
        return f"{-days} days overdue"

    @property
    def why(self) -> str:
        """Why this person was told, in a sentence or two."""
        if self.stage == EVENT and self.standing_in_for is not None:
            return f"You stand in for {self.standing_in_for}, whom this concerns."
        if self.stage == EVENT:
            return "This happened and concerns you."
        return f"{self._as_whom} When you were told it was {self.when()}."

    @property
    def _as_whom(self) -> str:
        if self.standing_in_for is not None:
            whose = {
                "owner": "whose task this is",
                "line_manager": "their line manager",
                "head": "the head of the school",
            }.get(self.told_as, "who leads the trust")
            return f"You stand in for {self.standing_in_for}, {whose}."
        return {
            "owner": "This is your task.",
            "line_manager": "You are their line manager.",
            "head": "You are the head of the school.",
        }.get(self.told_as, "You lead the trust.")


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and nobody else's."""
        return self.filter(person=user)


class CalendarFeed(models.Model):
    """A person's duties as a calendar, for whoever has its address. Taking it back deletes the row.

    Of the secret part of the address only a hash is kept: it is shown once.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Calendar of {self.person}"
