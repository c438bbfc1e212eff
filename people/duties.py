"""What people owe to this app: accept your invitation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from people.duty import Duty, DutySource, People
from people.models import Invitation, User
from people.services.invitations import path_for
from web.prepared import prepared

DAYS_TO_ACCEPT = 7


def _open_ones(people: People, at: datetime) -> QuerySet[Invitation]:
    return (
        Invitation.objects.open(at)
        .filter(person__in=people, person__is_active=True)
        .select_related("organisation")
    )


@prepared
def _open_ones_of(*, person_id: int, at: datetime) -> QuerySet[Invitation]:
    return _open_ones([person_id], at)


def invitations_owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """One duty per open invitation, due a week after it was sent."""
    return _as_duties(_open_ones(people, timezone.now()).iterator(chunk_size=500))


def _owed_by(person_id: int, on: date) -> Iterator[Duty]:
    return _as_duties(_open_ones_of(person_id=person_id, at=timezone.now()))


def _as_duties(invitations: Iterable[Invitation]) -> Iterator[Duty]:
    for invitation in invitations:
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


def _invited(person_id: int, on: date) -> QuerySet[Invitation]:
    return Invitation.objects.filter(person=person_id, accepted_at=None)


INVITATIONS = DutySource("invitation.accept", "Invitation", invitations_owed, _owed_by, _invited)
