"""What has to be known of a case to say who may vote on it: read for many cases at once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Concat

from approvals.models import CasePart, ProposedRunner, Risk, Vote
from people.models import MembershipRole, User
from web.json_rows import AmongIds
from web.prepared import prepared

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
    asked = _facts(case_ids=_json(found), place_ids=_json(places), roles=tuple(roles), on=on)
    for where, number, what, more in asked:
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


def _json(ids: Iterable[int]) -> str:
    return json.dumps(sorted(ids))


@prepared
def _facts(
    *, case_ids: str, place_ids: str, roles: tuple[Role, ...], on: date
) -> QuerySet[Any, Row]:
    """(case, or place of a role; person, or points of a risk; what it is; more) in one query."""
    nothing = Value("")
    of_cases = AmongIds("case", case_ids)
    runs = ProposedRunner.objects.filter(of_cases).order_by()
    edits = CasePart.objects.filter(of_cases, has_edited=True).order_by()
    risks = Risk.objects.filter(of_cases).order_by()
    votes = Vote.objects.filter(of_cases, content_hash=F("case__content_hash")).order_by()
    there = AmongIds("membership__organisation", place_ids)
    held = MembershipRole.objects.held(on).filter(there, role__in=roles).order_by()
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
    people = {person.pk: person for person in _people(user_ids=_json(wanted))}
    for given in found.values():
        given.people = {pk: one for pk, one in people.items() if pk in given.holders}
        given.votes = []
    for vote in _votes(case_ids=_json(found)):
        found[vote.case_id].votes.append(vote)


@prepared
def _people(*, user_ids: str) -> QuerySet[User]:
    people: QuerySet[User] = User.objects.filter(AmongIds("pk", user_ids))
    return people


@prepared
def _votes(*, case_ids: str) -> QuerySet[Vote]:
    """On the text of their case as it stands."""
    votes = Vote.objects.filter(AmongIds("case", case_ids), content_hash=F("case__content_hash"))
    return votes.select_related("person")
