"""What the leadership team says to a case (A2): one vote each on one text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from accounts import no_passwords
from approvals import voting
from approvals.models import Vote
from approvals.services.locking import locked_case
from approvals.services.settling import settle_locked
from approvals.services.telling import tell, those_behind
from approvals.workflow import CASE, Action, Status
from trail import audit
from trail.audit import Refused
from web.errors import RuleBroken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from approvals.models import BusinessCase
    from approvals.voting import Ballot
    from people.models import User

Choice = Vote.Choice
CHANGED = "This case was changed while you were reading it. Nothing was recorded: read it again."


@audit.refusals_on_record()
def vote(
    case: BusinessCase,
    *,
    by: User,
    choice: str,
    content_hash: str,
    reason: str = "",
    accepts_risk: bool = False,
) -> Vote:
    """Approve, send back or reject the text that this person saw (`content_hash`).

    One rejection is final; sending back makes it the author's again; the approval that fulfils the
    quorum decides, when all who would run the account are fit to. The row is locked, so that two
    votes at once cannot both be the deciding one (E2).

    Raises Refused for whoever has no vote here (E1), RuleBroken for everything else in the way.
    """
    case = locked_case(case)
    ballot = voting.ballot(case)
    if ballot.why_not(by.pk):
        why = "own_case" if ballot.part_of(by.pk) else "role"
        raise Refused("case.vote", case, by=by, reason=why)
    RuleBroken.if_any(_problems(ballot, by, choice, content_hash, reason.strip(), accepts_risk))
    voter = ballot.voter(by.pk)
    assert voter is not None
    given = Vote.objects.create(
        case=case,
        person=by,
        choice=choice,
        capacity=voter.capacity,
        content_hash=content_hash,
        reason=reason.strip(),
        accepts_risk=accepts_risk and choice == Choice.APPROVE,
        at=timezone.now(),
    )
    audit.record(
        "case.vote", case, by=by, choice=choice, capacity=voter.capacity, content=content_hash
    )
    match choice:
        case Choice.CHANGES:
            _send_back(case, by=by, reason=reason.strip())
        case Choice.REJECT:
            _reject(case, by=by, reason=reason.strip())
        case _:
            settle_locked(case)
    return given


def _problems(
    ballot: Ballot, by: User, choice: str, content_hash: str, reason: str, accepts_risk: bool
) -> Iterator[str]:
    case = ballot.case
    if case.status != Status.SUBMITTED:
        yield f"This case does not wait for votes: {case.get_status_display().lower()}."
        return
    if content_hash != case.content_hash:
        yield CHANGED
        return
    if choice not in Choice.values:
        yield "Choose what you decide."
    if ballot.has_voted(by.pk):
        yield "You have voted on this text already."
    if choice != Choice.APPROVE and not reason:
        yield "Say why, in a sentence."
    if problem := no_passwords.problem(reason):
        yield problem
    if choice == Choice.APPROVE and ballot.high_risk and not accepts_risk:
        yield "A high risk remains. Say that you accept it, or do not approve the case."


def _send_back(case: BusinessCase, *, by: User, reason: str) -> None:
    with CASE.step(case, Action.SEND_BACK, by=by) as case:
        case.decided_why = reason
        title = f"Sent back for changes: “{case.name}”"
        tell(case, those_behind(case), title, what="sent_back", but=by)


def _reject(case: BusinessCase, *, by: User, reason: str) -> None:
    with CASE.step(case, Action.REJECT, by=by) as case:
        case.decided_at, case.decided_why = timezone.now(), reason
        title = f"Rejected: “{case.name}”"
        tell(case, those_behind(case), title, what="rejected", but=by)
