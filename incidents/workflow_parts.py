"""What runs beside a case, as tables: takedown, referral, consent, data breach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.db import models

from incidents.own_record import CaseWorkflow
from incidents.workflow import works_on

if TYPE_CHECKING:
    from incidents.models import Consent, DataBreach, Referral, Takedown
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
    """I12: the police are told of threats to a member of staff with that person's consent."""
    if referral.needs_consent and not referral.case.consents.allowing().exists():
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
