"""A file somebody gave the portal: what it was called, what it is, whose it is."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from files.purposes import Purpose
from people.models import Organisation

if TYPE_CHECKING:
    from people.models import User


def new_key() -> str:
    return secrets.token_hex(20)


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def visible_to(self, user: User) -> Self:
        """What the apps that keep files let this person read. Without their word: nothing."""
        scope = Q(pk__in=())
        for path in settings.FILE_SCOPES:
            scope |= import_string(path)(user)
        return self.filter(scope)


class StoredFile(models.Model):
    """An upload, kept encrypted on disk under a random key; the name is only shown."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="files")
    purpose = models.CharField(max_length=30, choices=Purpose)
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="files_has_a_name"),
            models.CheckConstraint(condition=Q(size__gt=0), name="files_is_not_empty"),
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values), name="files_purpose_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("files:download", args=[self.pk])
