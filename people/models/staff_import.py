"""A staff list somebody has uploaded and not yet confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from people.models.organisation import Organisation
from people.models.uploaded_list import ListWithColumns, UploadedListQuerySet
from people.roles import Permission

if TYPE_CHECKING:
    from people.models.user import User


class StaffImportQuerySet(UploadedListQuerySet["StaffImport"]):
    def visible_to(self, user: User) -> Self:
        """Their own uploads only, where they still manage people."""
        managed = Organisation.objects.where(user, Permission.MANAGE_PEOPLE)
        return self.filter(uploaded_by=user, organisation__in=managed)


class StaffImport(ListWithColumns):
    """An uploaded staff list between upload and confirmation.

    `rows` is emptied when the import is done or abandoned; `added` keeps the ids of the people it
    brought, so that they can be invited.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="staff_imports"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_imports"
    )
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
