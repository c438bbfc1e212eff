"""A business case that is thought through, reached the way a school reaches it."""

from __future__ import annotations

from typing import Any

from approvals.considerations import Question, questions_of
from approvals.content import risk_hash
from approvals.models import BusinessCase, QuestionKind, Risk, RiskSignature, Side
from approvals.services import cases, checklist, risks
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_user

RISK = {
    "what": "Hurtful comments below a post",
    "likelihood": 4,
    "impact": 3,
    "mitigation": "Comments are looked at before they are shown.",
    "likelihood_after": 2,
    "impact_after": 2,
}


def a_case(at: Organisation, author: User | None = None, **parts: Any) -> BusinessCase:
    """A draft with its five parts."""
    author = author or make_user(Role.STAFF, at=at)
    details = {
        "platform": "instagram", "name": "Drama department", "aim": "Show our plays to families.",
        "audience": "Families", "promotion": "In the newsletter", "access": "open",
        "faces_pupils": False, "shows_pupils": True, **parts,
    }  # fmt: skip
    return cases.change(cases.begin(at, by=author), by=author, **details)


def an_answer(question: Question, person: User) -> dict[str, Any]:
    """Something that answers a question of that kind."""
    match question.kind:
        case QuestionKind.YES_NO:
            return {"verdict": "yes"}
        case QuestionKind.PERSON:
            return {"person": person}
        case QuestionKind.DATE:
            return {"date": person.date_joined.date()}
        case QuestionKind.LINK:
            return {"link": "https://www.example.org/rules"}
    return {"text": "Families see what their children do."}


def answer_all(case: BusinessCase, *, but: str = "") -> None:
    """Every question, save the one with that key, by the author."""
    for question in questions_of(case):
        if question.key != but:
            said = an_answer(question, case.author)
            checklist.answer(case, by=case.author, question=question.key, **said)


def list_risk(case: BusinessCase, **details: Any) -> Risk:
    return risks.add(case, by=case.author, **{**RISK, **details})


def ask(case: BusinessCase, side: Side, *roles: Role) -> User:
    """Somebody new, with these roles at the school, is asked to assess the risks."""
    person = make_user(*roles, at=case.organisation)
    risks.set_assessor(case, by=case.author, side=side, person=person)
    return person


def sign(case: BusinessCase, side: Side, person: User) -> RiskSignature:
    return risks.sign(case, by=person, side=side, note="", risk_hash=risk_hash(case))


def sign_both(case: BusinessCase) -> tuple[User, User]:
    """A risk is listed, and a teacher and somebody of IT sign it."""
    if not case.risks.exists():
        list_risk(case)
    teacher = ask(case, Side.EDUCATIONAL, Role.STAFF)
    expert = ask(case, Side.TECHNICAL, Role.IT)
    sign(case, Side.EDUCATIONAL, teacher)
    sign(case, Side.TECHNICAL, expert)
    return teacher, expert
