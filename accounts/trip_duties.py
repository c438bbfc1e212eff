"""After a trip its photos are deleted from the device: a duty of whoever led it (R6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from accounts.models import Trip
from accounts.owing import line_manager
from people.duty import Duty, DutySource, among
from people.models import Membership, User


def _open(on: date) -> QuerySet[Trip]:
    return Trip.objects.over(on).filter(photos_deleted_at=None)


def _may_owe(person: int, on: date) -> QuerySet[Any, Any]:
    return _open(on).filter(Q(person=person) | Q(allowed_by=person))


def _to_delete(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """Where they have left the school, whoever lent them the account has to see to it."""
    here = Membership.objects.active(on).filter(organisation=OuterRef("account__organisation"))
    theirs = _open(on).annotate(
        led_here=Exists(here.filter(person=OuterRef("person"))),
        manager=line_manager(on),
    )
    mine = Q(led_here=True) & among(people)
    left_to_me = Q(led_here=False) & among(people, "allowed_by")
    rows = theirs.filter(mine | left_to_me).select_related("account__organisation__parent")
    for trip in rows.order_by("ends_on", "pk"):
        yield _duty(trip)


def _duty(trip: Any) -> Duty:
    at = trip.account.organisation
    ended = trip.end().astimezone(at.zone).date()
    days = int(at.setting("accounts.trip_photo_days"))
    return Duty(
        kind="account.trip_photos",
        occasion=f"account.trip_photos:{trip.pk}",
        person_id=trip.person_id if trip.led_here else trip.allowed_by_id,
        organisation_id=at.pk,
        due_on=ended + timedelta(days=days),
        title=f"Delete the photos of the trip “{trip.name}”",
        url=reverse("accounts:trip_photos", args=[at.slug, trip.account_id, trip.pk]),
        line_manager_id=trip.manager if trip.led_here else None,
        since=ended,
    )


PHOTOS = DutySource("account.trip_photos", "Photos to delete", _to_delete, gate=_may_owe)
