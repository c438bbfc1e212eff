"""Publishing a policy and taking it out of force (D4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from governance.models import Policy, PolicyVersion, Review, Withdrawal
from governance.services import reviewing
from governance.services.reviewing import add_months, review_without_change
from governance.workflow import VERSION, Action
from people.models import User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

__all__ = ["add_months", "publish", "review_without_change", "withdraw"]


def publish(
    version: PolicyVersion,
    *,
    by: User,
    change: str,
    summary: str = "",
    review_due_on: date | None = None,
    agreed_on: date | None = None,
    answers_review: bool = True,
) -> PolicyVersion:
    """Put a version in force. Material asks everyone in its audience to sign; minor does not.

    The first version is always material: nobody has signed anything before it. A later one is the
    outcome of the policy's review, unless it only puts something right while a review is open
    (`answers_review=False`): then the review stays open, and the date of the next where it was.
    Raises RuleBroken with everything that stands in the way.
    """
    today = version.organisation.today()
    with VERSION.step(version, Action.PUBLISH, by=by) as version:
        policy = Policy.objects.select_for_update(of=("self",), no_key=True).get(
            pk=version.policy_id
        )
        first = policy.asking_id is None
        RuleBroken.if_any(
            _publishing_problems(first, change, summary, review_due_on, agreed_on, today)
        )
        version.change = PolicyVersion.Change.MATERIAL if first else change
        version.summary = summary.strip()
        version.agreed_on = agreed_on or version.agreed_on
        version.published_at, version.published_by = timezone.now(), by
        policy.title = version.title
        policy.current = version
        if version.change == PolicyVersion.Change.MATERIAL:
            policy.asking = version
        if answers_review or not policy.reviews.open().exists():
            due = review_due_on or add_months(today, policy.review_months)
            if not first:
                reviewing.close(policy, Review.Outcome.NEW_VERSION, by=by, next_due_on=due)
            policy.review_due_on = due
        policy.save(update_fields=["title", "current", "asking", "review_due_on"])
    return version


@transaction.atomic
def withdraw(policy: Policy, *, by: User, reason: str) -> Withdrawal:
    """Take a policy out of force. Its text and its signatures stay readable."""
    policy = Policy.objects.select_for_update(of=("self",), no_key=True).get(pk=policy.pk)
    if not by.can(Permission.MANAGE_POLICIES, at=policy.owner):
        raise PermissionDenied
    if policy.current is None:
        raise RuleBroken("This policy is not in force.")
    if not reason.strip():
        raise RuleBroken("Give a reason. It is shown on the policy's page.")
    withdrawal = Withdrawal.objects.create(
        policy=policy, version=policy.current, by=by, reason=reason.strip()
    )
    policy.current = policy.asking = None
    policy.save(update_fields=["current", "asking"])
    if policy.reviews.open().exists():
        note = "The policy was withdrawn."
        reviewing.close(policy, Review.Outcome.CANCELLED, by=by, note=note)
    audit.record("policy.withdraw", withdrawal.version, by=by)
    return withdrawal


def _publishing_problems(
    first: bool,
    change: str,
    summary: str,
    review_due_on: date | None,
    agreed_on: date | None,
    today: date,
) -> Iterator[str]:
    if not first and change not in PolicyVersion.Change.values:
        yield "Say whether the change is material or minor."
    if not first and not summary.strip():
        yield "Say in a sentence or two what changed. Readers see it first."
    if review_due_on is not None and review_due_on <= today:
        yield "The next review must lie in the future."
    if agreed_on is not None and agreed_on > today:
        yield "The date agreed cannot be in the future."
