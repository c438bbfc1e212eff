"""What the parts of a case have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models

from incidents.models.case import Case
from incidents.sealing import Sealed

if TYPE_CHECKING:
    from people.models import Organisation, User


class OfACaseQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those of the cases that this person may see."""
        return self.filter(case__in=Case.objects.visible_to(user))


class PartOfCase(Sealed):
    """A row that belongs to a case, and whose texts its key opens."""

    case: Any

    class Meta:
        abstract = True

    @property
    def organisation(self) -> Organisation:
        return self.case.organisation  # type: ignore[no-any-return]


def a_person(*, null: bool = False, related_name: str = "+", **more: Any) -> Any:
    """A column that names somebody of the portal; they cannot be deleted while it does."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=null,
        blank=null,
        related_name=related_name,
        **more,
    )
