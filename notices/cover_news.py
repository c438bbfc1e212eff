"""News of cover: to a deputy that they stand in, and to whoever named one that they have left."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from notices.models import EVENT, Notice
from people.models import Absence

KIND = "cover"


def news_of_cover(day: date, open_at: Collection[int]) -> Iterator[Notice]:
    """What has not been told yet, unsaved. One query.

    `open_at`: the ids of the schools where people may be told now.
    """
    for absence in _untold(day, open_at):
        gone = absence.gone
        yield Notice(
            recipient_id=absence.to,
            about_id=absence.to,
            organisation_id=absence.membership.organisation_id,
            kind=KIND,
            occasion=absence.occasion,
            stage=EVENT,
            on_date=day,
            title=(_has_left if gone else _you_stand_in)(absence)[:300],
            url=_page(absence) if gone else reverse("people:cover"),
        )


def _untold(day: date, open_at: Collection[int]) -> QuerySet[Any, Any]:
    """Absences that somebody (`to`) was not told of: the deputy, or who named one who has left.

    An occasion holds the last day: when that moves, it is told again.
    """
    pk = Cast("pk", CharField())
    gone = Q(deputy__ends_on__lt=day)
    told = Notice.objects.filter(
        recipient=OuterRef("to"), stage=EVENT, occasion=OuterRef("occasion")
    )
    # The stubs lose what annotate() adds.
    found: QuerySet[Any, Any] = (
        Absence.objects.not_over(day)
        .filter(membership__organisation__in=open_at)
        .annotate(
            gone=Case(When(gone, then=Value(True)), default=Value(False)),
            to=Case(When(gone, then=F("set_by")), default=F("deputy__person")),
            occasion=Case(
                When(gone, then=Concat(Value(f"{KIND}-left:"), pk, output_field=CharField())),
                default=Concat(
                    Value(f"{KIND}:"),
                    pk,
                    Value(":"),
                    Cast("ends_on", CharField()),
                    output_field=CharField(),
                ),
            ),
        )
        .filter(~Exists(told))
        .select_related("membership__person", "membership__organisation", "deputy__person")
    )
    return found


def _you_stand_in(absence: Absence) -> str:
    first, last, name = absence.starts_on, absence.ends_on, absence.membership.person.name
    if first == last:
        return f"You stand in for {name} on {first.day} {first:%B}"
    return f"You stand in for {name} from {first.day} {first:%B} to {last.day} {last:%B}"


def _has_left(absence: Absence) -> str:
    last, name = absence.ends_on, absence.membership.person.name
    return (
        f"{absence.deputy.person.name}, who was to stand in for {name} until {last.day} {last:%B}, "
        "has left: name somebody else"
    )


def _page(absence: Absence) -> str:
    if absence.set_by_id == absence.membership.person_id:
        return reverse("people:cover")
    return reverse("people:cover_list", args=[absence.membership.organisation.slug])
