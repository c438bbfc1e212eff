"""A staff list somebody has uploaded and not yet confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from people.models.organisation import Organisation
from people.roles import Permission

if TYPE_CHECKING:
    from people.models.user import User

# The rows of a list that nobody confirmed are erased after this time.
KEPT_FOR = timedelta(days=7)


class StaffImportQuerySet(models.QuerySet["StaffImport"]):
    def visible_to(self, user: User) -> Self:
        """Their own uploads only, where they still manage people."""
        managed = Organisation.objects.where(user, Permission.MANAGE_PEOPLE)
        return self.filter(uploaded_by=user, organisation__in=managed)

    def waiting(self) -> Self:
        return self.filter(status=StaffImport.Status.PREVIEWED)

    def too_old(self) -> Self:
        return self.waiting().filter(uploaded_at__lt=timezone.now() - KEPT_FOR)


class StaffImport(models.Model):
    """An uploaded staff list between upload and confirmation.

    `rows` is emptied when the import is done or abandoned; `added` keeps the ids of the people it
    brought, so that they can be invited.
    """

    class Status(models.TextChoices):
        PREVIEWED = "previewed", "Waiting to be confirmed"
        DONE = "done", "Done"
        ABANDONED = "abandoned", "Abandoned"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="staff_imports"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_imports"
    )
    uploaded_at = models.DateTimeField(default=timezone.now)
    headings = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status, default=Status.PREVIEWED)
    counts = models.JSONField(default=dict)
    added = models.JSONField(default=list)

    objects = StaffImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="previewed") | Q(rows=[]), name="people_import_rows_erased"
            ),
        ]

    def __str__(self) -> str:
        return f"Staff list for {self.organisation}"

    def get_absolute_url(self) -> str:
        return reverse("people:import_preview", args=[self.organisation.slug, self.pk])
