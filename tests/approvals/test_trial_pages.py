"""The trial as people see it: what is missing, beginning it, what it showed (A8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals.forms.trial import EvaluationForm
from approvals.models import BusinessCase
from approvals.workflow import Status
from people.models import Organisation, User
from people.roles import Role
from tests.approvals.factories import consider, fresh, make_case, set_up
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


def _said(**more: Any) -> dict[str, Any]:
    return {"aim_1": "Twice as many came.", "aim_2": "60 of 110 follow it.", **more}


def test_a_trial_from_its_beginning_to_what_it_showed_of_each_aim(
    client: Client, school: Organisation, head: User
) -> None:
    leader = make_user(Role.SLT, at=school)
    runners = [leader, make_user(Role.STAFF, at=school)]
    case = make_case(school, status=Status.APPROVED, head=head, pilot_goals="", runners=runners)
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

    for person in (leader, case.author):  # who runs it, and who does not lead
        client.force_login(person)
        assert client.get(at("evaluate", case)).status_code == 403
        assert client.post(at("evaluate", case), _said()).status_code == 403
        assert "who does not run the account says" in page_of(client, "trial", case)

    client.force_login(head)
    assert "Say what the trial showed" in page_of(client, "trial", case)
    page = page_of(client, "evaluate", case)
    assert "More families come to our plays." in page
    assert "Half of them follow it." in page
    sent = client.post(at("evaluate", case), _said(aim_2="", outcome="change"))
    assert sent.context["form"].errors == {
        "aim_2": ["Say what the trial showed of this."],
        "changes": ["Say what is done differently."],
        "extended_until": ["Give the new last day of the trial."],
    }
    assert "Twice as many came." in sent.content.decode()
    until = school.today() + timedelta(days=80)
    changed = {"outcome": "change", "changes": "No comments.", "extended_until": until}
    client.post(at("evaluate", case), _said(**changed))
    page = page_of(client, "trial", case)
    assert "No comments." in page
    assert "60 of 110 follow it." in page
    done = client.post(at("evaluate", case), _said(outcome="continue"), follow=True)
    page = done.content.decode()
    assert "The account is live." in page
    assert "The trial is over. The account is live." in page
    assert page.count("What it reached of its aims") == 2
    assert "There is no trial to evaluate now." in page_of(client, "evaluate", case)


def test_a_case_that_has_ended_has_no_trial(
    client: Client, school: Organisation, head: User
) -> None:
    case = make_case(school, status=Status.REJECTED, head=head)
    assert "There is no trial: the case has ended (rejected)." in page_of(client, "trial", case)


def test_all_that_was_said_of_the_aims_fits_the_record(school: Organisation) -> None:
    aims = [f"Goal {number}" for number in range(6)]
    said = {f"aim_{number}": "x" * 400 for number in range(1, 7)}
    form = EvaluationForm(
        {**said, "outcome": "continue"}, aims=aims, today=school.today(), cancel="/"
    )
    assert form.errors == {"__all__": ["Use 2,000 characters at most for all aims together."]}
