"""What has to be known of a case to say who may vote on it: read for many cases at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Concat

from approvals.models import CasePart, ProposedRunner, Risk, Vote
from people.models import MembershipRole, User
from people.models.membership import on_day

if TYPE_CHECKING:
    from datetime import date

    from approvals.models import BusinessCase
    from people.roles import Role

RUNNER, EDITOR, RISK, VOTE, ROLE = "runner", "editor", "risk", "vote", "role"
Row = tuple[int, int, str, str]


@dataclass
class Given:
    """The facts about one case."""

    runners: set[int] = field(default_factory=set)
    editors: set[int] = field(default_factory=set)
    votes: list[Vote] = field(default_factory=list)  # on its text as it stands
    residual: int = 0  # the highest risk that stays, 1 to 25
    holders: dict[int, set[str]] = field(default_factory=dict)  # roles there, by person
    people: dict[int, User] = field(default_factory=dict)


def read(
    cases: Iterable[BusinessCase], roles: Iterable[Role], on: date, *, nameless: bool = False
) -> dict[int, Given]:
    """The facts about each case, by its id, on that day. Three queries, however many they are.

    `nameless`: one query. People and votes then hold what deciding takes, and no names or reasons.
    """
    rows = list(cases)
    found = {case.pk: Given() for case in rows}
    if not found:
        return found
    places = {pk for case in rows for pk in _places(case)}
    at: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for where, number, what, more in _facts(list(found), places, roles, on):
        if what == ROLE:
            at[where].append((number, more))
        else:
            _note(found[where], number, what, more)
    for case in rows:
        given = found[case.pk]
        for place in _places(case):
            for person, role in at[place]:
                given.holders.setdefault(person, set()).add(role)
    (_without_names if nameless else _name)(found)
    return found


def _places(case: BusinessCase) -> list[int]:
    """A role at a trust counts at each of its schools."""
    return [pk for pk in (case.organisation_id, case.organisation.parent_id) if pk]


def _note(given: Given, number: int, what: str, more: str) -> None:
    if what == RISK:
        given.residual = max(given.residual, number)
    elif what == VOTE:
        choice, _, capacity = more.partition(":")
        given.votes.append(Vote(person_id=number, choice=choice, capacity=capacity))
    else:
        (given.runners if what == RUNNER else given.editors).add(number)


def _facts(
    cases: list[int], places: set[int], roles: Iterable[Role], on: date
) -> QuerySet[Any, Row]:
    """(case, or place of a role; person, or points of a risk; what it is; more) in one query."""
    nothing = Value("")
    runs = ProposedRunner.objects.filter(case__in=cases).order_by()
    edits = CasePart.objects.filter(case__in=cases, has_edited=True).order_by()
    risks = Risk.objects.filter(case__in=cases).order_by()
    votes = Vote.objects.filter(case__in=cases, content_hash=F("case__content_hash")).order_by()
    held = MembershipRole.objects.filter(
        on_day(on),
        on_day(on, "membership__"),
        role__in=list(roles),
        membership__organisation__in=places,
        membership__person__is_active=True,
    ).order_by()
    said = Concat("choice", Value(":"), "capacity", output_field=CharField())
    found: QuerySet[Any, Row] = runs.values_list("case", "person", Value(RUNNER), nothing).union(
        edits.values_list("case", "person", Value(EDITOR), nothing),
        risks.values_list("case", F("likelihood_after") * F("impact_after"), Value(RISK), nothing),
        votes.values_list("case", "person", Value(VOTE), said),
        held.values_list("membership__organisation", "membership__person", Value(ROLE), "role"),
        all=True,
    )
    return found


def _without_names(found: dict[int, Given]) -> None:
    for given in found.values():
        given.people = {person: User(pk=person) for person in given.holders}


def _name(found: dict[int, Given]) -> None:
    wanted = {person for given in found.values() for person in given.holders}
    people = {person.pk: person for person in User.objects.filter(pk__in=wanted)}
    for given in found.values():
        given.people = {pk: one for pk, one in people.items() if pk in given.holders}
        given.votes = []
    votes = Vote.objects.filter(case__in=list(found), content_hash=F("case__content_hash"))
    for vote in votes.select_related("person"):
        found[vote.case_id].votes.append(vote)
