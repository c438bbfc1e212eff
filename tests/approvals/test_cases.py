"""A business case from its first word to the leadership team, and how it ends without them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.services import register
from approvals import workflow
from approvals.models import CasePart
from approvals.services import cases
from approvals.workflow import CASE, MOVES, Action, Status
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from people.services import membership as memberships
from tests.approvals.factories import (
    fresh,
    give,
    lead_to,
    make_case,
    set_rule,
)  # fmt: skip
from tests.factories import make_school, make_user
from trail.audit import Refused
from trail.models import AuditEvent
from trail.workflow import InvalidTransition
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


@pytest.fixture
def author(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Ada Author")


def reasons_of(problem: pytest.ExceptionInfo[RuleBroken]) -> str:
    return " ".join(problem.value.reasons)


def test_anybody_at_the_school_begins_one_and_they_are_counted(school: Organisation) -> None:
    parent = make_user(at=school, employment="parent")
    first = cases.change(cases.begin(school, by=parent), by=parent, name="Choir")
    second = cases.begin(school, by=parent)
    assert (first.reference, second.reference) == ("BC-0001", "BC-0002")
    other = make_school()
    assert cases.begin(other, by=make_user(Role.STAFF, at=other)).number == 1


def test_nobody_from_elsewhere_or_who_has_left_begins_one(school: Organisation) -> None:
    left = make_user(Role.STAFF, at=school)
    memberships.leave(left.memberships.get(), last_day=school.today() - DAY, by=None)
    for person in (make_user(Role.HEAD, at=make_school()), left, make_user()):
        with pytest.raises(Refused):
            cases.begin(school, by=person)
    assert AuditEvent.objects.filter(verb="case.refused").count() == 3


def test_each_part_is_saved_by_itself_and_the_record_says_which(
    school: Organisation, author: User
) -> None:
    case = cases.begin(school, by=author)
    cases.change(case, by=author, aim="  More families come.  ")
    cases.change(case, by=author, aim="More families come.")  # nothing new
    assert fresh(case).aim == "More families come."
    lines = AuditEvent.objects.filter(verb="case.change")
    assert [line.details for line in lines] == [{"parts": "aim"}]
    with pytest.raises(TypeError):
        cases.change(case, by=author, status="approved")


def test_a_password_is_never_taken(school: Organisation, author: User) -> None:
    case = make_case(school, author=author, status=Status.SUBMITTED)
    with pytest.raises(RuleBroken, match="never keeps one"):
        cases.change(case, by=author, promotion="The password is Sunflower99!")
    with pytest.raises(RuleBroken, match="never keeps one"):
        cases.withdraw(case, by=author, why="password: Sunflower99")
    assert fresh(case).promotion == "A link in the newsletter."


def test_only_those_who_work_on_it_change_it(school: Organisation, author: User) -> None:
    runner, other = make_user(Role.STAFF, at=school), make_user(Role.STAFF, at=school)
    case = make_case(school, author=author, runners=[runner, other])
    colleague = make_user(Role.STAFF, at=school)
    with pytest.raises(Refused):
        cases.change(case, by=colleague, aim="Something else.")
    with pytest.raises(Refused):
        cases.ask_to_help(case, by=colleague, person=colleague)
    cases.ask_to_help(case, by=runner, person=colleague)
    assert Notice.objects.filter(recipient=colleague, kind="case.help").exists()
    assert not CasePart.objects.get(person=colleague).has_edited
    cases.change(case, by=colleague, aim="Something else.")
    assert CasePart.objects.get(person=colleague).has_edited
    with pytest.raises(RuleBroken, match="works on this case already"):
        cases.ask_to_help(case, by=author, person=colleague)


def test_one_runner_twice_and_a_leaver_are_refused_in_words(
    school: Organisation, author: User
) -> None:
    case = cases.begin(school, by=author)
    left = make_user(Role.STAFF, at=school, name="Lee Left")
    memberships.leave(left.memberships.get(), last_day=school.today() - DAY, by=None)
    with pytest.raises(RuleBroken) as refused:
        cases.set_runners(case, by=author, people=[author, author, left])
    assert "Ada Author is named twice." in reasons_of(refused)
    assert f"Lee Left does not belong to {school} today." in reasons_of(refused)
    assert not case.runners.exists()


def test_sending_names_everything_that_is_missing(school: Organisation, author: User) -> None:
    case = cases.begin(school, by=author)
    cases.set_runners(case, by=author, people=[author])
    with pytest.raises(RuleBroken) as refused:
        cases.submit(case, by=author)
    said = reasons_of(refused)
    for missing in (*workflow.PARTS.values(), "Say whether pupils are among", "at least 2 people"):
        assert missing in said
    assert "is not answered" in said
    assert "No risk is listed yet" in said
    assert fresh(case).status == Status.DRAFT


def test_a_school_may_want_the_checklist_before_the_trial_only(
    school: Organisation, author: User
) -> None:
    case = make_case(school, author=author)  # nothing is considered
    set_rule(school, checklist_before="submit")
    with pytest.raises(RuleBroken, match="is not answered"):
        cases.submit(fresh(case), by=author)
    set_rule(school, checklist_before="launch")
    assert cases.submit(fresh(case), by=author).status == Status.SUBMITTED


def test_a_whole_case_is_sent_and_the_leadership_team_hears_of_it(
    school: Organisation, author: User, head: User
) -> None:
    case = make_case(school, author=author, is_considered=True, status=Status.SUBMITTED)
    assert case.content_hash
    assert Notice.objects.get(kind="case.submitted").recipient == head
    with pytest.raises(Refused):
        cases.withdraw(case, by=head)
    with pytest.raises(InvalidTransition):
        cases.submit(case, by=author)


def test_a_runner_who_leaves_before_it_is_sent_is_named(school: Organisation, author: User) -> None:
    leaver = make_user(Role.STAFF, at=school, name="Lee Leaver")
    case = make_case(school, author=author, runners=[author, leaver])
    memberships.leave(leaver.memberships.get(), last_day=school.today() - DAY, by=None)
    with pytest.raises(RuleBroken, match="Lee Leaver is not at"):
        cases.submit(case, by=author)


def test_what_was_sent_stays_whole(school: Organisation, author: User) -> None:
    case = make_case(school, author=author, status=Status.SUBMITTED)
    with pytest.raises(RuleBroken, match="Say what the account is for"):
        cases.change(case, by=author, aim="")
    with pytest.raises(RuleBroken, match="at least 2 people"):
        cases.set_runners(case, by=author, people=[author])


def test_a_decided_case_stays_as_it_is(school: Organisation, author: User, head: User) -> None:
    for status in (Status.APPROVED, Status.REJECTED, Status.WITHDRAWN):
        case = make_case(school, author=author, status=status, head=head)
        for deed in (
            lambda case=case: cases.change(case, by=author, aim="Another aim."),
            lambda case=case: cases.set_runners(case, by=author, people=[author]),
            lambda case=case: cases.ask_to_help(case, by=author, person=head),
        ):
            with pytest.raises(RuleBroken, match="decided"):
                deed()


def test_a_rejected_case_is_tried_again_with_what_it_says(
    school: Organisation, author: User, head: User
) -> None:
    helper = make_user(Role.SLT, at=school)
    old = make_case(school, author=author, is_considered=True)
    cases.ask_to_help(old, by=author, person=helper)
    cases.change(old, by=helper, promotion="Posters.")
    old = lead_to(old, Status.REJECTED, head=head)
    runner = old.runners.first()
    assert runner is not None
    case = cases.begin(school, by=runner.person, retry_of=old)
    assert (case.promotion, case.retry_of, case.author) == ("Posters.", old, runner.person)
    assert case.answers.count() == old.answers.count()
    assert case.risks.count() == 1
    assert {row.person for row in case.runners.all()} == {row.person for row in old.runners.all()}
    assert not list(case.risk_signatures.all())
    # Whoever wrote what it says has no vote on it either.
    edited = case.parts.filter(has_edited=True).values_list("person", flat=True)
    assert {author.pk, helper.pk} <= set(edited)
    with pytest.raises(RuleBroken, match="tried again already: BC-0002"):
        cases.begin(school, by=author, retry_of=old)
    with pytest.raises(RuleBroken, match="Only a case that has ended"):
        cases.begin(school, by=author, retry_of=case)


def test_a_case_is_about_an_account_that_was_found(
    school: Organisation, author: User, head: User
) -> None:
    found = register.record_found(
        school,
        by=head,
        address="https://x.com/elm_drama",
        found_on=school.today(),
        name="Elm drama",
    )
    case = cases.begin(school, by=author, account=found)
    assert (case.platform, case.name, case.account) == ("x", "Elm drama", found)
    with pytest.raises(RuleBroken, match="is on "):
        cases.change(case, by=author, platform="instagram")
    with pytest.raises(RuleBroken, match="already: BC-0001"):
        cases.begin(school, by=author, account=found)
    other = make_school()
    with pytest.raises(RuleBroken, match="not on your school’s register"):
        cases.begin(other, by=make_user(Role.STAFF, at=other), account=found)


def test_where_the_author_has_left_a_runner_goes_on(
    school: Organisation, author: User, head: User
) -> None:
    case = make_case(school, author=author, status=Status.CHANGES_REQUESTED, head=head)
    runner = case.runners.get(pk=case.runners.order_by("pk")[0].pk).person
    cases.change(case, by=runner, aim="More families come, and we ask them why.")
    with pytest.raises(Refused):
        cases.submit(case, by=runner)
    memberships.leave(author.memberships.get(), last_day=school.today() - DAY, by=None)
    assert cases.submit(case, by=runner).status == Status.SUBMITTED


def test_what_was_sent_back_is_not_sent_again_as_it_was(
    school: Organisation, author: User, head: User
) -> None:
    case = make_case(school, author=author, status=Status.CHANGES_REQUESTED, head=head)
    assert case.decided_why == "Say more of the aim."
    assert Notice.objects.filter(recipient=author, kind="case.sent_back").exists()
    with pytest.raises(RuleBroken, match="Nothing has changed"):
        cases.submit(case, by=author)
    old = case.aim
    cases.change(case, by=author, aim="More families come: we count them.")
    cases.submit(case, by=author)
    with pytest.raises(RuleBroken, match="the text that was sent back"):
        cases.change(case, by=author, aim=old)
    assert give(case, by=head)
    assert fresh(case).status == Status.APPROVED


def test_the_leadership_team_takes_an_approval_back_and_says_why(
    school: Organisation, author: User, head: User
) -> None:
    case = make_case(school, author=author, status=Status.APPROVED, head=head)
    with pytest.raises(RuleBroken, match="Say why"):
        cases.revoke(case, by=head, why=" ")
    with pytest.raises(Refused):
        cases.revoke(case, by=author, why="I have changed my mind.")
    case = cases.revoke(case, by=head, why="The department closes.")
    assert (case.status, case.decided_why) == (Status.REVOKED, "The department closes.")
    assert Notice.objects.filter(recipient=author, kind="case.revoked").exists()


# Every status with every action


@pytest.mark.parametrize("status", [status for status in Status if status != Status.EXPIRED])
def test_every_action_of_every_status(school: Organisation, head: User, status: str) -> None:
    """The table is the truth: what it does not allow is refused in words, whoever asks."""
    author = make_user(Role.STAFF, at=school)
    case = make_case(school, status=status, author=author, head=head)
    second = make_user(Role.SLT, at=school)
    able = {Action.SUBMIT: author, Action.WITHDRAW: author}
    for action in Action:
        by = able.get(action, second)
        wanted = status in MOVES[action] and action not in (Action.APPROVE, Action.EXPIRE)
        assert (action in CASE.actions_for(case, by)) == wanted, action
        if status not in MOVES[action]:
            with pytest.raises(InvalidTransition), CASE.step(case, action, by=None):
                pass
    outsider = make_user(Role.HEAD, at=make_school())
    assert CASE.actions_for(case, outsider) == []


def test_the_table_leads_everywhere_and_out_of_nothing_that_is_over() -> None:
    reached = {Status.DRAFT} | {after for path in MOVES.values() for after in path.values()}
    assert reached == set(Status)
    over = {Status.REJECTED, Status.WITHDRAWN, Status.EXPIRED, Status.REVOKED}
    assert not over & {before for path in MOVES.values() for before in path}
