"""Business cases: one that was sent, a draft of the head's, one that was rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from approvals.services import cases
from approvals.workflow import Status
from people.models import Organisation
from people.roles import Role
from tests.access_roles import ALL, LEADERS, PEOPLE, Rule, both, post
from tests.approvals.factories import make_case

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place

# A chair of governors sees a case only once they are asked: here the team can decide by itself.
SEEN = PEOPLE
KEEPERS = LEADERS | {Role.OFFICE, Role.IT, Role.TRUST_IT}
AUTHOR = frozenset({Role.HEAD})


def make(place: Place) -> None:
    head = place.people[Role.HEAD]
    _count_from_elsewhere(place)
    place.rows["sent"] = make_case(
        place.school, author=place.teacher, name="Choir", status=Status.SUBMITTED
    )
    place.rows["begun"] = make_case(place.school, author=head, name="Library")
    place.rows["rejected"] = make_case(
        place.school, author=place.teacher, head=head, name="Canteen", status=Status.REJECTED
    )
    place.rows["approved"] = make_case(
        place.school, author=place.teacher, head=head, name="Sports day", status=Status.APPROVED
    )


def _count_from_elsewhere(place: Place) -> None:
    """Cases are numbered at each school: no two schools of the scene have the same numbers."""
    for _ in range(
        10 * Organisation.objects.filter(business_cases__isnull=False).distinct().count()
    ):
        case = cases.begin(place.school, by=place.people[Role.STAFF])
        cases.change(case, by=place.people[Role.STAFF], name="Another")


def _sent(place: Place, _user: User) -> dict[str, Any]:
    return {"number": place.rows["sent"].number}


def _begun(place: Place, _user: User) -> dict[str, Any]:
    return {"number": place.rows["begun"].number}


def _question(place: Place, user: User) -> dict[str, Any]:
    return {**_begun(place, user), "step": "aim"}


def _rejected(place: Place, _user: User) -> dict[str, Any]:
    return {"number": place.rows["rejected"].number}


def _approved(place: Place, _user: User) -> dict[str, Any]:
    return {"number": place.rows["approved"].number}


def _account(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["account"].pk}


KWARGS = {
    "approvals:of_account": _account,
    "approvals:case": _sent,
    "approvals:case_pdf": _sent,
    "approvals:question": _question,
    "approvals:check": _begun,
    "approvals:send": _begun,
    "approvals:sent": _sent,
    "approvals:helper": _begun,
    "approvals:vote": _sent,
    "approvals:withdraw": _begun,
    "approvals:revoke": _approved,
    "approvals:retry": _rejected,
    "approvals:chase": _sent,
}
RULES = {
    "approvals:cases": Rule(ALL),
    "approvals:of_account": Rule(SEEN, seen=SEEN),
    # Whoever looks after the school's accounts from the trust may begin one there.
    "approvals:begin": both(ALL - {Role.TRUST_SAFEGUARDING}),
    "approvals:case": Rule(SEEN, seen=SEEN),
    "approvals:case_pdf": Rule(SEEN, seen=SEEN),
    # A draft is only there for those who work on it.
    "approvals:question": both(AUTHOR, seen=AUTHOR),
    "approvals:check": Rule(AUTHOR, seen=AUTHOR),
    "approvals:send": post(AUTHOR, seen=AUTHOR),
    "approvals:sent": Rule(SEEN, seen=SEEN),
    "approvals:helper": both(AUTHOR, seen=AUTHOR),
    "approvals:vote": post(frozenset({Role.HEAD, Role.SLT}), seen=SEEN),
    "approvals:withdraw": both(AUTHOR, seen=AUTHOR),
    "approvals:revoke": both(LEADERS, seen=SEEN),
    "approvals:retry": post(SEEN - {Role.TRUST_SAFEGUARDING}, seen=SEEN),
    "approvals:chase": post(KEEPERS, seen=SEEN),
}
