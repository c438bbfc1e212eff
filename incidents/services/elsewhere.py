"""What follows from a case in other parts of the portal: nothing of the case goes there.

A policy review names the reference only where nobody is kept out of the case: whoever sees the
review would learn that there is one.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.services import life, urgent_change
from governance.models import Policy, Review
from governance.services import reviewing
from incidents.models import Case, CaseAction
from incidents.own_record import record
from incidents.services import work
from incidents.services.locking import in_hand
from incidents.visibility import kept_out_of
from people.models import User
from web.errors import RuleBroken

CAUSE = "A significant incident."
# Whoever runs the account reads it, and could be the one that the case is about.
WHY_SUSPENDED = "The school looks after this account for now."
TRAINING = "Arrange training about this for those concerned."
DAYS_FOR_TRAINING = timedelta(days=14)


def is_named(case: Case) -> bool:
    """Whether other parts of the portal may hold the reference of this case."""
    return not (case.restricted or case.about_staff or case.account_id) and not kept_out_of(case)


@transaction.atomic
def review_policy(case: Case, *, by: User, policy: Policy) -> Review:
    """Open an off-cycle review (I19). Raises RuleBroken, or PermissionDenied at the policy."""
    case = in_hand(case, by=by, verb="review.open")
    reference = case.reference if is_named(case) else ""
    review = reviewing.open_review(
        policy, by=by, trigger=Review.Trigger.INCIDENT, cause=CAUSE, cause_reference=reference
    )
    record("review.open", case, by=by, policy=str(policy.pk))
    return review


@transaction.atomic
def change_password(case: Case, *, by: User) -> None:
    """The account's runners change its password now."""
    case = in_hand(case, by=by, verb="account.password")
    if case.account is None:
        raise RuleBroken("No account of the school is concerned.")
    urgent_change.ask(case.account, by=by)
    record("account.password", case, by=by, account=str(case.account.pk))


@transaction.atomic
def suspend_account(case: Case, *, by: User) -> None:
    """Nobody posts there until the leadership team says so."""
    case = in_hand(case, by=by, verb="account.suspend")
    if case.account is None:
        raise RuleBroken("No account of the school is concerned.")
    life.suspend(case.account, by=by, why=WHY_SUSPENDED)
    record("account.suspend", case, by=by, account=str(case.account.pk))


@transaction.atomic
def note_training(case: Case, *, by: User) -> CaseAction:
    """Somebody needs training: an action of whoever has the case."""
    case = in_hand(case, by=by, verb="action.add")
    owner = case.owner or by
    due = timezone.now() + DAYS_FOR_TRAINING
    return work.add_action(case, by=by, text=TRAINING, owner=owner, due_at=due)
