"""Who may vote on a business case, and when the votes are enough. The one place that says so.

Votes of those who wrote it, changed it or would run the account never count (A2, E1). Where too few
are left, the trust lead and the chair of governors are asked: nobody approves their own case, and
no case waits for somebody who does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from accounts.models import SocialAccount
from approvals import ballots
from approvals.models import Vote
from people.roles import Role
from web.words import listed

if TYPE_CHECKING:
    from datetime import date

    from approvals.ballots import Given
    from approvals.models import BusinessCase
    from people.models import User

HEAD, DSL, SLT = Vote.Capacity.HEAD, Vote.Capacity.DSL, Vote.Capacity.SLT
TRUST_LEAD, CHAIR = Vote.Capacity.TRUST_LEAD, Vote.Capacity.CHAIR
# As what somebody votes who holds several of these: the first.
ROLES = {
    Role.HEAD: HEAD,
    Role.DSL: DSL,
    Role.SLT: SLT,
    Role.TRUST_LEAD: TRUST_LEAD,
    Role.CHAIR: CHAIR,
}
TEAM = frozenset({HEAD, SLT})
OUTSIDE = frozenset({TRUST_LEAD, CHAIR})

NOT_ON_TEAM = "You cannot vote: you are not on this school’s leadership team."
NOT_ASKED = "You cannot vote: the school’s leadership team can decide this case itself."
ONLY_EXPOSED = "You cannot vote: the safeguarding lead votes on accounts that put pupils at risk."


@dataclass(frozen=True, slots=True)
class Voter:
    """Somebody who may vote on a case, and as what."""

    person: User
    capacity: Vote.Capacity

    @property
    def label(self) -> str:
        return self.capacity.label


@dataclass(frozen=True, slots=True)
class Demand:
    """A vote of one of these has to be among those that approve."""

    of: frozenset[str]
    sentence: str  # why, and whose
    is_met: bool


@dataclass(frozen=True, slots=True)
class Quorum:
    """What it takes to approve this text of a case, and how far it is."""

    needed: int
    votes: tuple[Vote, ...]  # that approve this text and count
    reasons: tuple[str, ...]  # why so many, in sentences
    demands: tuple[Demand, ...]
    missing: tuple[str, ...]  # none once it is reached

    @property
    def have(self) -> int:
        return len(self.votes)

    @property
    def fulfilled(self) -> bool:
        return not self.missing


@dataclass(frozen=True)
class Ballot:
    """A case with everything that decides who may vote on it, read once."""

    case: BusinessCase
    facts: Given = field(repr=False)

    @cached_property
    def exposed(self) -> tuple[str, ...]:
        """Why this account takes more votes than another, in sentences."""
        return tuple(_exposed(self.case, self.facts.residual))

    @property
    def high_risk(self) -> bool:
        """Whether what stays when everything is done is still a high risk at this school."""
        return self.facts.residual >= int(self.case.organisation.setting("approvals.high_risk"))

    def part_of(self, person: int) -> list[str]:
        """Why this person may not judge the case: they have a part in it."""
        reasons = []
        if self.case.author_id == person:
            reasons.append("You cannot vote: you wrote this case.")
        if person in self.facts.runners:
            reasons.append("You cannot vote: you are a proposed runner.")
        if person in self.facts.editors:
            reasons.append("You cannot vote: you have changed this case.")
        return reasons

    def capacities(self, person: int) -> list[Vote.Capacity]:
        held = self.facts.holders.get(person, set())
        return [capacity for role, capacity in ROLES.items() if role in held]

    @cached_property
    def inside(self) -> list[Voter]:
        """Of the school: the leadership team, and for an exposed case the DSL."""
        return list(self._with_a_vote(TEAM | {DSL} if self.exposed else TEAM))

    @cached_property
    def outside(self) -> list[Voter]:
        """Whom the school turns to where it has too few. Nobody who could vote anyway."""
        here = {voter.person.pk for voter in self.inside}
        return [one for one in self._with_a_vote(OUTSIDE) if one.person.pk not in here]

    def _with_a_vote(self, among: frozenset[Vote.Capacity]) -> Iterator[Voter]:
        for person in self.facts.people:
            mine = [capacity for capacity in self.capacities(person) if capacity in among]
            if mine and not self.part_of(person):
                yield Voter(self.facts.people[person], mine[0])

    @cached_property
    def is_too_small(self) -> bool:
        """Whether the school cannot decide by itself."""
        able = {voter.person.pk for voter in self.inside} | {vote.person_id for vote in self.votes}
        return len(able) < self.needed or any(asked & OUTSIDE for asked, _ in self._demanded)

    @cached_property
    def voters(self) -> list[Voter]:
        return self.inside + (self.outside if self.is_too_small else [])

    def voter(self, person: int) -> Voter | None:
        return next((one for one in self.voters if one.person.pk == person), None)

    def why_not(self, person: int) -> list[str]:
        """A sentence for each thing that keeps this person from voting; none for a voter."""
        reasons = self.part_of(person)
        held = set(self.capacities(person))
        if not held:
            reasons.append(NOT_ON_TEAM)
        elif not reasons and self.voter(person) is None:
            reasons.append(NOT_ASKED if held & OUTSIDE else ONLY_EXPOSED)
        return reasons

    @cached_property
    def votes(self) -> list[Vote]:
        """Those that approve this very text, of people who have no part in it."""
        approving = Vote.Choice.APPROVE
        return [
            vote
            for vote in self.facts.votes
            if vote.choice == approving and not self.part_of(vote.person_id)
        ]

    def has_voted(self, person: int) -> bool:
        return any(vote.person_id == person for vote in self.facts.votes)

    @cached_property
    def needed(self) -> int:
        at = self.case.organisation
        least = int(at.setting("approvals.quorum"))
        return max(least, int(at.setting("approvals.quorum_exposed"))) if self.exposed else least

    @cached_property
    def _demanded(self) -> list[tuple[frozenset[Vote.Capacity], str]]:
        """Whose votes have to be among them: the narrowest group that has somebody left."""
        found = []
        if self.case.organisation.setting("approvals.head_votes"):
            found.append(
                self._narrowest(
                    (frozenset({HEAD}), "The head’s vote is needed{names}."),
                    (TEAM, "The head cannot vote here, so another member of the leadership team "
                           "votes in their place{names}."),
                )
            )  # fmt: skip
        either = frozenset({HEAD, DSL})
        # Where the head has to vote anyway, it takes no second sentence.
        if self.exposed and not any(group <= either for group, _ in found):
            sentence = "The head or the designated safeguarding lead has to agree{names}."
            found.append(self._narrowest((either, sentence)))
        return found

    def _narrowest(
        self, *groups: tuple[frozenset[Vote.Capacity], str]
    ) -> tuple[frozenset[Vote.Capacity], str]:
        for group, sentence in groups:
            able = [v for v in self.inside if group & set(self.capacities(v.person.pk))]
            if able or any(self._counts_as(vote, group) for vote in self.votes):
                return group, sentence.format(names=_names(able))
        sentence = (
            "Nobody who could decide is left at the school, so the trust lead or the chair of "
            f"governors is asked{_names(self.outside)}."
        )
        return frozenset({*groups[-1][0], *OUTSIDE}), sentence

    def _counts_as(self, vote: Vote, group: frozenset[Vote.Capacity]) -> bool:
        return vote.capacity in group or bool(group & set(self.capacities(vote.person_id)))

    @cached_property
    def quorum(self) -> Quorum:
        demands = tuple(
            Demand(group, sentence, any(self._counts_as(vote, group) for vote in self.votes))
            for group, sentence in self._demanded
        )
        return Quorum(
            needed=self.needed,
            votes=tuple(self.votes),
            reasons=tuple(self._reasons()),
            demands=demands,
            missing=tuple(self._missing(demands)),
        )

    def _reasons(self) -> Iterator[str]:
        yield f"Your school asks for {_votes(self.needed)}."
        yield from self.exposed

    def _missing(self, demands: Iterable[Demand]) -> Iterator[str]:
        lack = self.needed - len(self.votes)
        if lack > 0:
            yield f"{_votes(lack)} {'is' if lack == 1 else 'are'} missing.".capitalize()
        yield from dict.fromkeys(one.sentence for one in demands if not one.is_met)
        left = [one for one in self.voters if not self.has_voted(one.person.pk)]
        unmet = [one for one in demands if not one.is_met]
        if lack > len(left) or not all(self._can_be_met(one, left) for one in unmet):
            yield (
                f"{_people(len(left))} left who may vote. Enter another member of the "
                "leadership team, or a chair of governors, on the list of people."
            )

    def _can_be_met(self, demand: Demand, voters: Iterable[Voter]) -> bool:
        return any(demand.of & set(self.capacities(one.person.pk)) for one in voters)

    def useful(self, person: int) -> bool:
        """Whether a vote of theirs brings the case nearer to its approval."""
        voter = self.voter(person)
        if voter is None or self.quorum.fulfilled or self.has_voted(person):
            return False
        unmet = [one for one in self.quorum.demands if not one.is_met]
        return self.quorum.have < self.needed or any(
            self._can_be_met(one, [voter]) for one in unmet
        )


def ballot(case: BusinessCase) -> Ballot:
    """Everything about the vote on one case, in three queries."""
    return ballots_of([case], case.organisation.today())[case.pk]


def ballots_of(
    cases: Iterable[BusinessCase], on: date, *, nameless: bool = False
) -> dict[int, Ballot]:
    """The same for many cases, by id, in as many queries; `nameless`, to count only, in one."""
    rows = list(cases)
    given = ballots.read(rows, tuple(ROLES), on, nameless=nameless)
    return {case.pk: Ballot(case, given[case.pk]) for case in rows}


def why_not(case: BusinessCase, user: User) -> list[str]:
    """A sentence for each thing that keeps this person from voting; none for whoever may."""
    return ballot(case).why_not(user.pk)


def may_vote(case: BusinessCase, user: User) -> bool:
    return not why_not(case, user)


def voters(case: BusinessCase) -> list[Voter]:
    """Everybody who may vote on it, whether they have or not."""
    return ballot(case).voters


def quorum(case: BusinessCase) -> Quorum:
    """What it takes to approve the text as it stands."""
    return ballot(case).quorum


def _exposed(case: BusinessCase, residual: int) -> Iterator[str]:
    if case.access == SocialAccount.Access.OPEN:
        yield "Anybody can see the account."
    if case.faces_pupils:
        yield "Pupils are among its audience."
    if case.shows_pupils:
        yield "Pictures of pupils are shown."
    if residual >= int(case.organisation.setting("approvals.high_risk")):
        yield "A high risk remains when everything is done about it."


def _names(voters: Iterable[Voter]) -> str:
    names = listed((str(one.person) for one in voters), "or")
    return f": {names}" if names else ""


def _votes(count: int) -> str:
    return "one vote" if count == 1 else f"{count} votes"


def _people(count: int) -> str:
    return {0: "Nobody is", 1: "Only one person is"}.get(count, f"Only {count} people are")
