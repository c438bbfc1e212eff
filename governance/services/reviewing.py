"""Reviewing a policy: opened by its date or by what happened, closed with an outcome (P6)."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction

from governance.models import Policy, Review
from governance.services.locking import expect_manager, locked_policy
from people.models import User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

DAYS_FOR_A_REVIEW = 28
# A review so long before its date is the one that the date asks for.
AHEAD = timedelta(days=60)


@transaction.atomic
def open_review(
    policy: Policy,
    *,
    by: User,
    trigger: str,
    cause: str = "",
    cause_reference: str = "",
    due_on: date | None = None,
) -> Review:
    """Begin a review, on any day. Whoever sees drafts may ask for one; managers close it.

    Raises RuleBroken when one is open, the policy is not in force, or no cause is given.
    """
    policy = locked_policy(policy)
    if not by.can(Permission.VIEW_DRAFTS, at=policy.owner):
        raise PermissionDenied
    today = policy.owner.today()
    RuleBroken.if_any(_opening_problems(policy, trigger, cause.strip(), due_on, today))
    if trigger == Review.Trigger.DATE:
        due_on = policy.review_due_on
    review = Review.objects.create(
        policy=policy,
        trigger=trigger,
        cause=cause.strip(),
        cause_reference=cause_reference.strip(),
        opened_on=today,
        opened_by=by,
        due_on=due_on or today + timedelta(days=DAYS_FOR_A_REVIEW),
    )
    audit.record("review.open", review, by=by, trigger=str(trigger))
    return review


@transaction.atomic
def review_without_change(
    policy: Policy, *, by: User, next_due_on: date | None = None, note: str = ""
) -> Review:
    """Reviewed, no change: the review date moves, and nobody is asked to sign (D4)."""
    policy = locked_policy(policy)
    expect_manager(policy.owner, by)
    if policy.current_id is None:
        raise RuleBroken("Only a policy that is in force can be reviewed.")
    today = policy.owner.today()
    due = next_due_on or add_months(today, policy.review_months)
    if due <= today:
        raise RuleBroken("The next review must lie in the future.")
    review = close(policy, Review.Outcome.NO_CHANGE, by=by, next_due_on=due, note=note)
    policy.review_due_on = due
    policy.save(update_fields=["review_due_on"])
    audit.record("policy.review", policy, by=by, outcome=review.outcome, next=due.isoformat())
    return review


@transaction.atomic
def cancel(review: Review, *, by: User, note: str) -> Review:
    """Close a review that is not needed after all. The policy's date stays as it is."""
    policy = locked_policy(review.policy)
    expect_manager(policy.owner, by)
    if not policy.reviews.open().filter(pk=review.pk).exists():
        raise RuleBroken("This review is closed already.")
    if not note.strip():
        raise RuleBroken("Say why the review is not needed. It stays on record.")
    cancelled = close(policy, Review.Outcome.CANCELLED, by=by, note=note)
    audit.record("review.close", cancelled, by=by, outcome=cancelled.outcome)
    return cancelled


def close(
    policy: Policy,
    outcome: str,
    *,
    by: User,
    next_due_on: date | None = None,
    note: str = "",
) -> Review:
    """The row of a review with its outcome: the open one, or one begun and closed today.

    For callers that hold the policy locked and have asked whether the person may.
    """
    today = policy.owner.today()
    review = policy.reviews.open().first() or Review(
        policy=policy,
        trigger=_trigger_of(policy, today),
        opened_on=today,
        opened_by=by,
        due_on=policy.review_due_on,
    )
    review.outcome, review.note = outcome, note.strip()
    review.closed_on, review.closed_by = max(today, review.opened_on), by
    review.next_due_on = next_due_on
    review.save()
    return review


def add_months(day: date, months: int) -> date:
    """The same day so many months later; 29 February becomes the 28th where there is none."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _trigger_of(policy: Policy, today: date) -> Review.Trigger:
    """What called for a review that nobody opened first: its date, or nobody said."""
    if policy.review_due_on is not None and policy.review_due_on <= today + AHEAD:
        return Review.Trigger.DATE
    return Review.Trigger.UNSTATED


def _opening_problems(
    policy: Policy, trigger: str, cause: str, due_on: date | None, today: date
) -> Iterator[str]:
    if policy.current_id is None:
        yield "Only a policy that is in force can be reviewed."
    if policy.reviews.open().exists():
        yield "A review of this policy is open already."
    if trigger in Review.CAUSES and not cause:
        yield "Say in a sentence what happened."
    if trigger not in {Review.Trigger.DATE, *Review.CAUSES}:
        yield "Say what calls for the review."
    if trigger != Review.Trigger.DATE and due_on is not None and due_on < today:
        yield "The day to finish it by cannot lie in the past."
