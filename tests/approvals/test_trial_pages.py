"""The trial as people see it: what is missing, beginning it, what it showed (A8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals.models import BusinessCase
from approvals.workflow import Status
from people.models import Organisation, User
from people.roles import Role
from tests.approvals.factories import consider, fresh, make_case, make_trial, set_up
from tests.factories import make_user
from tests.queries import visit

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def head(school: Organisation, client: Client) -> User:
    person = make_user(Role.HEAD, at=school, name="Hazel Head")
    client.force_login(person)
    return person


def at(name: str, case: BusinessCase) -> str:
    return reverse(f"approvals:{name}", args=[case.organisation.slug, case.number])


def page_of(client: Client, name: str, case: BusinessCase) -> str:
    return client.get(at(name, case)).content.decode()


def test_what_is_missing_is_said_before_anybody_tries(
    client: Client, school: Organisation, head: User
) -> None:
    case = make_case(school, status=Status.APPROVED, head=head)
    page = page_of(client, "trial", case)
    assert "The trial begins when everything below is there." in page
    assert "and 21 more" in page
    assert "Enter the e-mail address" in page
    assert "Begin the trial" not in page
    early = client.post(at("trial", case), {"until": school.today() + timedelta(days=30)})
    assert "is not answered" in early.content.decode()
    assert len(visit(head, at("trial", case))) <= 18
    client.force_login(case.author)
    assert "Enter the e-mail address" not in page_of(client, "trial", case)
    assert client.post(at("trial", case), {}).status_code == 403


def test_the_leadership_team_begins_the_trial(
    client: Client, school: Organisation, head: User
) -> None:
    case = make_case(school, status=Status.APPROVED, head=head, pilot_goals="")
    consider(case)
    set_up(case, by=head)
    client.force_login(case.author)
    assert "A member of the leadership team begins the trial." in page_of(client, "trial", case)
    client.force_login(head)
    assert "Nothing is missing: the trial can begin." in page_of(client, "trial", case)
    wrong = client.post(at("trial", case), {"until": school.today(), "pilot_goals": ""})
    assert wrong.context["form"].errors == {
        "pilot_goals": ["Say what the trial should show."],
        "until": ["A trial ends on a later day."],
    }
    until = school.today() + timedelta(days=20)
    client.post(at("trial", case), {"until": until, "pilot_goals": "Half of them follow it."})
    case = fresh(case)
    assert case.account is not None
    assert (case.account.status, case.account.pilot_until) == ("pilot", until)
    page = page_of(client, "trial", case)
    assert "Say what the trial showed" in page
    assert "Half of them follow it." in page


def _said(case: BusinessCase, **more: Any) -> dict[str, Any]:
    return {"aim_1": "Twice as many came.", "aim_2": "60 of 110 follow it.", **more}


def test_a_trial_is_measured_against_each_aim_of_its_case(
    client: Client, school: Organisation, head: User
) -> None:
    case = make_trial(school, head=head)
    page = page_of(client, "evaluate", case)
    assert "More families come to our plays." in page
    assert "Half of them follow it." in page
    sent = client.post(at("evaluate", case), _said(case, aim_2="", outcome="change"))
    assert sent.context["form"].errors == {
        "aim_2": ["Say what the trial showed of this."],
        "changes": ["Say what is done differently."],
        "extended_until": ["Give the new last day of the trial."],
    }
    assert "Twice as many came." in sent.content.decode()
    until = school.today() + timedelta(days=80)
    client.post(
        at("evaluate", case),
        _said(case, outcome="change", changes="Comments are switched off.", extended_until=until),
    )
    page = page_of(client, "trial", case)
    assert "Comments are switched off." in page
    assert "60 of 110 follow it." in page
    done = client.post(at("evaluate", case), _said(case, outcome="continue"), follow=True)
    assert "The account is live." in done.content.decode()
    page = page_of(client, "trial", case)
    assert "The trial is over. The account is live." in page
    assert page.count("What it reached of its aims") == 2
    assert "There is no trial to evaluate now." in page_of(client, "evaluate", case)


def test_who_runs_it_or_does_not_lead_evaluates_nothing(
    client: Client, school: Organisation, head: User
) -> None:
    leader = make_user(Role.SLT, at=school)
    runners = [leader, make_user(Role.STAFF, at=school)]
    case = make_trial(school, head=head, runners=runners)
    for person in (leader, case.author):
        client.force_login(person)
        assert client.get(at("evaluate", case)).status_code == 403
        assert client.post(at("evaluate", case), _said(case)).status_code == 403
        assert "who does not run the account says" in page_of(client, "trial", case)


def test_a_case_that_has_ended_has_no_trial(
    client: Client, school: Organisation, head: User
) -> None:
    case = make_case(school, status=Status.REJECTED, head=head)
    assert "There is no trial: the case has ended (rejected)." in page_of(client, "trial", case)


def test_all_that_was_said_of_the_aims_fits_the_record(
    client: Client, school: Organisation, head: User
) -> None:
    case = make_trial(school, head=head, pilot_goals="\n".join(f"Goal {n}" for n in range(6)))
    long = {f"aim_{number}": "x" * 500 for number in range(1, 8)}
    sent = client.post(at("evaluate", case), {**long, "outcome": "continue"})
    assert "2,000 characters at most for all aims together" in sent.content.decode()
    assert not case.evaluations.exists()
