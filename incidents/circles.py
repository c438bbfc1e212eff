"""Circles: who is told of a case, by their office. A case says which circles see it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from people.roles import Role


class Circle(models.TextChoices):
    SAFEGUARDING = "safeguarding", "The safeguarding lead and deputies"
    HEAD = "head", "The head teacher"
    SLT = "slt", "The senior leadership team"
    IT = "it", "IT"
    DPO = "dpo", "The data protection officer"
    CHAIR = "chair", "The chair of governors"
    TRUST_SAFEGUARDING = "trust_safeguarding", "The trust’s safeguarding lead"
    TRUST_LEAD = "trust_lead", "The trust lead"


class Guest(models.TextChoices):
    """Single people whom a route tells: they get in one by one, and only to read."""

    LINE_MANAGER = "line_manager", "The line manager of whoever reports it"
    RUNNERS = "runners", "Whoever runs the account"


ROLES: dict[Circle, frozenset[Role]] = {
    Circle.SAFEGUARDING: frozenset({Role.DSL, Role.DEPUTY_DSL}),
    Circle.HEAD: frozenset({Role.HEAD}),
    Circle.SLT: frozenset({Role.SLT}),
    Circle.IT: frozenset({Role.IT, Role.TRUST_IT}),
    Circle.DPO: frozenset({Role.DPO}),
    Circle.CHAIR: frozenset({Role.CHAIR}),
    Circle.TRUST_SAFEGUARDING: frozenset({Role.TRUST_SAFEGUARDING}),
    Circle.TRUST_LEAD: frozenset({Role.TRUST_LEAD}),
}
# Who comes next when somebody who holds this office is kept out.
NEXT = {
    Circle.SAFEGUARDING: Circle.HEAD,
    Circle.HEAD: Circle.CHAIR,
    Circle.CHAIR: Circle.TRUST_LEAD,
}


def column(circle: Circle) -> str:
    """The column of a case that says whether this circle sees it."""
    return f"seen_by_{circle.value}"


def circles_of(roles: Iterable[Role]) -> list[Circle]:
    held = frozenset(roles)
    return [circle for circle in Circle if ROLES[circle] & held]
