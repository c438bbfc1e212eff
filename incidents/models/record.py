"""What is written down once: the case's own record, its chronology, and who looked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from incidents.models.case import Case
from incidents.models.parts import OfACaseQuerySet, PartOfCase, a_person


class CaseLine(models.Model):
    """One line of a case's own record, tied to the one before it. Holds ids and statuses only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = a_person(null=True)
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    details = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="incidents_line_once"),
            models.UniqueConstraint(fields=["case", "previous"], name="incidents_previous_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="incidents_line_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.verb}"


class ChronologyEntry(PartOfCase):
    """What happened, in somebody's words. Written once; a correction is a new entry."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        CONVERSATION = "conversation", "Conversation"
        CALL = "call", "Telephone call"
        MEETING = "meeting", "Meeting"
        DECISION = "decision", "Decision"
        CORRECTION = "correction", "Correction"

    SEALED = frozenset({"body"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="chronology")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=15, choices=Kind, default=Kind.NOTE)
    happened_at = models.DateTimeField()
    written_by = a_person()
    written_at = models.DateTimeField(default=timezone.now)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    sealed_body = models.BinaryField(editable=False)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="incidents_entry_once"),
            models.CheckConstraint(condition=~Q(sealed_body=b""), name="incidents_entry_says_so"),
            models.CheckConstraint(
                condition=Q(kind="correction", corrects__isnull=False)
                | (~Q(kind="correction") & Q(corrects=None)),
                name="incidents_correction_of_something",
            ),
            models.CheckConstraint(
                condition=Q(happened_at__lte=models.F("written_at")),
                name="incidents_entry_after_it_happened",
                violation_error_message="This time has not come yet.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class CaseView(models.Model):
    """Somebody looked at a case. Written in the transaction that shows it: no row, no page."""

    class What(models.TextChoices):
        PAGE = "page", "The case"
        FILE = "file", "A file"
        EXPORT = "export", "An export"
        # Of the case itself nothing: what was asked of somebody who does not see it.
        ASKED = "asked", "What was asked of them"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="views")
    person = a_person(related_name="case_views")
    what = models.CharField(max_length=10, choices=What, default=What.PAGE)
    at = models.DateTimeField(default=timezone.now)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["case", "-at"], name="incidents_looked_at")]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.at}"
