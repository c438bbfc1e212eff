"""Who may change a business case. The one place that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from approvals.workflow import OPEN

if TYPE_CHECKING:
    from approvals.models import BusinessCase
    from people.models import User


def works_on(case: BusinessCase, user: User) -> bool:
    """Its author, whoever would run the account, and those who were asked to help."""
    return (
        case.author_id == user.pk
        or case.runners.filter(person=user).exists()
        or case.parts.filter(person=user).exists()
    )


def may_edit(case: BusinessCase, user: User) -> bool:
    """Until the decision; a change of what was sent voids the votes (E2)."""
    return case.status in OPEN and works_on(case, user)
