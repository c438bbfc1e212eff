"""Whatever people do with business cases: what holds of every vote and every approval."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals import voting
from approvals.ballots import Given
from approvals.models import BusinessCase, Vote
from approvals.services import cases
from approvals.workflow import Status
from people.models import Organisation, User
from people.roles import Role
from people.services import membership as memberships
from tests.approvals.factories import EXPOSED, add_risk, fresh, give, make_case, set_rule
from tests.factories import make_school, make_user
from web.errors import RuleBroken

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CAPACITIES = [one.value for one in voting.ROLES]
PEOPLE = st.integers(1, 6)
VOTES = st.dictionaries(PEOPLE, st.sampled_from([one.value for one in Vote.Capacity]), max_size=5)


@settings(max_examples=100, deadline=None)
@given(
    held=st.dictionaries(PEOPLE, st.sets(st.sampled_from(CAPACITIES), max_size=2), max_size=6),
    runners=st.sets(PEOPLE, max_size=3),
    editors=st.sets(PEOPLE, max_size=3),
    voted=VOTES,
    access=st.sampled_from(["open", "closed"]),
    rules=st.tuples(st.integers(1, 3), st.integers(1, 3), st.booleans()),
)
def test_whoever_votes_with_whatever_roles_the_quorum_keeps_its_word(
    held: dict[int, set[str]],
    runners: set[int],
    editors: set[int],
    voted: dict[int, str],
    access: str,
    rules: tuple[int, int, bool],
) -> None:
    """Nobody decides their own case; nobody is left out who is needed; nothing waits in vain."""
    school = Organisation(name="Elm Park", settings=dict(zip(RULES, rules, strict=True)))
    case = BusinessCase(organisation=school, author_id=6, access=access)
    people = {pk: User(pk=pk, name=f"Person {pk}") for pk in range(1, 7)}
    cast = [
        Vote(person=people[pk], choice="approve", capacity=capacity)
        for pk, capacity in voted.items()
    ]
    given_facts = Given(runners, editors, cast, 0, held, people)
    ballot = voting.Ballot(case, given_facts)
    quorum, involved = ballot.quorum, runners | editors | {6}
    assert not involved & {vote.person_id for vote in quorum.votes}
    assert not involved & {one.person.pk for one in ballot.voters}
    assert all(bool(ballot.why_not(pk)) == (ballot.voter(pk) is None) for pk in people)
    if quorum.fulfilled:
        assert quorum.have >= rules[0]
        assert not any(ballot.useful(pk) for pk in people)
        return
    # Somebody can still bring it nearer, or the page says whom to enter.
    able = any(ballot.useful(pk) for pk in people)
    assert able or "Enter another member" in " ".join(quorum.missing)


RULES = ("approvals.quorum", "approvals.quorum_exposed", "approvals.head_votes")

DEEDS = ["vote", "change", "runners", "help", "reject_back", "submit", "role", "risk"]


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(st.sampled_from(DEEDS), st.integers(0, 5), st.integers(0, 5), st.integers(0, 2)),
        min_size=5,
        max_size=8,
    )
)
def test_whatever_people_do_no_vote_of_an_editor_counts_and_an_approval_has_its_quorum(
    deeds: list[tuple[str, int, int, int]],
) -> None:
    school = make_school()
    set_rule(school, quorum=2)
    people = [
        make_user(role, at=school)
        for role in (Role.HEAD, Role.SLT, Role.SLT, Role.DSL, Role.STAFF, Role.CHAIR)
    ]
    case = make_case(school, status=Status.SUBMITTED, author=people[4], **EXPOSED)
    for name, first, second, text in deeds:
        _try(case, name, people[first], people[second], text)
        _holds(fresh(case))


def _try(case: BusinessCase, deed: str, one: User, other: User, text: int) -> None:
    case, one = fresh(case), User.objects.get(pk=one.pk)
    try:
        match deed:
            case "vote":
                give(case, by=one)
            case "change":
                cases.change(case, by=one, aim=f"Aim {text}")
            case "runners":
                cases.set_runners(case, by=case.author, people=[one, other])
            case "help":
                cases.ask_to_help(case, by=case.author, person=one)
            case "reject_back":
                give(case, by=one, choice="changes", reason="Say more.")
            case "submit":
                cases.submit(case, by=case.author)
            case "role":
                post = one.memberships.get()
                memberships.set_roles(post, [Role.SLT], by=None)
            case "risk":
                add_risk(case)
    except (RuleBroken, PermissionDenied):
        pass


def _holds(case: BusinessCase) -> None:
    quorum = voting.quorum(case)
    involved = {case.author_id, *case.runners.values_list("person", flat=True)}
    involved |= set(case.parts.filter(has_edited=True).values_list("person", flat=True))
    assert not involved & {vote.person_id for vote in quorum.votes}
    assert all(vote.content_hash == case.content_hash for vote in quorum.votes)
    if case.status == Status.APPROVED:
        assert quorum.have >= 2
        assert case.account is not None
        assert {"head", "dsl", "chair"} & {vote.capacity for vote in quorum.votes}
    else:
        assert case.account is None
