"""Signing off with comments and a trail, and the reviews of a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.services import commenting, reviewing
from people.roles import Role
from tests.access_roles import DRAFTS, LEADERS, READERS, R, Rule, both, post
from tests.governance.factories import make_policy

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place


def make(place: Place) -> None:
    """A comment on the text that waits for sign-off, and an open review after a closed one."""
    head, chair = place.people[Role.HEAD], place.people[Role.CHAIR]
    place.rows["comment"] = commenting.comment(
        place.waiting, by=chair, text="Please name whom to turn to."
    )
    commenting.comment(place.draft, by=chair, text="And on the bus?", anchor="")
    reviewed = make_policy(place.school, by=head, title="Reviewed often")
    reviewing.review_without_change(reviewed, by=head)
    place.rows["reviewed"] = reviewed
    place.rows["review"] = reviewing.open_review(
        reviewed, by=head, trigger="guidance", cause="New guidance was published."
    )


def _of(name: str) -> Any:
    return lambda place, _user: {"pk": place.rows[name].pk}


def _waiting(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.waiting.pk}


KWARGS = {
    "governance:review": _of("reviewed"),
    "governance:review_open": _of("reviewed"),
    "governance:review_cancel": _of("review"),
    "governance:comment": _waiting,
    "governance:comment_done": _of("comment"),
    "governance:version_trail": _waiting,
}
RULES = {
    "governance:reviews": Rule(DRAFTS),
    "governance:reviews_csv": Rule(DRAFTS),
    "governance:review": Rule(DRAFTS, seen=READERS),
    "governance:review_open": both(DRAFTS, seen=READERS),
    "governance:review_cancel": both(LEADERS, seen=DRAFTS),
    "governance:comment": post(DRAFTS, seen=DRAFTS),
    # And whoever made the comment.
    "governance:comment_done": post(LEADERS | {R.CHAIR}, seen=DRAFTS),
    "governance:version_trail": Rule(DRAFTS, seen=DRAFTS),
}
