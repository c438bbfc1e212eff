"""Evidence packs: what was asked about whom and which moment, and what was made of it (D18)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from governance.models.policy import Policy
from people.models import Organisation
from people.roles import Permission
from trail.constraints import both_or_neither

if TYPE_CHECKING:
    from people.models import User


class EvidencePackQuerySet(models.QuerySet["EvidencePack"]):
    def visible_to(self, user: User) -> Self:
        """All of a place where they see who has signed; figures where they see figures only."""
        names = Organisation.objects.where(user, Permission.VIEW_SIGNATURES)
        figures = Organisation.objects.where(user, Permission.VIEW_DASHBOARD)
        without_names = Q(kind=EvidencePack.Kind.GOVERNORS, organisation__in=figures)
        return self.filter(Q(organisation__in=names) | without_names)

    def waiting(self) -> Self:
        return self.filter(state=EvidencePack.State.WAITING)

    def run_out(self, now: datetime) -> Self:
        """Still on the disk, though their time is over."""
        return self.filter(file__isnull=False, expires_at__lte=now)


class EvidencePack(models.Model):
    """One pack. Its file goes after thirty days; the row stays, to say that it was made here.

    What a finished one was about, and the hash of its manifest, can never be changed.
    """

    class Kind(models.TextChoices):
        POLICY = "policy", "One policy"
        SCHOOL = "school", "Every policy"
        PERSON = "person", "One person"
        GOVERNORS = "governors", "Figures for governors, without names"

    class State(models.TextChoices):
        WAITING = "waiting", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Could not be made"

    reference = models.CharField(max_length=14, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="evidence_packs"
    )
    kind = models.CharField("About", max_length=10, choices=Kind)
    policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    as_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)
    # Of the form it was asked for with: a second click makes no second pack.
    form_key = models.UUIDField(null=True, blank=True)
    # A worker that has not finished within the hour was killed: another takes it up.
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)
    manifest_hash = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    file = models.OneToOneField(
        "files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = EvidencePackQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "-requested_at"], name="governance_packs_at"),
            models.Index(
                fields=["requested_at"],
                condition=Q(state="waiting"),
                name="governance_packs_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="policy", policy__isnull=False, person=None)
                | Q(kind="person", policy=None, person__isnull=False)
                | Q(kind__in=["school", "governors"], policy=None, person=None),
                name="governance_pack_is_about_something",
            ),
            models.CheckConstraint(
                condition=Q(state="ready", made_at__isnull=False, size__gt=0) & ~Q(manifest_hash="")
                | Q(
                    state__in=["waiting", "failed"],
                    made_at=None,
                    file=None,
                    manifest_hash="",
                ),
                name="governance_pack_ready_with_a_manifest",
            ),
            models.CheckConstraint(
                condition=Q(as_at__lte=F("requested_at")), name="governance_pack_of_the_past"
            ),
            models.UniqueConstraint(
                fields=["manifest_hash"],
                condition=~Q(manifest_hash=""),
                name="governance_one_pack_a_manifest",
            ),
            models.UniqueConstraint(
                fields=["requested_by", "form_key"], name="governance_one_pack_a_form"
            ),
            both_or_neither("made_at", "expires_at", name="governance_pack_made_and_expires"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("governance:evidence_pack", args=[self.organisation.slug, self.pk])

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def is_gone(self) -> bool:
        """Made, and its file erased since."""
        return self.is_ready and self.file_id is None

    @property
    def with_names(self) -> bool:
        return self.kind != self.Kind.GOVERNORS
