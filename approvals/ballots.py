"""What has to be known of a case to say who may vote on it: read for many cases at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet, Value

from approvals.models import CasePart, ProposedRunner, Risk, Vote
from people.models import MembershipRole
from people.models.membership import on_day

if TYPE_CHECKING:
    from datetime import date

    from approvals.models import BusinessCase
    from people.models import User
    from people.roles import Role

RUNNER, EDITOR, RISK = "runner", "editor", "risk"


@dataclass
class Given:
    """The facts about one case."""

    runners: set[int] = field(default_factory=set)
    editors: set[int] = field(default_factory=set)
    votes: list[Vote] = field(default_factory=list)  # on its text as it stands
    residual: int = 0  # the highest risk that stays, 1 to 25
    holders: dict[int, set[str]] = field(default_factory=dict)  # roles there, by person
    people: dict[int, User] = field(default_factory=dict)


def read(cases: list[BusinessCase], roles: Iterable[Role], on: date) -> dict[int, Given]:
    """The facts about each case, by its id, on that day. Three queries, however many they are."""
    found = {case.pk: Given() for case in cases}
    if not found:
        return found
    ids = list(found)
    for case, number, what in _parts(ids):
        given = found[case]
        if what == RISK:
            given.residual = max(given.residual, number)
        else:
            (given.runners if what == RUNNER else given.editors).add(number)
    for vote in Vote.objects.filter(
        case__in=ids, content_hash=F("case__content_hash")
    ).select_related("person"):
        found[vote.case_id].votes.append(vote)
    _read_roles(cases, found, roles, on)
    return found


def _parts(ids: list[int]) -> QuerySet[Any, tuple[int, int, str]]:
    """(case, person or points, which of the three) in one query."""
    runs = ProposedRunner.objects.filter(case__in=ids).order_by()
    edits = CasePart.objects.filter(case__in=ids, has_edited=True).order_by()
    risks = Risk.objects.filter(case__in=ids).order_by()
    points = F("likelihood_after") * F("impact_after")
    found: QuerySet[Any, tuple[int, int, str]]
    found = runs.values_list("case", "person", Value(RUNNER)).union(
        edits.values_list("case", "person", Value(EDITOR)),
        risks.values_list("case", points, Value(RISK)),
        all=True,
    )
    return found


def _read_roles(
    cases: list[BusinessCase], found: dict[int, Given], roles: Iterable[Role], on: date
) -> None:
    """A role at a trust counts at each of its schools."""
    places = {
        pk for case in cases for pk in (case.organisation_id, case.organisation.parent_id) if pk
    }
    rows = MembershipRole.objects.filter(
        on_day(on),
        on_day(on, "membership__"),
        role__in=list(roles),
        membership__organisation__in=places,
        membership__person__is_active=True,
    ).select_related("membership__person")
    at: dict[int, list[MembershipRole]] = defaultdict(list)
    for row in rows.order_by("membership__person__sort_name", "membership__person", "pk"):
        at[row.membership.organisation_id].append(row)
    for case in cases:
        given = found[case.pk]
        for place in (case.organisation_id, case.organisation.parent_id):
            for row in at.get(place or 0, ()):
                person = row.membership.person
                given.people[person.pk] = person
                given.holders.setdefault(person.pk, set()).add(row.role)
