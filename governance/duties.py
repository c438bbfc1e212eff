"""What people owe to policies: signing them, signing them off, reviewing them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from governance.models import Policy, PolicySignatory, SignOff
from governance.obligations import Obligation, obligations, obligations_of, owed
from governance.workflow import Status
from people.duty import Duty, DutySource, People
from people.models import Membership, User
from people.models.membership import on_day
from web.prepared import prepared

DAYS_TO_SIGN_OFF = 7
REVIEW_HORIZON = timedelta(days=60)


def _signatures_owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    return _to_sign(obligations(owed(on).filter(person__in=people)))


def _signatures_owed_by(person_id: int, on: date) -> Iterator[Duty]:
    return _to_sign(obligations_of(person_id, on))


def _to_sign(owing: Iterable[Obligation]) -> Iterator[Duty]:
    for one in owing:
        yield Duty(
            kind="policy.sign",
            occasion=f"policy.sign:{one.asking_id}",
            person_id=one.person_id,
            organisation_id=one.organisation_id,
            due_on=one.due_on,
            title=f"Read and sign: {one.title}",
            url=reverse("governance:read", args=[one.policy_id]),
            line_manager_id=one.line_manager_id,
            since=one.since,
            paused_until=one.paused_until,
            note="Your question about it is open." if one.paused_until else "",
        )


def _unsigned(people: People, on: date) -> QuerySet[PolicySignatory, tuple[Any, ...]]:
    """Holders of a signatory's role at the owner, while nobody has signed in that capacity."""
    given = SignOff.objects.filter(
        version=OuterRef("policy__versions"),
        role=OuterRef("role"),
        content_hash=OuterRef("policy__versions__content_hash"),
    )
    return (
        PolicySignatory.objects.filter(
            on_day(on, "policy__owner__memberships__"),
            on_day(on, "policy__owner__memberships__roles__"),
            policy__versions__status=Status.IN_SIGN_OFF,
            policy__owner__memberships__person__in=people,
            policy__owner__memberships__roles__role=F("role"),
        )
        .filter(~Exists(given))
        .values_list(
            "policy__owner__memberships__person_id",
            "policy__owner_id",
            "policy__versions",
            "policy__versions__edition",
            "policy__versions__title",
            "policy__versions__sent_at",
        )
        .distinct()
        .order_by("policy__owner__memberships__person_id", "policy__versions")
    )


@prepared
def _unsigned_by(*, person_id: int, on: date) -> QuerySet[PolicySignatory, tuple[Any, ...]]:
    return _unsigned([person_id], on)


def _sign_offs_owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    return _to_sign_off(_unsigned(people, on))


def _sign_offs_owed_by(person_id: int, on: date) -> Iterator[Duty]:
    return _to_sign_off(_unsigned_by(person_id=person_id, on=on))


def _to_sign_off(rows: Iterable[tuple[Any, ...]]) -> Iterator[Duty]:
    for person_id, owner_id, version_id, edition, title, sent_at in rows:
        yield Duty(
            kind="policy.sign_off",
            occasion=f"policy.sign_off:{version_id}:{edition}",
            person_id=person_id,
            organisation_id=owner_id,
            due_on=timezone.localdate(sent_at) + timedelta(days=DAYS_TO_SIGN_OFF),
            title=f"Sign off before it is published: {title}",
            url=reverse("governance:sign_off", args=[version_id]),
            since=timezone.localdate(sent_at),
        )


def _under_review(people: People, on: date, until: date) -> QuerySet[Policy, tuple[Any, ...]]:
    return (
        Policy.objects.review_due(until)
        .filter(author__in=people)
        .filter(Exists(Membership.objects.active(on).filter(person=OuterRef("author"))))
        .order_by("author_id", "review_due_on", "pk")
        .values_list("pk", "author_id", "owner_id", "review_due_on", "title")
    )


@prepared
def _under_review_by(*, person_id: int, on: date, until: date) -> QuerySet[Policy, tuple[Any, ...]]:
    return _under_review([person_id], on, until)


def _reviews_owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """The author, from 60 days before the review; the ladder says when they hear of it (P6)."""
    return _to_review(_under_review(people, on, on + REVIEW_HORIZON))


def _reviews_owed_by(person_id: int, on: date) -> Iterator[Duty]:
    return _to_review(_under_review_by(person_id=person_id, on=on, until=on + REVIEW_HORIZON))


def _to_review(rows: Iterable[tuple[Any, ...]]) -> Iterator[Duty]:
    for policy_id, author_id, owner_id, due_on, title in rows:
        yield Duty(
            kind="policy.review",
            occasion=f"policy.review:{policy_id}:{due_on.isoformat()}",
            person_id=author_id,
            organisation_id=owner_id,
            due_on=due_on,
            title=f"Review: {title}",
            url=reverse("governance:policy", args=[policy_id]),
        )


def _signs_off(person_id: int, on: date) -> QuerySet[PolicySignatory, tuple[Any, ...]]:
    return _unsigned([person_id], on)


def _is_author(person_id: int, on: date) -> QuerySet[Policy]:
    return Policy.objects.in_force().filter(author=person_id)


SIGNING = DutySource("policy.sign", "Policy to sign", _signatures_owed, _signatures_owed_by)
SIGN_OFF = DutySource(
    "policy.sign_off", "Policy to sign off", _sign_offs_owed, _sign_offs_owed_by, _signs_off
)
REVIEWS = DutySource(
    "policy.review", "Policy to review", _reviews_owed, _reviews_owed_by, _is_author
)
