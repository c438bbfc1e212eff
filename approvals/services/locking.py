"""Locking the case that a service changes, and the way in for whoever changes its content."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import SocialAccount
from approvals.access import works_on
from approvals.content import content_hash
from approvals.models import BusinessCase, CasePart, Vote
from approvals.services.telling import tell
from approvals.workflow import OPEN, Status, has_its_five_parts, is_run_by_enough
from trail import audit
from trail.audit import Refused
from web.errors import RuleBroken

if TYPE_CHECKING:
    from people.models import User

DECIDED = "This case has been decided: it stays as it is."


def locked_case(case: BusinessCase) -> BusinessCase:
    """Whatever changes a case or votes on it waits for whoever is at it.

    The case first, then its account, and the end of the record last of all.
    """
    rows = BusinessCase.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("organisation__parent", "author").get(pk=case.pk)
    if found.account_id is not None:
        accounts = SocialAccount.objects.select_for_update(of=("self",), no_key=True)
        found.account = accounts.get(pk=found.account_id)
    return found


@contextmanager
def editing(case: BusinessCase, *, by: User, what: str) -> Iterator[BusinessCase]:
    """Lock the case, let the caller change its content, and note who did.

    `what` is a word for the record: "aim", "runners", "answers". Whoever changes a case has no vote
    on it (E1), and votes on the text before are void (E2). Where the content is the same
    afterwards, nothing has happened.

    Raises Refused for whoever may not change it, RuleBroken once it is decided.
    """
    with audit.refusals_on_record():
        case = locked_case(case)
        if not works_on(case, by):
            raise Refused("case.change", case, by=by)
        if case.status not in OPEN:
            raise RuleBroken(DECIDED)
        before = content_hash(case)
        yield case
        after = content_hash(case)
        if after != before:
            _note(case, after, by)
            audit.record("case.change", case, by=by, part=what)


def _note(case: BusinessCase, text: str, by: User) -> None:
    now = timezone.now()
    CasePart.objects.update_or_create(
        case=case,
        person=by,
        defaults={"has_edited": True, "edited_at": now},
        create_defaults={"has_edited": True, "edited_at": now, "asked_at": now},
    )
    case.changed_at = now
    if case.status == Status.DRAFT:
        case.save(update_fields=["changed_at"])
        return
    RuleBroken.if_any(has_its_five_parts(case, by))
    if case.status == Status.SUBMITTED:
        RuleBroken.if_any(is_run_by_enough(case, by))
        if case.votes.filter(content_hash=text).exclude(choice=Vote.Choice.APPROVE).exists():
            raise RuleBroken("This is the text that was sent back. Change something else, too.")
        voted = set(
            case.votes.filter(content_hash=case.content_hash).values_list("person", flat=True)
        )
        title = f"Changed after you voted: “{case.name}”. Please look at it again"
        tell(case, voted, title, what="changed_after_vote", but=by)
    case.content_hash = text
    case.save(update_fields=["changed_at", "content_hash"])
