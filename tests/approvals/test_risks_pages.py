"""The risks as people see them: the list, whom to ask, two clicks to sign (A5)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals.models import BusinessCase, Risk, Side
from approvals.services import cases, risks
from approvals.workflow import Status
from people.models import Organisation
from people.roles import Role
from tests.approvals.considering import RISK, a_case, ask, list_risk, sign, sign_both
from tests.approvals.factories import make_case
from tests.factories import make_user
from tests.queries import visit

pytestmark = [pytest.mark.django_db, pytest.mark.once]
EDU, TECH = Side.EDUCATIONAL, Side.TECHNICAL


@pytest.fixture
def case(school: Organisation, client: Client) -> BusinessCase:
    made = a_case(school, make_user(Role.STAFF, at=school, name="Ada Author"))
    client.force_login(made.author)
    return made


def at(name: str, case: BusinessCase, *more: Any) -> str:
    return reverse(f"approvals:{name}", args=[case.organisation.slug, case.number, *more])


def test_a_list_begins_with_usual_risks_that_are_made_ones_own(
    client: Client, case: BusinessCase
) -> None:
    page = client.get(at("risks", case)).content.decode()
    assert "No risk is listed yet" in page
    assert "Add all" in page
    said = client.post(at("risk_adopt", case), {"suggestion": "hurtful-comments"}, follow=True)
    assert "It is on the list. Now make them fit your school." in said.content.decode()
    risk = case.risks.get()
    form = client.get(at("risk_change", case, risk.pk))
    assert form.context["form"].initial["likelihood"] == 4
    client.post(at("risk_change", case, risk.pk), {**RISK, "what": "Rude comments"})
    page = client.get(at("risks", case)).content.decode()
    assert "Rude comments" in page
    assert "High, 12 of 25" in page
    assert "Often, some harm" in page
    assert "The highest risk that remains:" in page
    client.post(at("risk_remove", case, risk.pk))
    assert not case.risks.exists()
    assert (
        "Choose one of the suggestions."
        in client.post(at("risk_adopt", case), {}, follow=True).content.decode()
    )


def test_what_is_missing_of_a_risk_is_said_by_its_field(client: Client, case: BusinessCase) -> None:
    page = client.post(at("risk_add", case), {**RISK, "mitigation": "", "impact": ""})
    assert page.context["form"].errors == {
        "impact": ["Choose an answer: How bad would it be, if nothing is done?"],
        "mitigation": ["Say what is done about it."],
    }
    page = client.post(at("risk_add", case), {**RISK, "likelihood_after": 5, "impact_after": 5})
    assert "cannot make it worse" in page.content.decode()
    assert RISK["what"] in page.content.decode()
    client.post(at("risk_add", case), RISK)
    page = client.post(at("risk_add", case), RISK)
    assert "This risk is on the list already." in page.content.decode()
    assert Risk.objects.count() == 1


def test_two_people_are_asked_and_sign_in_two_clicks(client: Client, case: BusinessCase) -> None:
    list_risk(case)
    school = case.organisation
    teacher = make_user(Role.STAFF, at=school, name="Tia Teacher")
    expert = make_user(Role.IT, at=school, name="Ike Expert")
    page = client.get(at("assessor", case, TECH)).content.decode()
    assert "Ike Expert" in page
    assert "Tia Teacher" not in page
    for side, person in ((EDU, teacher), (TECH, expert)):
        client.post(at("assessor", case, side), {"person": person.pk})
    assert "Tia Teacher is" in client.get(at("risks", case)).content.decode()
    assert client.get(at("risk_sign", case, EDU)).status_code == 403
    client.force_login(teacher)
    assert "Read and sign" in client.get(at("risks", case)).content.decode()
    assert client.get(at("risk_sign", case, TECH)).status_code == 403
    form = client.get(at("risk_sign", case, EDU)).context["form"]
    client.post(at("risk_sign", case, EDU), {**form.initial, "note": "Watch it in June."})
    page = client.get(at("risks", case)).content.decode()
    assert "by Tia Teacher on" in page
    assert "Watch it in June." in page
    assert "These risks are signed." in client.get(at("risk_sign", case, EDU)).content.decode()


def test_whoever_signed_sees_what_changed_since(client: Client, case: BusinessCase) -> None:
    teacher, _ = sign_both(case)
    client.force_login(teacher)
    seen = client.get(at("risk_sign", case, EDU)).context["form"].initial
    list_risk(case, what="Somebody takes it over")
    page = client.get(at("risk_sign", case, EDU)).content.decode()
    assert "New: “Somebody takes it over”" in page
    late = client.post(at("risk_sign", case, EDU), {**seen, "note": "Fine."})
    assert "The risks have changed since you opened this page." in late.content.decode()
    assert "Fine." in late.content.decode()
    # The page they read now is the one the next click is about.
    fields = late.context["form"].data
    client.post(at("risk_sign", case, EDU), {k: fields[k] for k in ("note", "risk_hash")})
    assert case.risk_signatures.filter(side=EDU).count() == 2


def test_a_side_that_does_not_exist_has_no_page(client: Client, case: BusinessCase) -> None:
    for name in ("assessor", "risk_sign"):
        assert client.get(at(name, case, "legal")).status_code == 404


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(
    case: BusinessCase,
) -> None:
    few = visit(case.author, at("risks", case))
    for number in range(30):
        list_risk(case, what=f"Risk {number}")
    sign(case, EDU, ask(case, EDU, Role.STAFF))
    many = visit(case.author, at("risks", case))
    assert len(few) == len(many) <= 12, many


def test_a_risk_of_another_case_is_not_found_here(
    client: Client, case: BusinessCase, school: Organisation
) -> None:
    other = risks.add(a_case(school, case.author), by=case.author, **RISK)
    assert client.get(at("risk_change", case, other.pk)).status_code == 404
    assert client.post(at("risk_remove", case, other.pk)).status_code == 404


def test_a_case_that_has_ended_offers_nothing_to_sign(client: Client, case: BusinessCase) -> None:
    list_risk(case)
    teacher = ask(case, EDU, Role.STAFF)
    cases.withdraw(case, by=case.author)
    client.force_login(teacher)
    page = client.get(at("risk_sign", case, EDU)).content.decode()
    assert "This case has ended: there is nothing to sign." in page
    assert "Sign these risks" not in page
    assert "Read and sign" not in client.get(at("risks", case)).content.decode()


def test_whoever_changes_what_was_sent_is_told_what_follows(
    client: Client, school: Organisation
) -> None:
    case = make_case(school, status=Status.SUBMITTED)
    client.force_login(case.author)
    add = client.get(at("risk_add", case)).content.decode()
    assert "votes and signatures that were given do not count any more" in add
    answer = client.get(at("answer", case, "terms")).content.decode()
    assert "votes that were given do not count any more" in answer
