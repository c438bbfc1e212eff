"""Locking the case that a service changes, and the way in for whoever changes its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import SocialAccount
from approvals import voting
from approvals.access import is_considered_later, works_on
from approvals.content import content_hash
from approvals.models import BusinessCase, CasePart, Vote
from approvals.services import asking
from approvals.services.telling import tell
from approvals.workflow import OPEN, Status, has_its_five_parts, is_run_by_enough
from trail.audit import Refused
from web.errors import RuleBroken
from web.prepared import prepared

if TYPE_CHECKING:
    from people.models import User

DECIDED = "This case has been decided: it stays as it is."


def locked_case(case: BusinessCase) -> BusinessCase:
    """Whatever changes a case or votes on it waits for whoever is at it.

    The case first, then its account, and the end of the record last of all.
    """
    found = next(iter(_locked(case_id=case.pk)), None)
    if found is None:
        raise BusinessCase.DoesNotExist
    if found.account_id is not None:
        accounts = SocialAccount.objects.select_for_update(of=("self",), no_key=True)
        found.account = accounts.get(pk=found.account_id)
    return found


@prepared
def _locked(*, case_id: int) -> QuerySet[BusinessCase]:
    rows = BusinessCase.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(pk=case_id).select_related("organisation__parent", "author")


def locked_for_editing(case: BusinessCase, by: User, *, parts: bool = False) -> BusinessCase:
    """The case, locked for somebody who changes its content; whoever has changed it calls `touch`.

    `parts`: its five parts or its runners, which stay as they are once it is decided. The checklist
    and the risks stay open until the trial begins, where the school wants them by then only.

    Raises Refused for whoever does not work on it, RuleBroken once it is decided.
    """
    case = locked_case(case)
    if not works_on(case, by):
        raise Refused("case.change", case, by=by)
    may_still = not parts and is_considered_later(case)
    if case.status not in OPEN and not may_still:
        raise RuleBroken(DECIDED)
    return case


def touch(case: BusinessCase, by: User) -> None:
    """They have changed the content of a locked case: they have no vote on it (E1).

    Where it was sent already its hash is renewed, so that votes on the text before are void (E2).
    """
    now = timezone.now()
    part, _ = CasePart.objects.get_or_create(case=case, person=by, defaults={"asked_at": now})
    part.has_edited, part.edited_at = True, now
    part.save(update_fields=["has_edited", "edited_at"])
    case.changed_at = now
    if case.status in (Status.SUBMITTED, Status.CHANGES_REQUESTED):
        _renew(case, by)
    case.save(update_fields=["changed_at", "content_hash", "outside_asked_at"])


def _renew(case: BusinessCase, by: User) -> None:
    text = content_hash(case)
    RuleBroken.if_any(has_its_five_parts(case, by))
    if case.status == Status.SUBMITTED and text != case.content_hash:
        RuleBroken.if_any(is_run_by_enough(case, by))
        votes = case.votes.exclude(choice=Vote.Choice.APPROVE)
        if votes.filter(content_hash=text).exists():
            raise RuleBroken("This is the text that was sent back. Change something else, too.")
        voted = case.votes.filter(content_hash=case.content_hash)
        title = f"Changed after you voted: “{case.name}”. Please look at it again"
        people = set(voted.values_list("person", flat=True))
        tell(case, people, title, what="changed_after_vote", but=by)
    case.content_hash = text
    if case.status == Status.SUBMITTED:
        # Whoever changes it has no vote any more: the school may have too few now.
        asking.note_if_too_small(case, voting.ballot(case))
