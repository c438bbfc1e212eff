"""Who has a policy to review, and by when (P6, D14)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, F, FilteredRelation, Q, QuerySet, When
from django.db.models.functions import Coalesce, Least
from django.urls import reverse

from governance.models import Policy
from governance.responsible import HEADS, is_head, is_here
from people.duty import Duty, DutySource
from people.models import Membership, User
from web.prepared import prepared

HORIZON = timedelta(days=60)


def _under_review(on: date, until: date) -> QuerySet[Any, Any]:
    """Policies whose review is near, overdue or open, with the author while they are here.

    Due on the earlier of the policy's own date and that of the open review.
    """
    opened = FilteredRelation("reviews", condition=Q(reviews__closed_on=None))
    # The stubs lose what annotate() adds after a FilteredRelation.
    policies: QuerySet[Any, Any] = Policy.objects.in_force().annotate(opened=opened)
    found: QuerySet[Any, Any]
    found = policies.filter(Q(opened__isnull=False) | Q(review_due_on__lte=until)).annotate(
        reviewer=Case(When(is_here("author", "owner", on), then=F("author"))),
        # Each stands in for the other: the least of a day and nothing is nothing on SQLite.
        due=Least(
            Coalesce("review_due_on", "opened__due_on"), Coalesce("opened__due_on", "review_due_on")
        ),
    )
    return found


_COLUMNS = ("pk", "owner_id", "title", "due")


def _reviews_owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """The author, from 60 days before the review or its opening; without an author, the head."""
    policies = _under_review(on, on + HORIZON)
    by_author = policies.filter(reviewer__in=people).order_by("reviewer", "due", "pk")
    yield from _to_review(by_author.values_list("reviewer", *_COLUMNS))
    heads = Membership.objects.active(on).holding(HEADS, on).filter(person__in=people)
    by_head = policies.filter(reviewer=None, owner__memberships__in=heads).order_by("due", "pk")
    yield from _to_review(by_head.values_list("owner__memberships__person_id", *_COLUMNS))


@prepared
def _reviews_of(*, person_id: int, on: date, until: date) -> QuerySet[Any, tuple[Any, ...]]:
    no_author = Q(reviewer=None) & Q(is_head(person_id, "owner", on))
    mine = _under_review(on, until).filter(Q(reviewer=person_id) | no_author)
    return mine.order_by("due", "pk").values_list(*_COLUMNS)


def _reviews_owed_by(person_id: int, on: date) -> Iterator[Duty]:
    rows = _reviews_of(person_id=person_id, on=on, until=on + HORIZON)
    return _to_review((person_id, *row) for row in rows)


def _to_review(rows: Iterable[tuple[Any, ...]]) -> Iterator[Duty]:
    for person_id, policy_id, owner_id, title, due_on in rows:
        yield Duty(
            kind="policy.review",
            occasion=f"policy.review:{policy_id}:{due_on.isoformat()}",
            person_id=person_id,
            organisation_id=owner_id,
            due_on=due_on,
            title=f"Review: {title}",
            url=reverse("governance:review", args=[policy_id]),
        )


def _answers_for_one(person_id: int, on: date) -> QuerySet[Policy]:
    no_author = ~Q(is_here("author", "owner", on)) & Q(is_head(person_id, "owner", on))
    return Policy.objects.in_force().filter(Q(author=person_id) | no_author)


REVIEWS = DutySource(
    "policy.review", "Policy to review", _reviews_owed, _reviews_owed_by, _answers_for_one
)
