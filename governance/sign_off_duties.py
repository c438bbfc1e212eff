"""Whose signature a text waits for before it is published, and who has one to rework (P2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from governance.models import PolicySignatory, PolicyVersion, SignOff
from governance.responsible import HEADS, is_head, may_manage
from governance.workflow import Status
from people.duty import Duty, DutySource, People
from people.models import Membership, User
from people.models.membership import on_day
from web.prepared import prepared

DAYS_TO_SIGN_OFF = 7
DAYS_TO_REWORK = 14


# Signing off


def _unsigned(people: People, on: date) -> QuerySet[Any, tuple[Any, ...]]:
    """Holders of a signatory's role at the owner whose turn it is, while nobody has signed in it.

    Where one signs after the other: since the one before them signed.
    """
    given = SignOff.objects.filter(
        version=OuterRef("waiting"),
        role=OuterRef("role"),
        content_hash=OuterRef("waiting__content_hash"),
        audience_hash=OuterRef("waiting__audience_hash"),
    )
    # The same, asked for another signatory of the same policy.
    given_by_earlier = SignOff.objects.filter(
        version=OuterRef(OuterRef("waiting")),
        role=OuterRef("role"),
        content_hash=OuterRef(OuterRef("waiting__content_hash")),
        audience_hash=OuterRef(OuterRef("waiting__audience_hash")),
    )
    earlier_missing = PolicySignatory.objects.filter(
        ~Exists(given_by_earlier),
        policy=OuterRef("policy"),
        position__lt=OuterRef("position"),
    )
    last_given = SignOff.objects.filter(
        version=OuterRef("waiting"),
        content_hash=OuterRef("waiting__content_hash"),
        audience_hash=OuterRef("waiting__audience_hash"),
    ).order_by("-recorded_at")
    # One join to the one open version: a policy's other versions have nothing to say here.
    open_version = FilteredRelation(
        "policy__versions", condition=Q(policy__versions__status=Status.IN_SIGN_OFF)
    )
    # The stubs lose what annotate() adds after a FilteredRelation.
    signatories: QuerySet[Any, Any] = PolicySignatory.objects.annotate(waiting=open_version)
    unsigned: QuerySet[Any, tuple[Any, ...]]
    unsigned = (
        signatories.filter(
            on_day(on, "policy__owner__memberships__"),
            on_day(on, "policy__owner__memberships__roles__"),
            waiting__isnull=False,
            policy__owner__memberships__person__in=people,
            policy__owner__memberships__roles__role=F("role"),
        )
        .filter(~Exists(given))
        .filter(Q(policy__sign_off_in_order=False) | ~Exists(earlier_missing))
        .annotate(
            turn_at=Case(
                When(
                    policy__sign_off_in_order=True,
                    then=Subquery(last_given.values("recorded_at")[:1]),
                )
            )
        )
        .values_list(
            "policy__owner__memberships__person_id",
            "policy__owner_id",
            "waiting",
            "waiting__edition",
            "waiting__title",
            "waiting__sent_at",
            "turn_at",
        )
        .distinct()
        .order_by("policy__owner__memberships__person_id", "waiting")
    )
    return unsigned


@prepared
def _unsigned_by(*, person_id: int, on: date) -> QuerySet[Any, tuple[Any, ...]]:
    return _unsigned([person_id], on)


def _sign_offs_owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    return _to_sign_off(_unsigned(people, on))


def _sign_offs_owed_by(person_id: int, on: date) -> Iterator[Duty]:
    return _to_sign_off(_unsigned_by(person_id=person_id, on=on))


def _to_sign_off(rows: Iterable[tuple[Any, ...]]) -> Iterator[Duty]:
    for person_id, owner_id, version_id, edition, title, sent_at, turn_at in rows:
        since = timezone.localdate(max(sent_at, turn_at or sent_at))
        yield Duty(
            kind="policy.sign_off",
            occasion=f"policy.sign_off:{version_id}:{edition}",
            person_id=person_id,
            organisation_id=owner_id,
            due_on=since + timedelta(days=DAYS_TO_SIGN_OFF),
            title=f"Sign off before it is published: {title}",
            url=reverse("governance:sign_off", args=[version_id]),
            since=since,
        )


def _signs_off(person_id: int, on: date) -> QuerySet[Any, tuple[Any, ...]]:
    return _unsigned([person_id], on)


# Reworking what was sent back


def _returned(on: date) -> QuerySet[Any, Any]:
    """Texts that were sent back, with whoever reworks them: who wrote them, else the author."""
    return PolicyVersion.objects.filter(status=Status.RETURNED).annotate(
        writer=Case(
            When(may_manage("edited_by", "policy__owner", on), then=F("edited_by")),
            When(may_manage("policy__author", "policy__owner", on), then=F("policy__author")),
        ),
        since=Coalesce("returned_at", "sent_at", "edited_at"),
    )


def _rows(versions: QuerySet[Any, Any], person: str) -> QuerySet[Any, tuple[Any, ...]]:
    columns = (person, "policy__owner_id", "pk", "title", "since")
    return versions.order_by(person, "pk").values_list(*columns)


def _reworks_owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """Of somebody who may change the text; where neither is there any more, of the head."""
    yield from _to_rework(_rows(_returned(on).filter(writer__in=people), "writer"))
    heads = Membership.objects.active(on).holding(HEADS, on).filter(person__in=people)
    left = _returned(on).filter(writer=None, policy__owner__memberships__in=heads)
    yield from _to_rework(_rows(left, "policy__owner__memberships__person_id"))


@prepared
def _returned_to(*, person_id: int, on: date) -> QuerySet[Any, tuple[Any, ...]]:
    left = Q(writer=None) & Q(is_head(person_id, "policy__owner", on))
    mine = _returned(on).filter(Q(writer=person_id) | left)
    return mine.order_by("pk").values_list("policy__owner_id", "pk", "title", "since")


def _reworks_owed_by(person_id: int, on: date) -> Iterator[Duty]:
    rows = _returned_to(person_id=person_id, on=on)
    return _to_rework((person_id, *row) for row in rows)


def _to_rework(rows: Iterable[tuple[int, int, int, str, datetime]]) -> Iterator[Duty]:
    for person_id, owner_id, version_id, title, returned_at in rows:
        since = timezone.localdate(returned_at)
        yield Duty(
            kind="policy.rework",
            occasion=f"policy.rework:{version_id}:{since.isoformat()}",
            person_id=person_id,
            organisation_id=owner_id,
            due_on=since + timedelta(days=DAYS_TO_REWORK),
            title=f"Rework and send again: {title}",
            url=reverse("governance:edit", args=[version_id]),
            since=since,
        )


def _has_one_returned(person_id: int, on: date) -> QuerySet[PolicyVersion]:
    near = Membership.objects.active(on).filter(person=person_id)
    return PolicyVersion.objects.filter(
        status=Status.RETURNED, policy__owner__reached_from__above__memberships__in=near
    )


SIGN_OFF = DutySource(
    "policy.sign_off", "Policy to sign off", _sign_offs_owed, _sign_offs_owed_by, _signs_off
)
REWORK = DutySource(
    "policy.rework", "Text sent back", _reworks_owed, _reworks_owed_by, _has_one_returned
)
