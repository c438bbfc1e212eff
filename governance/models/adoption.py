"""A school says that it adopts a version of its trust's policy (P7)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from governance.models.version import PolicyVersion
from people.models import Organisation, User
from people.roles import Permission


class AdoptionQuerySet(models.QuerySet["Adoption"]):
    def visible_to(self, user: User) -> Self:
        seen = Organisation.objects.where(user, Permission.VIEW_DASHBOARD)
        return self.filter(organisation__in=seen)


class Adoption(models.Model):
    """One school has confirmed, by one person, that this version holds there. Never changed."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="adoptions")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="adoptions"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "organisation"], name="governance_adopted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} adopted {self.version}"
