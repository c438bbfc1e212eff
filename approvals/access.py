"""Who may change a business case. The one place that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from approvals.workflow import OPEN, Status
from people.models import Membership
from people.roles import Permission

if TYPE_CHECKING:
    from approvals.models import BusinessCase
    from people.models import Organisation, User


def may_begin(at: Organisation, user: User) -> bool:
    """Write a case there, or help: its own people; of its trust, whoever keeps the register."""
    if at.kind == at.Kind.TRUST:
        return False
    if user.can(Permission.MANAGE_ACCOUNTS, at=at):
        return True
    return Membership.objects.active(at.today()).filter(person=user, organisation=at).exists()


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


def is_considered_later(case: BusinessCase) -> bool:
    """Approved, and its checklist and risks may still be worked on: the school wants them later."""
    later = case.organisation.setting("approvals.checklist_before") == "launch"
    return later and case.status == Status.APPROVED and case.launched_at is None


def may_consider(case: BusinessCase, user: User) -> bool:
    """Whether they may answer its questions and list its risks now."""
    return (case.status in OPEN or is_considered_later(case)) and works_on(case, user)


def speaks_for(case: BusinessCase, user: User) -> bool:
    """Its author. Where they have left, a colleague who works on it, so that it is not stuck."""
    if case.author_id == user.pk:
        return True
    at = case.organisation
    posts = Membership.objects.active(at.today())
    # Whoever keeps the register from the trust is there as long as they are at the trust.
    near = posts.filter(organisation__in=[at.pk, at.parent_id])
    author_left = not near.filter(person=case.author_id).exists()
    here = posts.filter(organisation=at, person=user)
    return author_left and here.exists() and works_on(case, user)
