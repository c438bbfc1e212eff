"""What runs beside a case, as tables: takedown, referral, consent, data breach, investigating."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.db import models

from incidents.own_record import CaseWorkflow
from incidents.workflow import works_on

if TYPE_CHECKING:
    from incidents.models import (
        AccountRequest,
        Consent,
        ContentRequest,
        DataBreach,
        Referral,
        Takedown,
    )
    from people.models import User


def allowed(action: str, part: Any, user: User) -> bool:
    return works_on(part.case, user)


class TakedownStatus(models.TextChoices):
    NEEDED = "needed", "To be asked for"
    REQUESTED = "requested", "Asked for"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    REMOVED = "removed", "Removed"
    REFUSED = "refused", "Refused"
    ESCALATED = "escalated", "Taken further"
    NOT_REMOVED = "not_removed", "Not removed"


class TakedownMove(models.TextChoices):
    REQUEST = "request", "Ask for it to be removed"
    ACKNOWLEDGE = "acknowledge", "They have answered"
    REMOVE = "remove", "It is gone"
    REFUSE = "refuse", "They refused"
    ESCALATE = "escalate", "Take it further"
    GIVE_UP = "give_up", "It was not removed"


_T = TakedownStatus
TAKEDOWN_MOVES: Mapping[str, Mapping[str, str]] = {
    TakedownMove.REQUEST: {_T.NEEDED: _T.REQUESTED},
    TakedownMove.ACKNOWLEDGE: {_T.REQUESTED: _T.ACKNOWLEDGED},
    TakedownMove.REMOVE: dict.fromkeys(
        (_T.NEEDED, _T.REQUESTED, _T.ACKNOWLEDGED, _T.ESCALATED), _T.REMOVED
    ),
    TakedownMove.REFUSE: {_T.REQUESTED: _T.REFUSED, _T.ACKNOWLEDGED: _T.REFUSED},
    TakedownMove.ESCALATE: {_T.REFUSED: _T.ESCALATED},
    TakedownMove.GIVE_UP: {_T.ESCALATED: _T.NOT_REMOVED},
}
TAKEDOWN_OVER = (_T.REMOVED, _T.NOT_REMOVED)


class ReferralStatus(models.TextChoices):
    TO_CONSIDER = "to_consider", "To be decided"
    DECIDED = "decided", "To be made"
    NOT_NEEDED = "not_needed", "Decided against"
    MADE = "made", "Made"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    OUTCOME = "outcome", "Answered"


class ReferralMove(models.TextChoices):
    DECIDE = "decide", "It is to be made"
    DECLINE = "decline", "It is not needed"
    MAKE = "make", "It was made"
    ACKNOWLEDGE = "acknowledge", "They acknowledged it"
    ANSWER = "answer", "They have answered"


_R = ReferralStatus
REFERRAL_MOVES: Mapping[str, Mapping[str, str]] = {
    ReferralMove.DECIDE: {_R.TO_CONSIDER: _R.DECIDED, _R.NOT_NEEDED: _R.DECIDED},
    ReferralMove.DECLINE: {_R.TO_CONSIDER: _R.NOT_NEEDED, _R.DECIDED: _R.NOT_NEEDED},
    # Whoever rang the police first and writes it down afterwards has done right.
    ReferralMove.MAKE: {_R.TO_CONSIDER: _R.MADE, _R.DECIDED: _R.MADE},
    ReferralMove.ACKNOWLEDGE: {_R.MADE: _R.ACKNOWLEDGED},
    ReferralMove.ANSWER: {_R.MADE: _R.OUTCOME, _R.ACKNOWLEDGED: _R.OUTCOME},
}
REFERRAL_UNDECIDED = (_R.TO_CONSIDER, _R.DECIDED)


def consent_was_given(referral: Referral, user: User | None) -> Iterator[str]:
    """I12: the police are told of threats to a member of staff with that person's consent.

    Of everybody who was asked: the consent of one does not stand for another who refused.
    """
    if not referral.needs_consent:
        return
    asked = referral.case.consents.filter(of__removed_at=None)
    found = set(asked.values_list("status", flat=True))
    if found & {_C.REFUSED, _C.WITHDRAWN}:
        yield (
            "Their consent was refused. Respect it, or record the legal basis on which you go "
            "without it."
        )
    elif not found or found - set(CONSENT_ALLOWS):
        yield "Ask for their consent first, or record the legal basis on which you go without it."


class ConsentStatus(models.TextChoices):
    NOT_ASKED = "not_asked", "Not asked yet"
    GIVEN = "given", "Given"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"
    OVERRIDDEN = "overridden", "Gone without, on a legal basis"


class ConsentMove(models.TextChoices):
    GIVE = "give", "They agree"
    REFUSE = "refuse", "They refuse"
    WITHDRAW = "withdraw", "They have changed their mind"
    OVERRIDE = "override", "Go without, on a legal basis"


_C = ConsentStatus
CONSENT_MOVES: Mapping[str, Mapping[str, str]] = {
    ConsentMove.GIVE: dict.fromkeys((_C.NOT_ASKED, _C.REFUSED, _C.WITHDRAWN), _C.GIVEN),
    ConsentMove.REFUSE: {_C.NOT_ASKED: _C.REFUSED},
    ConsentMove.WITHDRAW: {_C.GIVEN: _C.WITHDRAWN},
    ConsentMove.OVERRIDE: dict.fromkeys((_C.NOT_ASKED, _C.REFUSED, _C.WITHDRAWN), _C.OVERRIDDEN),
}
CONSENT_ALLOWS = (_C.GIVEN, _C.OVERRIDDEN)


class BreachStatus(models.TextChoices):
    AWARE = "aware", "Known"
    ASSESSED = "assessed", "Assessed"
    REPORTED = "reported", "Reported to the ICO"
    NOT_REPORTED = "not_reported", "Not reported, with a reason"


class BreachMove(models.TextChoices):
    ASSESS = "assess", "Assess"
    REPORT = "report", "It was reported"
    DECLINE = "decline", "It need not be reported"


_B = BreachStatus
BREACH_MOVES: Mapping[str, Mapping[str, str]] = {
    BreachMove.ASSESS: {_B.AWARE: _B.ASSESSED},
    BreachMove.REPORT: {_B.AWARE: _B.REPORTED, _B.ASSESSED: _B.REPORTED},
    BreachMove.DECLINE: {_B.ASSESSED: _B.NOT_REPORTED},
}
BREACH_UNDECIDED = (_B.AWARE, _B.ASSESSED)


class AccountStatus(models.TextChoices):
    ASKED = "asked", "Asked, not answered yet"
    GIVEN = "given", "They showed it"
    REFUSED = "refused", "They refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class AccountMove(models.TextChoices):
    GIVE = "give", "They showed it"
    REFUSE = "refuse", "They refused"
    WITHDRAW = "withdraw", "We no longer ask, or they have changed their mind"


_A = AccountStatus
ACCOUNT_MOVES: Mapping[str, Mapping[str, str]] = {
    AccountMove.GIVE: {_A.ASKED: _A.GIVEN, _A.REFUSED: _A.GIVEN},
    AccountMove.REFUSE: {_A.ASKED: _A.REFUSED},
    AccountMove.WITHDRAW: {_A.ASKED: _A.WITHDRAWN, _A.GIVEN: _A.WITHDRAWN},
}


class ContentStatus(models.TextChoices):
    ASKED = "asked", "Waits for two people"
    HALF = "half", "Waits for one more person"
    APPROVED = "approved", "Allowed by both"
    REFUSED = "refused", "Not allowed"
    WITHDRAWN = "withdrawn", "Withdrawn"
    ENDED = "ended", "Ended early"


class ContentMove(models.TextChoices):
    APPROVE = "approve", "Allow it"
    REFUSE = "refuse", "Do not allow it"
    WITHDRAW = "withdraw", "It is no longer needed"
    END = "end", "End it now"


_N = ContentStatus
# That its time is over is no state: it follows from the clock (`ContentRequest.is_over`).
CONTENT_MOVES: Mapping[str, Mapping[str, str]] = {
    ContentMove.APPROVE: {_N.ASKED: _N.HALF, _N.HALF: _N.APPROVED},
    ContentMove.REFUSE: {_N.ASKED: _N.REFUSED, _N.HALF: _N.REFUSED},
    ContentMove.WITHDRAW: {_N.ASKED: _N.WITHDRAWN, _N.HALF: _N.WITHDRAWN},
    ContentMove.END: {_N.APPROVED: _N.ENDED},
}
CONTENT_WAITING = (_N.ASKED, _N.HALF)
CONTENT_OPENED = (_N.APPROVED, _N.ENDED)


def may_move_content(action: str, part: ContentRequest, user: User) -> bool:
    """Two sides decide, neither of them whoever asked; the rest is for those who work on it."""
    from incidents.approving import sides_of

    if action in (ContentMove.APPROVE, ContentMove.REFUSE):
        return bool(sides_of(part, user))
    return works_on(part.case, user)


def time_is_not_over(request: ContentRequest, user: User | None) -> Iterator[str]:
    if request.is_over():
        yield "Its time is over already."


TAKEDOWN: CaseWorkflow[Takedown] = CaseWorkflow(
    name="takedown", start=_T.NEEDED, moves=TAKEDOWN_MOVES, allowed=allowed
)
REFERRAL: CaseWorkflow[Referral] = CaseWorkflow(
    name="referral",
    start=_R.TO_CONSIDER,
    moves=REFERRAL_MOVES,
    allowed=allowed,
    guards={ReferralMove.MAKE: (consent_was_given,)},
)
CONSENT: CaseWorkflow[Consent] = CaseWorkflow(
    name="consent", start=_C.NOT_ASKED, moves=CONSENT_MOVES, allowed=allowed
)
BREACH: CaseWorkflow[DataBreach] = CaseWorkflow(
    name="breach", start=_B.AWARE, moves=BREACH_MOVES, allowed=allowed
)
ACCOUNT: CaseWorkflow[AccountRequest] = CaseWorkflow(
    name="inspection", start=_A.ASKED, moves=ACCOUNT_MOVES, allowed=allowed
)
CONTENT: CaseWorkflow[ContentRequest] = CaseWorkflow(
    name="content",
    start=_N.ASKED,
    moves=CONTENT_MOVES,
    allowed=may_move_content,
    guards={ContentMove.END: (time_is_not_over,)},
)
