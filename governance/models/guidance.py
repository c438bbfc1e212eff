"""A school's page of guidance for pupils and parents, in its own words (P13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.models import Organisation
from people.roles import Permission

if TYPE_CHECKING:
    from people.models import User


class GuidanceEditionQuerySet(models.QuerySet["GuidanceEdition"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(
            organisation__in=Organisation.objects.where(user, Permission.MANAGE_EDUCATION)
        )


class GuidanceEdition(models.Model):
    """The words of the page as somebody saved them. Each save is a new one; none is changed."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="guidance_editions"
    )
    number = models.PositiveIntegerField()
    body = models.TextField("Text")
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = GuidanceEditionQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], name="governance_guidance_number_once"
            ),
            models.CheckConstraint(condition=~Q(body=""), name="governance_guidance_has_words"),
        ]

    def __str__(self) -> str:
        return f"Guidance of {self.organisation}, edition {self.number}"


class GuidanceShowingQuerySet(models.QuerySet["GuidanceShowing"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(edition__in=GuidanceEdition.objects.visible_to(user))


class GuidanceShowing(models.Model):
    """From this moment on everybody sees this edition; none of them: the page is taken down."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="guidance_showings"
    )
    edition = models.ForeignKey(
        GuidanceEdition, on_delete=models.PROTECT, null=True, blank=True, related_name="showings"
    )
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = GuidanceShowingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="governance_guidance_shown"),
        ]

    def __str__(self) -> str:
        return f"{self.edition}" if self.edition_id else f"No guidance of {self.organisation}"
