"""What stands between an approval and the trial, and the words of a trial's aims (A8, E4)."""

from __future__ import annotations

import pytest

from accounts.workflow import ACCOUNT, Action
from approvals import trial
from approvals.models import BusinessCase, Risk
from approvals.services import checklist, launching
from approvals.workflow import Status
from people.models import Organisation, User
from people.roles import Role
from tests.approvals.factories import add_risk, consider, fresh, make_case, set_up
from tests.factories import make_user
from web.errors import RuleBroken


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


@pytest.fixture
def case(school: Organisation, head: User) -> BusinessCase:
    """Approved at a school that wants its checklist before the trial."""
    return make_case(school, status=Status.APPROVED, head=head)


def said(case: BusinessCase, user: User) -> list[str]:
    return [problem for part in trial.parts(fresh(case), user) for problem in part.problems]


def guards(case: BusinessCase, user: User) -> list[str]:
    account = fresh(case).account
    assert account is not None
    return ACCOUNT.problems(Action.PILOT, account, user)


@pytest.mark.demand("E4")
def test_the_page_says_what_the_guards_say_and_25_of_26_answers_are_refused(
    case: BusinessCase, head: User
) -> None:
    assert sorted(said(case, head)) == sorted(guards(case, head))
    assert len(said(case, head)) > 26
    consider(case, leave_out=["age"])
    risk = add_risk(case, after=(5, 5))
    assert sorted(said(case, head)) == sorted(guards(case, head))
    assert "A high risk remains that nobody has accepted." in " ".join(said(case, head))
    risk.delete()
    set_up(case, by=head)
    missing = [
        "The question “Is it suitable for the age of everybody who will see it?” is not answered."
    ]
    assert said(case, head) == guards(case, head) == missing
    until = trial.usual_end(case)
    with pytest.raises(RuleBroken) as refused:
        launching.begin_pilot(case, by=head, until=until)
    assert list(refused.value.reasons) == missing
    checklist.answer(case, by=case.author, question="age", verdict="yes")
    assert said(case, head) == []
    begun = launching.begin_pilot(case, by=head, until=until)
    assert begun.account is not None
    assert begun.account.pilot_until == until


def test_a_trial_begins_with_a_plan_and_an_account_being_set_up_is_ready_with_it(
    school: Organisation, head: User
) -> None:
    case = make_case(school, status=Status.APPROVED, head=head, pilot_group="", pilot_goals="")
    until = trial.usual_end(case)
    with pytest.raises(RuleBroken) as refused:
        launching.begin_pilot(case, by=head, until=until)
    assert refused.value.reasons == ("Say who tries it first.", "Say what the trial should show.")
    plan = {"pilot_group": "The cast", "pilot_goals": "Half of them follow it."}
    consider(case)
    with pytest.raises(RuleBroken, match="address on its platform is missing"):
        launching.begin_pilot(case, by=head, until=until, **plan)
    assert fresh(case).pilot_group == ""
    account = set_up(case, by=head).account
    assert account is not None
    type(account).objects.filter(pk=account.pk).update(status="setup")
    begun = fresh(launching.begin_pilot(fresh(case), by=head, until=until, **plan))
    assert begun.account is not None
    assert (begun.account.status, begun.pilot_group) == ("pilot", "The cast")


def test_who_does_not_keep_the_register_gets_no_links_to_it(case: BusinessCase, head: User) -> None:
    ways = {way.words for part in trial.parts(case, case.author) for way in part.ways}
    assert ways == {"The business case", "Things to consider", "The risks"}
    assert "Enter the address" in {
        way.words for part in trial.parts(case, head) for way in part.ways
    }


def test_each_line_of_the_aims_is_measured_once_and_many_stand_together() -> None:
    case = BusinessCase(
        aim="- More families at our plays\n\n• A full hall in June\n",
        pilot_goals="A full hall in June\nFewer calls to the office",
    )
    assert trial.aims(case) == [
        "More families at our plays", "A full hall in June", "Fewer calls to the office",
    ]  # fmt: skip
    case.pilot_goals = "\n".join(f"Goal {number}" for number in range(20))
    lines = trial.aims(case)
    assert len(lines) == trial.MOST_AIMS
    assert lines[-1].endswith("Goal 18; Goal 19")


def test_a_trial_lasts_as_long_as_the_case_proposes(case: BusinessCase) -> None:
    today = case.organisation.today()
    assert (trial.usual_end(case) - today).days == 7 * 6
    case.pilot_weeks = 2
    assert (trial.usual_end(case) - today).days == 14
    assert Risk.objects.count() == 0
