"""The considerations and risks of a business case: a draft of the head's, whose risks they assess.

Nobody else has a part in it, so to everybody else it does not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from approvals.models import Side
from approvals.services import checklist, risks
from people.roles import Role
from tests.access_roles import LEADERS, Rule, both, post
from tests.approvals.considering import a_case, list_risk

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place

AUTHOR = frozenset({Role.HEAD})
KEEPERS = LEADERS | {Role.OFFICE, Role.IT, Role.TRUST_IT}


def make(place: Place) -> None:
    head = place.people[Role.HEAD]
    case = a_case(place.school, head)
    place.rows["considered"] = case
    place.rows["considered_risk"] = list_risk(case)
    checklist.answer(case, by=head, question="terms", verdict="no", mitigation="We ask them.")
    risks.set_assessor(case, by=head, side=Side.EDUCATIONAL, person=head)
    place.rows["extra_question"] = checklist.add_question(
        place.school, by=head, text="Have the governors seen it?", kind="yes_no"
    )


def _case(place: Place, _user: User) -> dict[str, Any]:
    return {"number": place.rows["considered"].number}


def _answer(place: Place, user: User) -> dict[str, Any]:
    return {**_case(place, user), "question": "terms"}


def _side(place: Place, user: User) -> dict[str, Any]:
    return {**_case(place, user), "side": Side.EDUCATIONAL.value}


def _risk(place: Place, user: User) -> dict[str, Any]:
    return {**_case(place, user), "pk": place.rows["considered_risk"].pk}


def _question(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["extra_question"].pk}


KWARGS = {
    "approvals:question_retire": _question,
    "approvals:checklist": _case,
    "approvals:answer": _answer,
    "approvals:clear_answer": _answer,
    "approvals:risks": _case,
    "approvals:risk_add": _case,
    "approvals:risk_adopt": _case,
    "approvals:risk_change": _risk,
    "approvals:risk_remove": _risk,
    "approvals:assessor": _side,
    "approvals:risk_sign": _side,
    "approvals:trial": _case,
    "approvals:evaluate": _case,
}
RULES = {
    "approvals:questions": both(KEEPERS),
    "approvals:question_retire": post(KEEPERS),
    "approvals:checklist": Rule(AUTHOR, seen=AUTHOR),
    "approvals:answer": both(AUTHOR, seen=AUTHOR),
    "approvals:clear_answer": post(AUTHOR, seen=AUTHOR),
    "approvals:risks": Rule(AUTHOR, seen=AUTHOR),
    "approvals:risk_add": both(AUTHOR, seen=AUTHOR),
    "approvals:risk_adopt": post(AUTHOR, seen=AUTHOR),
    "approvals:risk_change": both(AUTHOR, seen=AUTHOR),
    "approvals:risk_remove": post(AUTHOR, seen=AUTHOR),
    "approvals:assessor": both(AUTHOR, seen=AUTHOR),
    "approvals:risk_sign": both(AUTHOR, seen=AUTHOR),
    "approvals:trial": both(AUTHOR, seen=AUTHOR),
    "approvals:evaluate": both(AUTHOR, seen=AUTHOR),
}
