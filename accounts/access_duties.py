"""The review of access: what is left to decide, and what somebody was asked (A9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from accounts.models import AccessReview, AccessReviewRow
from accounts.owing import holders_at
from people.duty import Duty, DutySource, among
from people.models import Membership, MembershipRole, Organisation, User
from people.roles import Role

# Who decides: the leadership team. About its only member, whoever else keeps the register; about
# that one, the trust's people.
OF_THE_SCHOOL = ((Role.HEAD, Role.SLT), (Role.OFFICE, Role.IT))
OF_THE_TRUST = (Role.TRUST_LEAD, Role.TRUST_IT)
DECIDERS = [role for tier in (*OF_THE_SCHOOL, OF_THE_TRUST) for role in tier]
# School: the people of each tier there.
Tiers = dict[int, list[set[int]]]
# Review: the people who are left to decide about.
Left = dict[AccessReview, list[int]]


def _posts(on: date) -> QuerySet[Membership]:
    return Membership.objects.active(on).holding(DECIDERS, on).order_by()


def _near(posts: QuerySet[Membership]) -> QuerySet[AccessReview]:
    """Open reviews at the places of these posts, and at the schools below them."""
    places = posts.values("organisation")
    here = Q(organisation__in=places) | Q(organisation__parent__in=places)
    return AccessReview.objects.open().filter(here)


def _may_decide(person: int, on: date) -> QuerySet[Any, Any]:
    return _near(_posts(on).filter(person=person))


def _to_decide(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """Each of those who can decide about somebody: everybody of the first tier that is not them."""
    mine = _posts(on).filter(among(people))
    if left := _left(_near(mine)):
        yield from _owed(left, set(mine.values_list("person", flat=True)), on)


def _to_decide_by(person: int, on: date) -> Iterator[Duty]:
    """The same for one person's page: one query where they lead the school, else two.

    Whoever is of the first tier decides about everybody but themselves.
    """
    leads = MembershipRole.objects.held(on).filter(
        role__in=OF_THE_SCHOOL[0],
        membership__person=person,
        membership__organisation=OuterRef("review__organisation"),
    )
    rows = _rows(_near(_posts(on).filter(person=person))).annotate(leads=Exists(leads))
    led: dict[AccessReview, int] = defaultdict(int)
    left: Left = defaultdict(list)
    for row in rows.exclude(person=person):
        if row.leads:
            led[row.review] += 1
        else:
            left[row.review].append(row.person_id)
    for review, count in led.items():
        yield _duty(review, person, count)
    if left:
        yield from _owed(left, {person}, on)


def _owed(left: Left, asked: set[int], on: date) -> Iterator[Duty]:
    tiers = _tiers([review.organisation for review in left], on)
    for review, persons in left.items():
        owners: dict[int, int] = defaultdict(int)
        for person in persons:
            for owner in owners_of(person, tiers[review.organisation_id]) & asked:
                owners[owner] += 1
        for owner, count in sorted(owners.items()):
            yield _duty(review, owner, count)


def owners_of(person: int, tiers: list[set[int]]) -> set[int]:
    """Who decides about this person."""
    return next((rest for tier in tiers if (rest := tier - {person})), set())


def _left(reviews: QuerySet[AccessReview]) -> Left:
    """Each with the people who are left to decide about, the one that is due first at the top."""
    found: Left = defaultdict(list)
    for row in _rows(reviews):
        found[row.review].append(row.person_id)
    return found


def _rows(reviews: QuerySet[AccessReview]) -> QuerySet[AccessReviewRow]:
    rows = AccessReviewRow.objects.to_decide().filter(review__in=reviews)
    return rows.select_related("review__organisation__parent").order_by("review__due_on", "review")


def _tiers(schools: list[Organisation], on: date) -> Tiers:
    places = {place for school in schools for place in (school.pk, school.parent_id) if place}
    held = holders_at(places, DECIDERS, on)
    return {
        school.pk: [
            *(_holding(held[school.pk], tier) for tier in OF_THE_SCHOOL),
            _holding(held[school.parent_id or 0], OF_THE_TRUST),
        ]
        for school in schools
    }


def _holding(held: dict[int, set[str]], tier: tuple[Role, ...]) -> set[int]:
    return {person for person, roles in held.items() if roles & set(tier)}


def _duty(review: AccessReview, person: int, count: int) -> Duty:
    return Duty(
        kind="access.review",
        occasion=f"access.review:{review.pk}",
        person_id=person,
        organisation_id=review.organisation_id,
        due_on=review.due_on,
        title=f"Decide who goes on running the accounts of {review.organisation}",
        url=review.get_absolute_url(),
        since=review.opened_on,
        note=f"{count} left to decide",
    )


def _asked() -> QuerySet[AccessReviewRow]:
    rows = AccessReviewRow.objects.to_decide().filter(review__closed_at=None)
    return rows.filter(asked_at__isnull=False, answered_at=None)


def _was_asked(person: int, on: date) -> QuerySet[Any, Any]:
    return _asked().filter(person=person)


def _to_answer(people: QuerySet[User], on: date) -> Iterator[Duty]:
    rows = (
        _asked()
        .filter(among(people))
        .select_related("review__organisation__parent", "runner__account")
    )
    for row in rows.order_by("asked_at", "pk"):
        at = row.review.organisation
        asked_on = row.asked_at.astimezone(at.zone).date() if row.asked_at else on
        yield Duty(
            kind="access.answer",
            occasion=f"access.answer:{row.pk}",
            person_id=row.person_id,
            organisation_id=at.pk,
            due_on=max(row.review.due_on, asked_on),
            title=f"Say whether you still need the account “{row.runner.account.name}”",
            url=reverse("accounts:access_answer", args=[at.slug, row.pk]),
            since=asked_on,
        )


DECIDING = DutySource(
    "access.review", "Access to decide about", _to_decide, _to_decide_by, _may_decide, DECIDERS
)
ANSWERING = DutySource("access.answer", "Access you were asked about", _to_answer, gate=_was_asked)
