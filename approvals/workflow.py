"""The life of a business case, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from django.db import models

from people.roles import Permission
from trail.workflow import Workflow

if TYPE_CHECKING:
    from approvals.models import BusinessCase
    from people.models import User


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for a decision"
    CHANGES_REQUESTED = "changes_requested", "Sent back for changes"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Approval has run out"
    REVOKED = "revoked", "Approval taken back"


class Action(models.TextChoices):
    SUBMIT = "submit", "Send to the leadership team"
    SEND_BACK = "send_back", "Send back"
    APPROVE = "approve", "Approve"
    REJECT = "reject", "Reject"
    WITHDRAW = "withdraw", "Withdraw"
    EXPIRE = "expire", "Let run out"
    REVOKE = "revoke", "Take back the approval"


OPEN = (Status.DRAFT, Status.SUBMITTED, Status.CHANGES_REQUESTED)
DECIDED = (Status.APPROVED, Status.REJECTED, Status.EXPIRED, Status.REVOKED)

MOVES: Mapping[str, Mapping[str, str]] = {
    Action.SUBMIT: {
        Status.DRAFT: Status.SUBMITTED,
        Status.CHANGES_REQUESTED: Status.SUBMITTED,
    },
    Action.SEND_BACK: {Status.SUBMITTED: Status.CHANGES_REQUESTED},
    Action.APPROVE: {Status.SUBMITTED: Status.APPROVED},
    Action.REJECT: {Status.SUBMITTED: Status.REJECTED},
    Action.WITHDRAW: {
        Status.DRAFT: Status.WITHDRAWN,
        Status.SUBMITTED: Status.WITHDRAWN,
        Status.CHANGES_REQUESTED: Status.WITHDRAWN,
    },
    Action.EXPIRE: {Status.APPROVED: Status.EXPIRED},
    Action.REVOKE: {Status.APPROVED: Status.REVOKED},
}


def allowed(action: str, case: BusinessCase, user: User) -> bool:
    """The author sends and withdraws; whoever may vote sends back and rejects.

    Approving and running out are the portal's own moves: votes bring them about (`settle`).
    """
    match action:
        case Action.SUBMIT | Action.WITHDRAW:
            return bool(case.author_id == user.pk)
        case Action.SEND_BACK | Action.REJECT:
            from approvals.voting import may_vote

            return may_vote(case, user)
        case Action.REVOKE:
            return user.can(Permission.DECIDE_ACCOUNTS, at=case.organisation)
    return False


PARTS = {
    "platform": "Choose the platform.",
    "name": "Give the account a name.",
    "aim": "Say what the account is for.",
    "audience": "Say whom it is for.",
    "promotion": "Say how people will hear of it.",
    "access": "Say whether it is open or closed.",
}


def has_its_five_parts(case: BusinessCase, user: User | None) -> Iterator[str]:
    """A1: nothing is sent that leaves one out."""
    for field, missing in PARTS.items():
        if not getattr(case, field).strip():
            yield missing
    if case.faces_pupils is None:
        yield "Say whether pupils are among its audience."
    if case.shows_pupils is None:
        yield "Say whether pictures of pupils are shown."


CASE: Workflow[BusinessCase] = Workflow(
    name="case",
    start=Status.DRAFT,
    moves=MOVES,
    allowed=allowed,
    guards={Action.SUBMIT: (has_its_five_parts,)},
)
