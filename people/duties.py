"""What people owe to this app: accept your invitation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from people.duty import Duty, DutySource
from people.models import Invitation, User
from people.services.invitations import path_for

DAYS_TO_ACCEPT = 7


def invitations_owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """One duty per open invitation, due a week after it was sent."""
    open_ones = (
        Invitation.objects.open()
        .filter(person__in=people, person__is_active=True)
        .select_related("organisation")
    )
    for invitation in open_ones.iterator(chunk_size=500):
        sent_on = timezone.localdate(invitation.created_at, invitation.organisation.zone)
        yield Duty(
            kind="invitation.accept",
            occasion=f"invitation.accept:{invitation.pk}",
            person_id=invitation.person_id,
            organisation_id=invitation.organisation_id,
            due_on=sent_on + timedelta(days=DAYS_TO_ACCEPT),
            title=f"Accept your invitation to {invitation.organisation.name}",
            url=path_for(invitation),
        )


INVITATIONS = DutySource(kind="invitation.accept", label="Invitation", owed=invitations_owed)
