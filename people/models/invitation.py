"""An invitation to sign in for the first time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from people.models.organisation import Organisation
from people.roles import Permission

if TYPE_CHECKING:
    from people.models.user import User


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(
            organisation__in=Organisation.objects.where(user, Permission.VIEW_PEOPLE)
        )

    def open(self, at: datetime | None = None) -> Self:
        return self.filter(accepted_at=None, cancelled_at=None, expires_at__gt=at or timezone.now())


class Invitation(models.Model):
    """Proves that whoever holds its link reads the address it was sent to.

    The link carries this row's id and nonce, signed; it can be made again for a reminder, and a
    cancelled or accepted row makes it worthless.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="invitations"
    )
    nonce = models.CharField(max_length=32)
    sent_to = models.EmailField(max_length=254)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(accepted_at=None, cancelled_at=None),
                name="people_one_open_invitation",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="people_invitation_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation of {self.person}"
