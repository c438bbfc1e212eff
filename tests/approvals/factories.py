"""Business cases in every status, reached the way a school reaches them: through services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any

from accounts.services import life, register
from approvals.considerations import considered
from approvals.content import risk_hash
from approvals.models import BusinessCase, QuestionKind, Side, Vote
from approvals.services import cases, checklist, launching, risks, settling, votes
from approvals.workflow import Status
from people.models import Organisation, User
from people.roles import Role
from people.services import organisations
from tests.factories import make_school, make_user

_serial = count(1)
DAY = timedelta(days=1)
# Two votes and the head or the DSL: only for what asks for more than the usual quorum.
EXPOSED = {"access": "open"}


def set_rule(school: Organisation, **rules: Any) -> None:
    """The school's own rules about cases, such as `quorum=2`."""
    values = {f"approvals.{name}": value for name, value in rules.items()}
    if values.items() <= school.settings.items():
        return
    by = User.objects.order_by("pk").first() or make_user()
    school.settings = organisations.change_settings(school, values, by=by).settings


def make_case(
    at: Organisation | None = None,
    *,
    status: str = Status.DRAFT,
    author: User | None = None,
    head: User | None = None,
    runners: Sequence[User] | None = None,
    is_considered: bool = False,
    **parts: Any,
) -> BusinessCase:
    """A case for a closed account without pupils, which the head's vote alone decides.

    At a school that wants its checklist before the trial, unless `is_considered`: then every
    question is answered and both assessors have signed before it is sent.
    """
    at = at or make_school()
    if not is_considered:
        set_rule(at, checklist_before="launch")
    author = author or make_user(Role.STAFF, at=at)
    case = cases.begin(at, by=author)
    case = cases.change(case, by=author, **{**whole(), **parts})
    if runners is None:
        runners = [make_user(Role.STAFF, at=at) for _ in range(2)]
    case = cases.set_runners(case, by=author, people=runners)
    if is_considered:
        consider(case)
    return lead_to(case, status, head=head)


def whole() -> dict[str, Any]:
    """Five parts, and a trial."""
    return {
        "platform": "x",
        "name": f"Drama {next(_serial)}",
        "aim": "More families come to our plays.",
        "audience": "Families of years 9 to 11.",
        "promotion": "A link in the newsletter.",
        "access": "closed",
        "faces_pupils": False,
        "shows_pupils": False,
        "pilot_group": "Families of the cast",
        "pilot_goals": "Half of them follow it.",
        "pilot_weeks": 6,
    }


def lead_to(case: BusinessCase, status: str, *, head: User | None = None) -> BusinessCase:
    """From a whole draft to that status."""
    author = case.author
    if status == Status.DRAFT:
        return case
    if status == Status.WITHDRAWN:
        return cases.withdraw(case, by=author)
    case = cases.submit(case, by=author)
    if status == Status.SUBMITTED:
        return case
    head = head or make_user(Role.HEAD, at=case.organisation)
    if status == Status.CHANGES_REQUESTED:
        give(case, by=head, choice=Vote.Choice.CHANGES, reason="Say more of the aim.")
    elif status == Status.REJECTED:
        give(case, by=head, choice=Vote.Choice.REJECT, reason="We have accounts enough.")
    else:
        give(case, by=head)
    case = fresh(case)
    if status == Status.REVOKED:
        case = cases.revoke(case, by=head, why="The school is closing its drama department.")
    return case


def give(case: BusinessCase, *, by: User, choice: str = "approve", **more: Any) -> Vote:
    """A vote on the text as it stands."""
    return votes.vote(case, by=by, choice=choice, content_hash=fresh(case).content_hash, **more)


def fresh(case: BusinessCase) -> BusinessCase:
    return BusinessCase.objects.select_related("organisation__parent", "account").get(pk=case.pk)


ANSWERS = {
    QuestionKind.YES_NO: {"verdict": "yes"},
    QuestionKind.TEXT: {"text": "As the case says."},
    QuestionKind.DATE: {"date": date(2026, 1, 5)},
    QuestionKind.LINK: {"link": "https://www.example.org/rules"},
}


def consider(case: BusinessCase, *, leave_out: Sequence[str] = (), sign: bool = True) -> None:
    """Answer every question but these, list a risk, and let two people sign it."""
    by = case.author
    for one in considered(case):
        if one.question.key not in leave_out:
            said = ANSWERS.get(one.question.kind, {"person": by})
            checklist.answer(case, by=by, question=one.question.key, **said)
    add_risk(case)
    if sign:
        sign_risks(case)


def add_risk(case: BusinessCase, *, after: tuple[int, int] = (1, 2), **details: Any) -> Any:
    details.setdefault("what", f"Something goes wrong {next(_serial)}")
    return risks.add(
        case,
        by=case.author,
        mitigation="Two people look at it first.",
        likelihood=5,
        impact=5,
        likelihood_after=after[0],
        impact_after=after[1],
        **details,
    )


def sign_risks(case: BusinessCase) -> None:
    """Two different people agree with the risks as they stand, new ones where nobody is asked."""
    for side, role in ((Side.EDUCATIONAL, Role.STAFF), (Side.TECHNICAL, Role.IT)):
        asked = case.assessors.filter(side=side).first()
        if asked is None:
            person = make_user(role, at=case.organisation)
            asked = risks.set_assessor(case, by=case.author, side=side, person=person)
        risks.sign(case, by=asked.person, side=side, note="", risk_hash=risk_hash(fresh(case)))


def set_up(case: BusinessCase, *, by: User) -> BusinessCase:
    """The account of an approved case is ready to begin."""
    account = fresh(case).account
    assert account is not None
    at, today = case.organisation, case.organisation.today()
    register.set_address(account, by=by, address=f"https://x.com/drama_{next(_serial)}")
    domain = at.domains.first()
    assert domain is not None
    register.change(account, by=by, email=f"drama@{domain.domain}")
    register.confirm_sign_in(account, by=by, two_factor_on=today, recovery_on=today)
    life.prepare(account, by=by)
    return fresh(case)


def make_trial(
    at: Organisation | None = None, *, head: User | None = None, days: int = 42, **parts: Any
) -> BusinessCase:
    """A case whose account is on trial."""
    at = at or make_school()
    head = head or make_user(Role.HEAD, at=at)
    case = make_case(at, status=Status.APPROVED, head=head, **parts)
    consider(case)
    case = set_up(case, by=head)
    return launching.begin_pilot(case, by=head, until=at.today() + days * DAY)


def settle(case: BusinessCase) -> bool:
    return settling.settle(case)
