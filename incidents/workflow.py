"""The life of a case, as a table. What runs beside it has tables in `workflow_parts.py`.

DRAFT of the design is a row of its own (`incidents.Draft`): a case begins with being sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from django.db import models

from incidents.own_record import CaseWorkflow
from people.roles import Permission

if TYPE_CHECKING:
    from incidents.models import Case
    from people.models import User


class Status(models.TextChoices):
    SUBMITTED = "submitted", "Waiting to be assessed"
    TRIAGED = "triaged", "Assessed"
    OPEN = "open", "Being worked on"
    WAITING = "waiting", "Waiting for somebody outside"
    CLOSURE_PROPOSED = "closure_proposed", "Waiting for a second person to close it"
    CLOSED = "closed", "Closed"
    LOW_LEVEL = "low_level", "Low-level concern"
    NO_ACTION = "no_action", "No action needed"
    DUPLICATE = "duplicate", "Already reported"
    DISPOSED = "disposed", "Disposed of"


class Move(models.TextChoices):
    TRIAGE = "triage", "Assess"
    OPEN = "open", "Begin work"
    WAIT = "wait", "Wait for somebody outside"
    RESUME = "resume", "Go on with it"
    PROPOSE = "propose", "Propose to close"
    SEND_BACK = "send_back", "Keep it open"
    CLOSE = "close", "Close"
    REOPEN = "reopen", "Open it again"
    LOW_LEVEL = "low_level", "Keep as a low-level concern"
    NO_ACTION = "no_action", "No action is needed"
    DUPLICATE = "duplicate", "It was reported already"
    RECONSIDER = "reconsider", "Look at it again"
    DISPOSE = "dispose", "Dispose of"


OPEN = (
    Status.SUBMITTED, Status.TRIAGED, Status.OPEN, Status.WAITING, Status.CLOSURE_PROPOSED,
)  # fmt: skip
WORKED_ON = (Status.OPEN, Status.WAITING, Status.CLOSURE_PROPOSED)
SET_ASIDE = (Status.LOW_LEVEL, Status.NO_ACTION, Status.DUPLICATE)
ENDED = (Status.CLOSED, *SET_ASIDE)

MOVES: Mapping[str, Mapping[str, str]] = {
    Move.TRIAGE: {Status.SUBMITTED: Status.TRIAGED},
    Move.OPEN: {Status.TRIAGED: Status.OPEN},
    Move.WAIT: {Status.OPEN: Status.WAITING},
    Move.RESUME: {Status.WAITING: Status.OPEN},
    Move.PROPOSE: {Status.OPEN: Status.CLOSURE_PROPOSED},
    Move.SEND_BACK: {Status.CLOSURE_PROPOSED: Status.OPEN},
    Move.CLOSE: {Status.CLOSURE_PROPOSED: Status.CLOSED},
    Move.REOPEN: {Status.CLOSED: Status.OPEN},
    Move.LOW_LEVEL: {Status.TRIAGED: Status.LOW_LEVEL},
    Move.NO_ACTION: {Status.TRIAGED: Status.NO_ACTION},
    Move.DUPLICATE: {Status.TRIAGED: Status.DUPLICATE},
    Move.RECONSIDER: dict.fromkeys(SET_ASIDE, Status.TRIAGED),
    Move.DISPOSE: dict.fromkeys(ENDED, Status.DISPOSED),
}


def works_on(case: Case, user: User) -> bool:
    """Whether they may change a case that they see.

    Whether they see it is asked first, and elsewhere: `services/locking.py`.
    """
    return (
        user.can(Permission.HANDLE_CASES, at=case.organisation)
        or case.owner_id == user.pk
        or case.accesses.current().filter(person=user, may_work=True).exists()
    )


def allowed(action: str, case: Case, user: User) -> bool:
    return works_on(case, user)


def has_an_owner(case: Case, user: User | None) -> Iterator[str]:
    if case.owner_id is None:
        yield "Nobody has this case yet. Name somebody."


def no_action_is_open(case: Case, user: User | None) -> Iterator[str]:
    left = case.actions.still_open().count()
    if left:
        yield "One action is still open." if left == 1 else f"{left} actions are still open."


def referrals_are_decided(case: Case, user: User | None) -> Iterator[str]:
    for referral in case.referrals.undecided():
        yield f"Nobody has decided whether to tell: {referral.get_body_display()}."


def the_breach_is_decided(case: Case, user: User | None) -> Iterator[str]:
    if case.breaches.undecided().exists():
        yield "Nobody has decided whether the data breach is to be reported."


def targets_were_offered_support(case: Case, user: User | None) -> Iterator[str]:
    without = case.people.targets().filter(offers=None).count()
    if without:
        yield "Record the support that was offered to each person this was done to."


def nothing_is_asked_for(case: Case, user: User | None) -> Iterator[str]:
    """I22, I24: what an investigation asked for has its answer before the case ends."""
    if case.account_requests.waiting().exists():
        yield "Somebody was asked to show an account or a device. Note what they said."
    if case.content_requests.standing().exists():
        yield "Content is asked for, or open. Withdraw it or end it first."


def second_person_closes(case: Case, user: User | None) -> Iterator[str]:
    if case.needs_two and user is not None and user.pk == case.proposed_by_id:
        yield "You proposed this. Another person has to close it."


def second_person_sets_aside(case: Case, user: User | None) -> Iterator[str]:
    if case.needs_two and user is not None and user.pk == case.triaged_by_id:
        yield "You assessed this. Another person has to agree that nothing more is done."


def red_is_not_set_aside(case: Case, user: User | None) -> Iterator[str]:
    if case.severity == "red":
        yield "A red case is opened, and closed by two people."


def is_about_staff(case: Case, user: User | None) -> Iterator[str]:
    if not case.about_staff:
        yield "Only a concern about a member of staff can be kept as low-level."


def no_hold(case: Case, user: User | None) -> Iterator[str]:
    if case.holds.standing().exists():
        yield "A legal hold stands on this case."


CASE: CaseWorkflow[Case] = CaseWorkflow(
    name="case",
    start=Status.SUBMITTED,
    moves=MOVES,
    allowed=allowed,
    guards={
        Move.OPEN: (has_an_owner,),
        Move.REOPEN: (has_an_owner,),
        Move.PROPOSE: (
            no_action_is_open, referrals_are_decided, the_breach_is_decided,
            targets_were_offered_support, nothing_is_asked_for,
        ),
        Move.CLOSE: (
            no_action_is_open, referrals_are_decided, the_breach_is_decided,
            targets_were_offered_support, nothing_is_asked_for, second_person_closes,
        ),
        Move.LOW_LEVEL: (is_about_staff, red_is_not_set_aside, second_person_sets_aside),
        Move.NO_ACTION: (red_is_not_set_aside, second_person_sets_aside),
        Move.DISPOSE: (no_hold,),
    },
)  # fmt: skip
