"""A policy that anybody may read, with an earlier version; and a school's guidance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.services import drafts, guidance
from people.roles import Role
from tests.access_roles import LEADERS, OFFICE, R, Rule, both, post
from tests.governance.factories import make_policy, publish_next

if TYPE_CHECKING:
    from tests.pages import Kwargs, Place


def make(place: Place) -> None:
    head = place.people[Role.HEAD]
    policy = make_policy(place.school, by=head, title="Complaints")
    drafts.edit_details(policy, by=head, is_public=True)
    place.rows["public_earlier"] = policy.current
    publish_next(policy, by=head)
    place.rows["public"] = policy
    place.rows["guidance"] = guidance.save(
        place.school, by=head, body="## For pupils\n\nAsk before you post.", after=0
    )
    guidance.show(place.rows["guidance"], by=head)
    guidance.save(place.school, by=head, body="## For pupils\n\nAsk first.", after=1)


AUTHORS = LEADERS | OFFICE | {R.DSL, R.DEPUTY_DSL, R.TRUST_SAFEGUARDING}
KWARGS: dict[str, Kwargs] = {
    **dict.fromkeys(
        ["governance:public_policy", "governance:public_policy_pdf"],
        lambda place, _user: {"pk": place.rows["public"].pk},
    ),
    "governance:public_version": lambda place, _user: {
        "pk": place.rows["public"].pk,
        "version": place.rows["public_earlier"].pk,
    },
    **dict.fromkeys(
        ["governance:guidance_edition", "governance:guidance_show"],
        lambda place, _user: {"pk": place.rows["guidance"].pk},
    ),
}
RULES: dict[str, Rule] = {
    "governance:guidance": Rule(AUTHORS),
    "governance:guidance_edit": both(AUTHORS),
    "governance:guidance_edition": Rule(AUTHORS),
    "governance:guidance_show": post(AUTHORS),
    "governance:guidance_take_down": post(AUTHORS),
}
PUBLIC = {
    "governance:public_school": "the policies a school says anybody may read, for parents",
    "governance:public_policy": "a policy the school says anybody may read",
    "governance:public_guidance": "what a school tells pupils and parents, in its own words",
    "governance:public_policy_pdf": "the same as a PDF, without a name",
    "governance:public_version": "an earlier version of such a policy, marked as such",
}
