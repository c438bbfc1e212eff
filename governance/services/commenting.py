"""What signatories and readers of drafts say about a text, and what came of it (P2)."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction

from governance.models import Comment, PolicyVersion, Resolution
from governance.services.locking import locked_version
from governance.text.render import outline
from people.models import User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

TOO_LATE = "This version is published. Its text does not change any more, so it takes no comments."


@transaction.atomic
def comment(version: PolicyVersion, *, by: User, text: str, anchor: str = "") -> Comment:
    """Say something about a draft: about all of it, or about one heading.

    Raises RuleBroken when it is empty, when the version is published, or when the heading is gone.
    """
    version = locked_version(version)
    if not by.can(Permission.VIEW_DRAFTS, at=version.policy.owner):
        raise PermissionDenied
    if version.is_published:
        raise RuleBroken(TOO_LATE)
    if not text.strip():
        raise RuleBroken("Write your comment first.")
    made = write(version, by=by, text=text, anchor=anchor)
    audit.record("policy.comment", version, by=by, comment=str(made.pk))
    return made


def write(
    version: PolicyVersion, *, by: User, text: str, anchor: str = "", sends_back: bool = False
) -> Comment:
    """The row itself, on the text as it is now, for a caller who has looked and locked."""
    heading = ""
    if anchor:
        headings = {one.anchor: one.text for one in outline(version.body)}
        if anchor not in headings:
            raise RuleBroken("This heading is not in the text any more. Choose another.")
        heading = headings[anchor][:300]
    return Comment.objects.create(
        version=version,
        edition=version.edition,
        anchor=anchor,
        heading=heading,
        text=text.strip(),
        sends_back=sends_back,
        by=by,
    )


@transaction.atomic
def tick_off(comment: Comment, *, by: User, answer: str = "") -> Resolution:
    """The comment is dealt with: by whoever writes the policy, or whoever made it.

    A second click finds it done. Raises RuleBroken once the version is published.
    """
    version = locked_version(comment.version)
    if comment.by_id != by.pk and not by.can(Permission.MANAGE_POLICIES, at=version.policy.owner):
        raise PermissionDenied
    if version.is_published:
        raise RuleBroken(TOO_LATE)
    done, new = Resolution.objects.get_or_create(
        comment=comment, defaults={"by": by, "answer": answer.strip()}
    )
    if new:
        audit.record("policy.comment_done", version, by=by, comment=str(comment.pk))
    return done


@transaction.atomic
def tick_off_all(version: PolicyVersion, comments: Iterable[int], *, by: User) -> None:
    """Several at once, as when the text that deals with them is saved."""
    for one in Comment.objects.waiting().filter(version=version, pk__in=comments):
        tick_off(one, by=by)
