"""A list of training that somebody has uploaded and not yet confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from people.models import Organisation
from people.models.uploaded_list import UploadedList, UploadedListQuerySet
from people.roles import Permission

if TYPE_CHECKING:
    from people.models import User


class TrainingImportQuerySet(UploadedListQuerySet["TrainingImport"]):
    def visible_to(self, user: User) -> Self:
        """Their own uploads only, where they still manage training."""
        managed = Organisation.objects.where(user, Permission.MANAGE_TRAINING)
        return self.filter(uploaded_by=user, organisation__in=managed)


class TrainingImport(UploadedList):
    """An uploaded list between upload and confirmation. `rows` is emptied when it is over."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="training_imports"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    columns = models.JSONField(default=dict)

    objects = TrainingImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="previewed") | Q(rows=[]),
                name="governance_training_import_rows_erased",
            ),
        ]

    def __str__(self) -> str:
        return f"List of training for {self.organisation}"

    def get_absolute_url(self) -> str:
        return reverse("governance:training_import_preview", args=[self.organisation.slug, self.pk])
