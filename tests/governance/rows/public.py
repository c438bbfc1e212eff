"""A policy that anybody may read, with an earlier version; and a school's guidance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.services import drafts
from people.roles import Role
from tests.governance.factories import make_policy, publish_next

if TYPE_CHECKING:
    from tests.access_roles import Rule
    from tests.pages import Kwargs, Place


def make(place: Place) -> None:
    head = place.people[Role.HEAD]
    policy = make_policy(place.school, by=head, title="Complaints")
    drafts.edit_details(policy, by=head, is_public=True)
    place.rows["public_earlier"] = policy.current
    publish_next(policy, by=head)
    place.rows["public"] = policy


KWARGS: dict[str, Kwargs] = {
    "governance:public_policy": lambda place, _user: {"pk": place.rows["public"].pk},
    "governance:public_version": lambda place, _user: {
        "pk": place.rows["public"].pk,
        "version": place.rows["public_earlier"].pk,
    },
}
RULES: dict[str, Rule] = {}
PUBLIC = {
    "governance:public_school": "the policies a school says anybody may read, for parents",
    "governance:public_policy": "a policy the school says anybody may read",
    "governance:public_version": "an earlier version of such a policy, marked as such",
}
