"""How a report comes in: a draft, a receipt for whoever has no login, and the message box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from incidents.models.case import Case
from incidents.models.parts import OfACaseQuerySet, PartOfCase, a_person
from incidents.references import new_reference
from people.models import Organisation

if TYPE_CHECKING:
    from people.models import User


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: User) -> Self:
        """A draft is its writer's alone, whatever anybody's office."""
        return self.filter(person=user)


class Draft(models.Model):
    """A report that somebody has not sent yet. It survives signing out; nobody else reads it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="case_drafts"
    )
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    sealed = models.BinaryField(editable=False)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at"]
        indexes = [models.Index(fields=["saved_at"], name="incidents_old_drafts")]

    def __str__(self) -> str:
        return self.reference


class PublicReport(models.Model):
    """That a case came in without a login: the receipt by its hash, and nothing of the device."""

    class Relation(models.TextChoices):
        PARENT = "parent", "Parent or family"
        PUPIL = "pupil", "Pupil"
        OTHER = "other", "Somebody else"
        UNSAID = "unsaid", "Would rather not say"

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="public_report")
    receipt_hash = models.CharField(max_length=64, unique=True)
    relation = models.CharField(max_length=10, choices=Relation, default=Relation.UNSAID)
    named = models.BooleanField(default=False)

    objects = OfACaseQuerySet.as_manager()

    def __str__(self) -> str:
        return f"public report {self.pk}"


class PaperReport(models.Model):
    """That a case was written on paper and typed in later, by somebody who may not see the case."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="paper_report")
    written_on = models.DateField("Written on")
    entered_by = a_person()

    objects = OfACaseQuerySet.as_manager()

    def __str__(self) -> str:
        return f"paper report {self.pk}"


class Message(PartOfCase):
    """One message between whoever reported a case and whoever handles it. Written once."""

    SEALED = frozenset({"body"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    # Nobody: the reporter, who may be unknown.
    sent_by = a_person(null=True)
    from_reporter = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)
    sealed_body = models.BinaryField(editable=False)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["case", "at"], name="incidents_messages")]
        constraints = [
            models.CheckConstraint(condition=~Q(sealed_body=b""), name="incidents_message_says"),
            models.CheckConstraint(
                condition=Q(from_reporter=True) | Q(sent_by__isnull=False),
                name="incidents_message_from_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def body(self) -> str:
        """What it says; the case comes along with its key."""
        return self.text("body")
