"""A list of accounts that somebody has uploaded and not yet confirmed (E12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from people.models import Organisation
from people.models.uploaded_list import ListWithColumns, UploadedListQuerySet
from people.roles import Permission

if TYPE_CHECKING:
    from people.models import User


class AccountImportQuerySet(UploadedListQuerySet["AccountImport"]):
    def visible_to(self, user: User) -> Self:
        """Their own uploads only, where they still decide about accounts."""
        decides = Organisation.objects.where(user, Permission.DECIDE_ACCOUNTS)
        return self.filter(uploaded_by=user, organisation__in=decides)


class AccountImport(ListWithColumns):
    """An uploaded list of accounts. `agreed_on` and `agreed_note` stand for rows without their own.

    What looks like a password was taken out of `rows` before they were kept.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="account_imports"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    agreed_on = models.DateField()
    agreed_note = models.CharField(max_length=300)

    objects = AccountImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="previewed") | Q(rows=[]), name="accounts_import_rows_erased"
            ),
        ]

    def __str__(self) -> str:
        return f"List of accounts for {self.organisation}"

    def get_absolute_url(self) -> str:
        return reverse("accounts:import_preview", args=[self.organisation.slug, self.pk])
