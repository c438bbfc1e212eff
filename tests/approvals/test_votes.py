"""Who may vote on a business case, and when the votes are enough (A2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from approvals import voting
from approvals.models import BusinessCase, Vote
from approvals.services import cases, votes
from approvals.services.votes import CHANGED
from approvals.workflow import Status
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from people.services import membership as memberships
from tests.approvals.factories import EXPOSED, add_risk, fresh, give, make_case, set_rule
from tests.factories import make_member, make_school, make_trust, make_user
from trail.audit import Refused
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SENT = Status.SUBMITTED


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school, name="Hana Head")


@pytest.fixture
def slt(school: Organisation) -> User:
    return make_user(Role.SLT, at=school, name="Sam Senior")


def names(case: BusinessCase) -> dict[str, str]:
    """Who may vote, and as what."""
    return {str(one.person): one.capacity.value for one in voting.voters(fresh(case))}


def missing(case: BusinessCase) -> str:
    return " ".join(voting.quorum(fresh(case)).missing)


def refused(case: BusinessCase, by: User, **more: Any) -> str:
    """The line that refusing this person's vote left on the record."""
    with pytest.raises(Refused):
        give(case, by=by, **more)
    line = AuditEvent.objects.filter(verb="case.refused", actor_id=by.pk).latest("pk")
    assert (line.target_id, line.details["attempted"]) == (case.pk, "vote")
    return str(line.details["reason"])


# Who


@pytest.mark.demand("E1")
def test_nobody_votes_who_has_a_part_in_it_or_is_not_of_the_leadership_team(
    school: Organisation, head: User
) -> None:
    author, runner, editor = (make_user(Role.SLT, at=school) for _ in range(3))
    case = make_case(school, author=author, runners=[runner, make_user(Role.STAFF, at=school)])
    cases.ask_to_help(case, by=author, person=editor)
    cases.change(case, by=editor, promotion="Posters.")
    case = cases.submit(case, by=author)
    root = make_user(Role.STAFF, at=school)
    User.objects.filter(pk=root.pk).update(is_superuser=True, is_staff=True)
    root.refresh_from_db()
    elsewhere = make_user(Role.SLT, at=make_school())
    left = make_user(Role.SLT, at=school)
    memberships.leave(left.memberships.get(), last_day=school.today() - DAY, by=None)

    for person in (author, runner, editor):
        assert refused(case, person) == "own_case"
    for person in (root, elsewhere, left, make_user(Role.OFFICE, at=school)):
        assert refused(case, person) == "role"
    assert not Vote.objects.exists()
    assert fresh(case).status == SENT
    assert names(case) == {"Hana Head": "head"}


def test_each_reason_is_said_in_a_sentence(school: Organisation, head: User) -> None:
    author = make_user(Role.STAFF, at=school)
    other = make_user(Role.STAFF, at=school)
    case = make_case(school, author=author, runners=[author, other], status=SENT)
    cases.change(case, by=author, aim="Another aim.")
    assert voting.why_not(case, author) == [
        "You cannot vote: you wrote this case.",
        "You cannot vote: you are a proposed runner.",
        "You cannot vote: you have changed this case.",
        "You cannot vote: you are not on this school’s leadership team.",
    ]
    assert voting.may_vote(case, head)


def test_whoever_was_asked_to_help_and_changed_nothing_still_votes(
    school: Organisation, head: User
) -> None:
    case = make_case(school)
    cases.ask_to_help(case, by=case.author, person=head)
    case = cases.submit(case, by=case.author)
    give(case, by=head)
    assert fresh(case).status == Status.APPROVED


# How many, and whose


def test_the_head_decides_where_the_school_says_nothing_else(
    school: Organisation, head: User, slt: User
) -> None:
    case = make_case(school, status=SENT)
    assert names(case) == {"Hana Head": "head", "Sam Senior": "slt"}
    give(case, by=slt)
    assert missing(case) == "The head’s vote is needed: Hana Head."
    give(case, by=head)
    case = fresh(case)
    assert case.status == Status.APPROVED
    quorum = voting.quorum(case)
    assert (quorum.needed, quorum.have, quorum.fulfilled) == (1, 2, True)
    assert [vote.capacity for vote in quorum.votes] == ["slt", "head"]


def test_a_school_may_do_without_the_heads_vote(
    school: Organisation, head: User, slt: User
) -> None:
    set_rule(school, head_votes=False)
    case = make_case(school, status=SENT)
    give(case, by=slt)
    assert fresh(case).status == Status.APPROVED


def test_where_the_head_would_run_it_another_of_the_team_votes(
    school: Organisation, head: User, slt: User
) -> None:
    case = make_case(school, runners=[head, make_user(Role.STAFF, at=school)], status=SENT)
    assert "votes in their place: Sam Senior" in missing(case)
    give(case, by=slt)
    assert fresh(case).status == Status.APPROVED


@pytest.mark.parametrize(
    "why",
    [{"access": "open"}, {"faces_pupils": True}, {"shows_pupils": True}, {"risk": (4, 3)}],
    ids=["open", "faces pupils", "shows pupils", "high risk"],
)
def test_what_puts_pupils_at_risk_takes_two_with_the_head_or_the_dsl(
    school: Organisation, head: User, slt: User, why: dict[str, Any]
) -> None:
    set_rule(school, head_votes=False)
    risk = why.pop("risk", None)
    dsl = make_user(Role.DSL, at=school, name="Dee Lead")
    second = make_user(Role.SLT, at=school)
    case = make_case(school, **why)
    if risk:
        add_risk(case, after=risk)
    case = cases.submit(case, by=case.author)
    assert names(case)["Dee Lead"] == "dsl"
    for person in (slt, second):
        give(case, by=person, accepts_risk=True)
    assert missing(case) == (
        "The head or the designated safeguarding lead has to agree: Hana Head or Dee Lead."
    )
    give(case, by=dsl, accepts_risk=True)
    assert fresh(case).status == Status.APPROVED


def test_the_dsl_has_no_vote_on_what_puts_nobody_at_risk(school: Organisation, head: User) -> None:
    dsl = make_user(Role.DSL, at=school)
    case = make_case(school, status=SENT)
    assert refused(case, dsl) == "role"
    assert voting.why_not(case, dsl) == [voting.ONLY_EXPOSED]


def test_an_applicant_of_the_team_leaves_it_too_small_and_the_trust_lead_is_asked() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    head = make_user(Role.HEAD, at=school)
    lead = make_user(Role.TRUST_LEAD, at=trust, name="Tess Trust")
    case = make_case(school, author=head, status=SENT)
    assert names(case) == {"Tess Trust": "trust_lead"}
    assert "Tess Trust" in missing(case)
    assert Notice.objects.get(kind="case.submitted").recipient == lead
    give(case, by=lead)
    assert fresh(case).status == Status.APPROVED


def test_the_trust_lead_is_not_asked_where_the_school_can_decide() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    head = make_user(Role.HEAD, at=school)
    lead = make_user(Role.TRUST_LEAD, at=trust)
    case = make_case(school, status=SENT)
    assert refused(case, lead) == "role"
    assert voting.why_not(case, lead) == [voting.NOT_ASKED]
    assert voting.may_vote(case, head)


def test_with_an_empty_leadership_team_the_chair_of_governors_decides(school: Organisation) -> None:
    chair = make_user(Role.CHAIR, at=school, name="Chris Chair")
    case = make_case(school, status=SENT)
    assert names(case) == {"Chris Chair": "chair"}
    assert BusinessCase.objects.visible_to(chair).filter(pk=case.pk).exists()
    give(case, by=chair)
    assert fresh(case).status == Status.APPROVED


def test_two_are_needed_and_one_is_left_so_the_chair_is_the_second(
    school: Organisation, head: User
) -> None:
    chair = make_user(Role.CHAIR, at=school, name="Chris Chair")
    case = make_case(school, status=SENT, **EXPOSED)
    assert names(case) == {"Hana Head": "head", "Chris Chair": "chair"}
    give(case, by=chair)
    assert "The head’s vote is needed: Hana Head." in missing(case)
    give(case, by=head)
    assert fresh(case).status == Status.APPROVED


def test_where_nobody_is_left_the_page_says_whom_to_enter(school: Organisation) -> None:
    head = make_user(Role.HEAD, at=school)
    case = make_case(school, author=head, status=SENT)
    assert names(case) == {}
    assert "Nobody is left who may vote. Enter another member" in missing(case)
    make_user(Role.CHAIR, at=school, name="New Chair")
    assert names(case) == {"New Chair": "chair"}


def test_somebody_with_several_roles_votes_once_and_as_the_first(school: Organisation) -> None:
    both = make_user(Role.SLT, Role.DSL, at=school, name="Bo Both")
    make_member(both, make_school(), Role.HEAD)
    case = make_case(school, status=SENT, **EXPOSED)
    assert names(case) == {"Bo Both": "dsl"}
    give(case, by=both)
    # The head's place is taken by them too, so that only the number is missing.
    assert "One vote is missing." in missing(case)
    assert "in their place" not in missing(case)


# What a vote says


def test_one_rejection_is_final(school: Organisation, head: User, slt: User) -> None:
    case = make_case(school, status=SENT, **EXPOSED)
    give(case, by=head)
    with pytest.raises(RuleBroken, match="Say why"):
        give(case, by=slt, choice="reject")
    give(case, by=slt, choice="reject", reason="We have accounts enough.")
    case = fresh(case)
    assert (case.status, case.decided_why) == (Status.REJECTED, "We have accounts enough.")
    assert Notice.objects.filter(recipient=case.author, kind="case.rejected").exists()
    with pytest.raises(RuleBroken, match="does not wait for votes: rejected"):
        give(case, by=make_user(Role.SLT, at=school))


def test_a_vote_is_given_once_on_the_text_that_was_read(
    school: Organisation, head: User, slt: User
) -> None:
    case = make_case(school, status=SENT, **EXPOSED)
    give(case, by=slt)
    with pytest.raises(RuleBroken, match="voted on this text already"):
        give(case, by=slt)
    seen = fresh(case).content_hash
    cases.change(case, by=case.author, aim="Another aim.")
    with pytest.raises(RuleBroken, match="changed while you were reading"):
        votes.vote(case, by=head, choice="approve", content_hash=seen)
    assert CHANGED.endswith("read it again.")
    with pytest.raises(RuleBroken, match="Choose what you decide"):
        give(case, by=head, choice="maybe")
    with pytest.raises(RuleBroken, match="never keeps one"):
        give(case, by=head, choice="reject", reason="The password is Sunflower99!")
    assert Vote.objects.count() == 1


@pytest.mark.demand("E2")
def test_an_edit_after_one_of_two_votes_voids_it(
    school: Organisation, head: User, slt: User
) -> None:
    case = make_case(school, status=SENT, **EXPOSED)
    give(case, by=slt)
    cases.change(case, by=case.author, aim="Another aim.")
    assert voting.quorum(fresh(case)).have == 0
    assert Notice.objects.filter(recipient=slt, kind="case.changed_after_vote").count() == 1
    give(case, by=head)
    assert fresh(case).status == SENT
    give(case, by=slt)
    assert fresh(case).status == Status.APPROVED
    counting = voting.quorum(fresh(case)).votes
    assert {vote.content_hash for vote in counting} == {fresh(case).content_hash}


def test_new_runners_and_new_answers_void_votes_too(school: Organisation, head: User) -> None:
    set_rule(school, quorum=2)
    case = make_case(school, status=SENT)
    for deed in (
        lambda: cases.set_runners(
            case, by=case.author,
            people=[*(row.person for row in case.runners.all()), make_user(Role.STAFF, at=school)],
        ),
        lambda: add_risk(case),
    ):  # fmt: skip
        give(case, by=head)
        assert voting.quorum(fresh(case)).have == 1
        deed()
        assert voting.quorum(fresh(case)).have == 0


def test_whoever_approves_a_high_risk_says_that_they_accept_it(
    school: Organisation, head: User, slt: User
) -> None:
    case = make_case(school)
    add_risk(case, after=(4, 3))
    case = cases.submit(case, by=case.author)
    with pytest.raises(RuleBroken, match="A high risk remains"):
        give(case, by=head)
    give(case, by=slt, choice="changes", reason="Bring the risk down.")  # needs no acceptance
    assert fresh(case).status == Status.CHANGES_REQUESTED


def test_a_vote_counts_no_more_when_the_voter_becomes_a_runner_of_the_same_text(
    school: Organisation, head: User, slt: User
) -> None:
    """Somebody edits and takes it back: the text is the same, and their vote is not."""
    set_rule(school, quorum=2)
    case = make_case(school, status=SENT)
    cases.ask_to_help(case, by=case.author, person=slt)
    give(case, by=slt)
    aim = case.aim
    cases.change(case, by=slt, aim="Mine.")
    cases.change(case, by=slt, aim=aim)
    assert fresh(case).content_hash == case.content_hash
    assert voting.quorum(fresh(case)).have == 0


def test_the_list_of_voters_costs_three_queries(
    school: Organisation, head: User, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        make_user(Role.SLT, at=school)
    case = fresh(make_case(school, status=SENT, **EXPOSED))
    with django_assert_num_queries(3):
        ballot = voting.ballot(case)
        assert len(ballot.voters) == 6
        assert not ballot.quorum.fulfilled
