"""Who may vote on a business case. The one place that says so (A2, E1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from people.roles import Permission

if TYPE_CHECKING:
    from approvals.models import BusinessCase
    from people.models import User


def why_not(case: BusinessCase, user: User) -> list[str]:
    """A sentence for each thing that keeps this person from voting; none for whoever may."""
    reasons = []
    if not user.can(Permission.DECIDE_ACCOUNTS, at=case.organisation):
        reasons.append("You cannot vote: you are not on this school’s leadership team.")
    if case.author_id == user.pk:
        reasons.append("You cannot vote: you wrote this case.")
    if case.runners.filter(person=user).exists():
        reasons.append("You cannot vote: you are a proposed runner.")
    if case.parts.filter(person=user, has_edited=True).exists():
        reasons.append("You cannot vote: you have changed this case.")
    return reasons


def may_vote(case: BusinessCase, user: User) -> bool:
    return not why_not(case, user)
