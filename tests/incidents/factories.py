"""Schools with their offices, and cases that tests start from, reached through the services."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from incidents.kinds import FACTORS
from incidents.models import Case
from incidents.services import reporting, triage
from incidents.services.people import Named
from incidents.services.reporting import Report
from incidents.visibility import who_sees
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_trust, make_user

NOBODY = "none"


@dataclass(frozen=True)
class Cast:
    """A school of a trust, and one person in each office."""

    school: Organisation
    trust: Organisation
    head: User
    dsl: User
    deputy: User
    slt: User
    it: User
    chair: User
    office: User
    teacher: User
    trust_lead: User

    @property
    def everybody(self) -> list[User]:
        return [value for value in vars(self).values() if isinstance(value, User)]


OFFICES = {
    "head": Role.HEAD, "dsl": Role.DSL, "deputy": Role.DEPUTY_DSL, "slt": Role.SLT, "it": Role.IT,
    "chair": Role.CHAIR, "office": Role.OFFICE, "teacher": Role.STAFF,
}  # fmt: skip


def make_cast() -> Cast:
    trust = make_trust()
    school = make_school(trust=trust)
    people = {name: make_user(role, at=school) for name, role in OFFICES.items()}
    return Cast(
        school=school, trust=trust, trust_lead=make_user(Role.TRUST_LEAD, at=trust), **people
    )


def a_report(**details: Any) -> Report:
    plain = Report(
        kind="cyberbullying", about=NOBODY, what="They wrote something about a child.",
        image_gate="no",
    )  # fmt: skip
    return replace(plain, **details)


def make_case(cast: Cast, *, by: User | None = None, **details: Any) -> Case:
    """A report that a teacher sent."""
    return reporting.submit(cast.school, a_report(**details), by=by or cast.teacher)


def subject(user: User | None = None, name: str = "", **details: Any) -> Named:
    return Named("subject", name=name, user=user, **details)


def target(name: str = "Robin Ash", **details: Any) -> Named:
    return Named("target", name=name, relation="pupil", **details)


def green(**levels: str) -> dict[str, str]:
    return dict.fromkeys(FACTORS, "green") | levels


WHY = dict.fromkeys(FACTORS, "As reported.")


def assess(case: Case, *, by: User, severity: str = "green", **levels: str) -> Case:
    if severity != "green" and not levels:
        levels = dict.fromkeys(FACTORS, severity)
    return triage.triage(case, by=by, factors=green(**levels), reasons=WHY, severity=severity)


def begin(case: Case, *, by: User, owner: User | None = None, severity: str = "green") -> Case:
    case = assess(case, by=by, severity=severity)
    return triage.begin(case, by=by, owner=owner or by)


def afresh(user: User) -> User:
    """The same person, as the next request reads them."""
    return User.objects.get(pk=user.pk)


def sees(user: User, case: Case) -> bool:
    return Case.objects.visible_to(afresh(user)).filter(pk=case.pk).exists()


def who(cast: Cast, case: Case) -> set[str]:
    """The offices whose holder sees the case; `sees` asks the other way round, one by one."""
    found = who_sees(Case.objects.get(pk=case.pk))
    offices = {name: value for name, value in vars(cast).items() if isinstance(value, User)}
    return {name for name, user in offices.items() if user.pk in found}
