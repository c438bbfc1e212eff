"""Evidence of a case: sealed files, who touched each of them, and what left the portal (I5)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from incidents.models.case import Case
from incidents.models.parts import OfACaseQuerySet, PartOfCase, a_person
from trail.constraints import both_or_neither

if TYPE_CHECKING:
    from incidents.file_kinds import FileKind

ID = 20


def new_public_id() -> str:
    """How a file is called in an address: says nothing of how many there are."""
    return secrets.token_hex(ID // 2)


def new_blob() -> str:
    """How its bytes are called on the disk."""
    return secrets.token_hex(20)


class EvidenceQuerySet(OfACaseQuerySet):
    def current(self) -> Self:
        """Without those that a better one took the place of."""
        return self.filter(superseded=None)

    def openable(self) -> Self:
        """Those that may be shown, handed out and exported."""
        return self.filter(
            quarantined_at=None, destroyed_at=None, scan__in=Evidence.Scan.may_be_opened()
        )


class Evidence(PartOfCase):
    """A file as it came, sealed by the key of its case. Never altered: a better one supersedes it.

    The bytes lie on the disk under `blob` (`incidents/sealed_files.py`), with a copy to look at
    (`view`, `pages`) that holds nothing but what can be seen. Its name, where it came from and its
    SHA-256 are sealed: a hash in the open would tell whoever has the database which picture it is.
    """

    class Scan(models.TextChoices):
        NOT_ASKED = "not_asked", "Not checked for viruses"
        PENDING = "pending", "Waiting to be checked for viruses"
        CLEAN = "clean", "Checked for viruses"
        INFECTED = "infected", "A virus was found"

        @classmethod
        def may_be_opened(cls) -> list[str]:
            return [cls.NOT_ASKED, cls.CLEAN]

    class View(models.TextChoices):
        NONE = "none", "No copy to look at"
        PICTURES = "pictures", "Pictures"
        TEXT = "text", "Text"

    SEALED = frozenset(
        {"name", "sha256", "source", "platform", "handle", "captured_by", "note", "quarantine",
         "destroy"}
    )  # fmt: skip

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    public_id = models.CharField(max_length=ID, unique=True, default=new_public_id, editable=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    size = models.PositiveBigIntegerField()
    blob = models.CharField(max_length=40, unique=True, default=new_blob, editable=False)
    view = models.CharField(max_length=10, choices=View, default=View.NONE)
    pages = models.PositiveSmallIntegerField(default=0)
    more_pages = models.BooleanField(default=False)
    scan = models.CharField(max_length=10, choices=Scan, default=Scan.NOT_ASKED)
    scanned_at = models.DateTimeField(null=True, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    added_by = a_person(null=True)
    added_at = models.DateTimeField(default=timezone.now)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded"
    )
    quarantined_at = models.DateTimeField(null=True, blank=True)
    quarantined_by = a_person(null=True)
    destroy_asked_at = models.DateTimeField(null=True, blank=True)
    destroy_asked_by = a_person(null=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)
    destroyed_by = a_person(null=True)
    sealed_name = models.BinaryField(editable=False)
    sealed_sha256 = models.BinaryField(editable=False)
    sealed_source = models.BinaryField(default=b"", editable=False)
    sealed_platform = models.BinaryField(default=b"", editable=False)
    sealed_handle = models.BinaryField(default=b"", editable=False)
    sealed_captured_by = models.BinaryField(default=b"", editable=False)
    sealed_note = models.BinaryField(default=b"", editable=False)
    sealed_quarantine = models.BinaryField(default=b"", editable=False)
    sealed_destroy = models.BinaryField(default=b"", editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["added_at"], condition=Q(scan="pending"), name="incidents_to_scan")
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="incidents_evidence_once"),
            models.CheckConstraint(condition=Q(size__gt=0), name="incidents_evidence_not_empty"),
            models.CheckConstraint(
                condition=~Q(sealed_name=b"") & ~Q(sealed_sha256=b""),
                name="incidents_evidence_hashed",
            ),
            models.CheckConstraint(
                condition=Q(scan__in=["not_asked", "pending", "clean", "infected"]),
                name="incidents_scan_known",
            ),
            models.CheckConstraint(
                condition=Q(view="none", pages=0) | (~Q(view="none") & Q(pages__gte=1)),
                name="incidents_view_has_pages",
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at=None)
                | (
                    Q(quarantined_at__isnull=False, destroy_asked_by__isnull=False)
                    & ~Q(destroyed_by=F("destroy_asked_by"))
                    & ~Q(sealed_destroy=b"")
                ),
                name="incidents_two_people_destroy",
            ),
            both_or_neither("quarantined_at", "quarantined_by", name="incidents_quarantined_by"),
            both_or_neither(
                "destroy_asked_at", "destroy_asked_by", name="incidents_destroy_asked_by"
            ),
            both_or_neither("destroyed_at", "destroyed_by", name="incidents_destroyed_by"),
        ]

    def __str__(self) -> str:
        return f"file {self.number}"

    @property
    def its_kind(self) -> FileKind:
        from incidents.file_kinds import KINDS

        return KINDS[self.kind]

    @property
    def is_quarantined(self) -> bool:
        return self.quarantined_at is not None

    @property
    def may_be_opened(self) -> bool:
        return (
            not self.is_quarantined
            and self.destroyed_at is None
            and self.scan in self.Scan.may_be_opened()
        )


class Custody(models.Model):
    """Somebody did something with a file of a case. Written with what it shows: no row, no file."""

    class What(models.TextChoices):
        ADDED = "added", "Added it"
        LOOKED = "looked", "Looked at the copy"
        TAKEN = "taken", "Took the original"
        EXPORTED = "exported", "Put it into an export"
        QUARANTINED = "quarantined", "Locked it away"
        DESTROY_ASKED = "ask_destroy", "Asked for it to be destroyed"
        DESTROYED = "destroyed", "Destroyed it"
        CLEAN = "clean", "No virus was found"
        INFECTED = "infected", "A virus was found"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="custody")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="custody")
    person = a_person(null=True)
    what = models.CharField(max_length=12, choices=What)
    at = models.DateTimeField(default=timezone.now)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.at}"


class CaseExport(PartOfCase):
    """What left the portal of one case: for whom, how much of it, and the fingerprint it had."""

    class Profile(models.TextChoices):
        FULL = "full", "Everything"
        WITHOUT_REPORTER = "no_reporter", "Without who reported it"
        WITHOUT_OTHERS = "no_others", "Without anybody but those it was done to"
        CHILD_FILE = "child_file", "For a child protection file"
        SUBJECT_ACCESS = "access", "Somebody asks what is held about them"

    SEALED = frozenset({"why", "recipient"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exports")
    public_id = models.CharField(max_length=ID, unique=True, default=new_public_id, editable=False)
    profile = models.CharField(max_length=12, choices=Profile)
    files = models.PositiveSmallIntegerField(default=0)
    fingerprint = models.CharField(max_length=64)
    made_by = a_person()
    made_at = models.DateTimeField(default=timezone.now)
    sealed_why = models.BinaryField(editable=False)
    sealed_recipient = models.BinaryField(editable=False)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(sealed_why=b"") & ~Q(sealed_recipient=b""),
                name="incidents_export_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(
                    profile__in=["full", "no_reporter", "no_others", "child_file", "access"]
                ),
                name="incidents_export_profile_known",
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.made_at}"
