"""The rows of a review of access: filtered, counted, and for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from accounts.access import sizes
from accounts.models import AccessReview, AccessReviewRow
from accounts.models.access_review import AccessRowQuerySet
from people.models import User

EXPORT_HEADER = (
    "Account", "Platform", "Person", "Runs it since", "Decision", "Decided by", "Decided on",
    "Asked on", "Their answer",
)  # fmt: skip
Decision = AccessReviewRow.Decision


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the page: what this person may do about it, and how many run the account."""

    row: AccessReviewRow
    size: int
    is_first: bool  # of its account
    is_own: bool
    is_many: bool


def rows_of(review: AccessReview, filters: Mapping[str, Any]) -> AccessRowQuerySet:
    found = review.rows.select_related("runner__account", "person", "decided_by", "asked_by")
    if text := filters.get("q"):
        found = found.filter(
            Q(runner__account__name__icontains=text) | Q(person__name__icontains=text)
        )
    if state := filters.get("state"):
        asked = Q(decision=Decision.PENDING, asked_at__isnull=False, answered_at=None)
        found = found.filter(asked if state == "asked" else Q(decision=state))
    return found


def shown(review: AccessReview, rows: list[AccessReviewRow], user: User) -> list[Row]:
    """With the number of people who run each account now: one query more."""
    at = review.organisation
    many = int(at.setting("accounts.many_runners"))
    size = sizes({row.runner.account_id for row in rows}, at.today())
    before, found = None, []
    for row in rows:
        account = row.runner.account_id
        found.append(
            Row(
                row, size[account], account != before, row.person_id == user.pk,
                size[account] > many,
            )
        )  # fmt: skip
        before = account
    return found


def counts(review: AccessReview) -> dict[str, int]:
    """How many rows of each decision."""
    rows = review.rows.order_by().values_list("decision").annotate(number=Count("pk"))
    return dict(rows)


def export_rows(review: AccessReview) -> Iterator[tuple[Any, ...]]:
    """Rows under EXPORT_HEADER."""
    zone = review.organisation.zone
    for row in rows_of(review, {}).iterator(chunk_size=500):
        decided, asked = row.decided_at, row.asked_at
        yield (
            row.runner.account.name,
            row.runner.account.get_platform_display(),
            row.person.name,
            f"{row.runner.starts_on:%d/%m/%Y}",
            row.get_decision_display(),
            row.decided_by.name if row.decided_by else "",
            f"{decided.astimezone(zone):%d/%m/%Y}" if decided else "",
            f"{asked.astimezone(zone):%d/%m/%Y}" if asked else "",
            row.get_answer_display() if row.answer else "",
        )
