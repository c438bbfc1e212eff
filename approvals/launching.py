"""What stands between a business case and its account: asked before a trial and before going live.

The account's own workflow asks here (ACCOUNT_CHECKS), whoever calls it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from accounts.workflow import Action
from accounts.workflow import Status as AccountStatus
from approvals.models import BusinessCase, Vote
from approvals.risks import high_from, residual
from approvals.workflow import Status, is_thought_through
from people.roles import Permission
from web.words import day_in_words

if TYPE_CHECKING:
    from accounts.models import SocialAccount
    from people.models import User


def in_the_way(account: SocialAccount, action: str) -> Iterator[str]:
    """A sentence for each thing that an account still lacks for that move (ACCOUNT_CHECKS)."""
    if action == Action.PILOT:
        case = case_of(account)
        if case is None:
            yield "There is no approved business case for this account."
        else:
            yield from trial_problems(case)
    elif action == Action.GO_LIVE:
        yield from not_evaluated(account)
    elif action in (Action.RESUME, Action.RESUME_PILOT):
        yield from approval_taken_back(account)


def case_of(account: SocialAccount) -> BusinessCase | None:
    """The case that made it the school's own, or is about to."""
    return account.cases.filter(status=Status.APPROVED).first()


def approval_taken_back(account: SocialAccount) -> Iterator[str]:
    """What one vote after another agreed to does not come back by the hand of one."""
    cases = account.cases.filter(launched_at__isnull=False)
    if cases.filter(status=Status.REVOKED).exists():
        yield "The approval of its business case was taken back: it can only be closed."


def trial_problems(case: BusinessCase) -> Iterator[str]:
    """What the case itself still lacks before its trial begins (E4).

    That the runners are fit and the account's details are there, the account asks itself.
    """
    yield from approval_problems(case)
    if case.status == Status.APPROVED:
        yield from is_thought_through(case)
        yield from risk_not_accepted(case)


def approval_problems(case: BusinessCase) -> Iterator[str]:
    """Why there is no approval that counts today."""
    if case.status != Status.APPROVED:
        yield f"This case is not approved: {case.get_status_display().lower()}."
        return
    last_day = case.last_day()
    if case.launched_at is None and last_day is not None and case.organisation.today() > last_day:
        yield f"The approval ran out on {day_in_words(last_day)}. Begin a new case from it."


def risk_not_accepted(case: BusinessCase) -> Iterator[str]:
    """A high risk came after the vote, or nobody who approved it said that they accept it."""
    if residual(case) < high_from(case.organisation):
        return
    accepted = case.votes.filter(
        content_hash=case.content_hash, choice=Vote.Choice.APPROVE, accepts_risk=True
    )
    if not accepted.exists():
        yield "A high risk remains that nobody has accepted. Bring it down, or begin a new case."


def not_evaluated(account: SocialAccount) -> Iterator[str]:
    """E11: an account goes live when its trial was looked at, and the outcome was to go on.

    Accounts that were in use before the portal came had no trial.
    """
    if account.pilot_from is None:
        return
    last = _last_outcome(account)
    if last is None:
        yield "The trial has not been evaluated."
    elif last != "continue":
        yield "The last evaluation did not say that it should go live."


def _last_outcome(account: SocialAccount) -> str | None:
    case = case_of(account)
    found = case.evaluations.order_by("-at", "-pk").first() if case else None
    return found.outcome if found else None


def is_on_trial(account: SocialAccount) -> bool:
    """On trial now, or paused while it was."""
    return AccountStatus.PILOT in (account.status, account.paused_from)


def may_evaluate(case: BusinessCase, user: User) -> bool:
    """A member of the leadership team who does not run the account, and was not to."""
    return (
        user.can(Permission.DECIDE_ACCOUNTS, at=case.organisation)
        and not case.runners.filter(person=user).exists()
        and not (case.account is not None and case.account.is_run_by(user))
    )
