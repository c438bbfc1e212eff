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
    """Whoever speaks for the case sends and withdraws; whoever may vote sends back and rejects.

    Approving and running out are the portal's own moves: votes bring them about (`settle`).
    """
    match action:
        case Action.SUBMIT | Action.WITHDRAW:
            from approvals.access import speaks_for

            return speaks_for(case, user)
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


def is_run_by_enough(case: BusinessCase, user: User | None) -> Iterator[str]:
    """A1: as many people as the school wants, all of them still there."""
    from people.models import Membership

    at = case.organisation
    wanted = int(at.setting("accounts.least_runners"))
    rows = list(case.runners.select_related("person"))
    if len(rows) < wanted:
        yield f"Name at least {wanted} people who would run it. So far: {len(rows)}."
    here = Membership.objects.active(at.today()).filter(organisation=at)
    there = set(
        here.filter(person__in=[r.person_id for r in rows]).values_list("person", flat=True)
    )
    for row in rows:
        if row.person_id not in there:
            yield f"{row.person} is not at {at} any more. Name somebody else who would run it."


def is_considered(case: BusinessCase, user: User | None) -> Iterator[str]:
    """A4, A5: where the school wants the checklist and the risks done before the vote."""
    if case.organisation.setting("approvals.checklist_before") == "submit":
        yield from is_thought_through(case)


def is_thought_through(case: BusinessCase) -> Iterator[str]:
    """E4: every question answered, the risks signed by two different people."""
    from approvals.considerations import missing_answers
    from approvals.risks import missing_signatures

    yield from missing_answers(case)
    yield from missing_signatures(case)


def was_changed(case: BusinessCase, user: User | None) -> Iterator[str]:
    """What was sent back is not sent again as it was."""
    from approvals.content import content_hash
    from approvals.models import Vote

    if case.status == Status.CHANGES_REQUESTED and case.votes.exclude(
        choice=Vote.Choice.APPROVE
    ).filter(content_hash=content_hash(case)):
        yield "Nothing has changed since it was sent back."


def account_can_be_taken_over(case: BusinessCase, user: User | None) -> Iterator[str]:
    """A case may be about an account that was found, or one whose approval ran out unused."""
    from accounts.workflow import Status as AccountStatus

    waiting = (AccountStatus.UNAUTHORISED, AccountStatus.SETUP, AccountStatus.PRE_LAUNCH)
    if case.account is not None and case.account.status not in waiting:
        yield f"The account “{case.account.name}” is {case.account.get_status_display().lower()}."


def has_its_quorum(case: BusinessCase, user: User | None) -> Iterator[str]:
    """A2, E2: votes on this very text, of people who have no part in the case."""
    from approvals.voting import quorum

    yield from quorum(case).missing


def runners_are_fit(case: BusinessCase, user: User | None) -> Iterator[str]:
    """A3: each of them has signed and is trained, volunteers and parents too."""
    from approvals.fitness import unfit

    yield from unfit(case)


def has_run_out(case: BusinessCase, user: User | None) -> Iterator[str]:
    """An approval is not for ever; an account that was begun in time keeps it."""
    last_day = case.last_day()
    if case.launched_at is not None:
        yield "The account is in use."
    elif last_day is None or case.organisation.today() <= last_day:
        yield "The approval has not run out yet."


CASE: Workflow[BusinessCase] = Workflow(
    name="case",
    start=Status.DRAFT,
    moves=MOVES,
    allowed=allowed,
    guards={
        Action.SUBMIT: (
            has_its_five_parts, is_run_by_enough, is_considered, was_changed,
            account_can_be_taken_over,
        ),
        Action.APPROVE: (
            has_its_quorum, is_run_by_enough, runners_are_fit, is_considered,
            account_can_be_taken_over,
        ),
        Action.EXPIRE: (has_run_out,),
    },
)  # fmt: skip
