"""A trust's policy at a school: adoption, its local appendix, several policies in one sitting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.models import Policy
from governance.services import appendices
from people.roles import Role
from tests.access_roles import ALL, DRAFTS, LEADERS, R, Rule, both, post
from tests.governance.factories import make_appendix, make_policy

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place

TRUST_DRAFTS = frozenset({R.TRUST_LEAD, R.TRUST_SAFEGUARDING})


def make(place: Place) -> None:
    """One policy of the trust with this school's appendix, one without. Shared by its schools."""
    trust, head = place.school.parent, place.people[Role.HEAD]
    if trust is None:  # a school by itself: its own policy stands in, and is not found there
        place.rows["trust_policy"] = place.rows["plain_trust_policy"] = place.policy
        return
    first = Policy.objects.filter(owner=trust, title="Phones everywhere").first()
    place.rows["trust_policy"] = first or make_policy(trust, title="Phones everywhere")
    second = Policy.objects.filter(owner=trust, title="Photographs").first()
    place.rows["plain_trust_policy"] = second or make_policy(trust, title="Photographs")
    make_appendix(place.rows["trust_policy"], place.school, by=head)
    appendices.adopt(place.rows["trust_policy"], place.school, by=head)


def _of(name: str) -> Any:
    return lambda place, _user: {"pk": place.rows[name].pk}


def _trust_policy(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["trust_policy"].pk}


KWARGS = {
    "governance:schools": _trust_policy,
    "governance:schools_csv": _trust_policy,
    "governance:adoption": _trust_policy,
    "governance:start_appendix": _of("plain_trust_policy"),
}
RULES = {
    "governance:sitting": both(ALL),
    "governance:schools": Rule(TRUST_DRAFTS, trusts=True),
    "governance:schools_csv": Rule(TRUST_DRAFTS, trusts=True),
    "governance:adoption": Rule(DRAFTS, LEADERS, trusts=True),
    "governance:start_appendix": post(LEADERS, trusts=True),
}
