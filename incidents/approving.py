"""Who allows content to be opened for an investigation (I24): two sides, and never whoever asked.

    leading   a safeguarding lead or the head, who sees the case; where none of them may, the
              trust's safeguarding lead, the trust lead or the chair, if they see it
    IT        somebody in IT of the school or its trust, who need not see the case

Whoever is kept out of the case is on neither side, and so is everybody who acts for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from incidents.circles import Circle
from incidents.visibility import holders, who_sees, who_sees_by_office
from incidents.workflow_parts import CONTENT_WAITING

if TYPE_CHECKING:
    from incidents.models import Case, ContentRequest
    from people.models import User


class Side(models.TextChoices):
    LEADING = "leading", "Safeguarding or the head"
    IT = "it", "IT"


LEADING = (Circle.SAFEGUARDING, Circle.HEAD)
THEN = (Circle.TRUST_SAFEGUARDING, Circle.TRUST_LEAD, Circle.CHAIR)


def missing(request: ContentRequest) -> list[Side]:
    """The sides that have not decided yet."""
    if request.status not in CONTENT_WAITING:
        return []
    pairs = ((Side.LEADING, request.leading_by_id), (Side.IT, request.it_by_id))
    return [side for side, decided in pairs if decided is None]


@dataclass(frozen=True, slots=True)
class Deciders:
    """Everybody who could decide on what is asked for in one case today, but for their own part."""

    leading: frozenset[int]
    then: frozenset[int]
    it: frozenset[int]


def deciders_of(case: Case) -> Deciders:
    """Asked once for all requests of a case."""
    today, seen = timezone.localdate(), who_sees(case)
    return Deciders(
        leading=frozenset(seen & holders(case.organisation, LEADING, today)),
        then=frozenset(seen & holders(case.organisation, THEN, today)),
        it=frozenset(who_sees_by_office(case, [Circle.IT])),
    )


def approvers(request: ContentRequest, side: Side, among: Deciders | None = None) -> frozenset[int]:
    """The ids of everybody who may decide for this side today."""
    found = among or deciders_of(request.case)
    others = {request.asked_by_id, request.leading_by_id, request.it_by_id}
    if side == Side.IT:
        return found.it - others
    return (found.leading - others) or (found.then - others)


def sides_of(request: ContentRequest, user: User, among: Deciders | None = None) -> list[Side]:
    """The sides for which this person may decide now."""
    left = missing(request)
    found = among or (deciders_of(request.case) if left else None)
    return [side for side in left if user.pk in approvers(request, side, found)]
