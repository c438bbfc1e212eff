"""The considerations as people see them: one question per page, and all at a glance (A4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals.considerations import QUESTIONS
from approvals.models import Answer, BusinessCase, ExtraQuestion
from approvals.services import cases, checklist
from people.models import Organisation, User
from people.roles import Role
from tests.approvals.considering import a_case, answer_all
from tests.factories import make_trust, make_user
from tests.queries import visit

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school, name="Hazel Head")


@pytest.fixture
def case(school: Organisation, client: Client) -> BusinessCase:
    made = a_case(school, make_user(Role.STAFF, at=school, name="Ada Author"))
    client.force_login(made.author)
    return made


def at(name: str, case: BusinessCase, *more: Any) -> str:
    return reverse(f"approvals:{name}", args=[case.organisation.slug, case.number, *more])


def test_each_answer_is_saved_on_the_way_to_the_next_question(
    client: Client, case: BusinessCase
) -> None:
    page = client.get(at("answer", case, "objectives")).content.decode()
    assert "Question 1 of 26" in page
    assert "Skip for now" in page
    assert "Previous question" not in page
    sent = client.post(at("answer", case, "objectives"), {"text": "More families at our plays."})
    assert sent.headers["Location"] == at("answer", case, "message")
    assert case.answers.get().text == "More families at our plays."
    page = client.get(at("answer", case, "objectives")).content.decode()
    assert "More families at our plays." in page
    assert "Next question" in page
    sent = client.post(at("answer", case, QUESTIONS[-1].key), {"text": "We ask the families."})
    assert sent.headers["Location"] == at("checklist", case)


def test_what_was_typed_is_kept_and_the_sentence_stands_by_its_field(
    client: Client, case: BusinessCase
) -> None:
    url = at("answer", case, "terms")
    page = client.post(url, {"verdict": "no", "note": "Section 4 of their terms"})
    assert page.context["form"].errors == {"mitigation": ["Say what is done about it."]}
    assert "Section 4 of their terms" in page.content.decode()
    page = client.post(url, {"verdict": "na"})
    assert page.context["form"].errors == {"note": ["Say in a sentence why this does not apply."]}
    page = client.post(url, {})
    assert page.context["form"].errors == {"verdict": ["Choose an answer."]}
    page = client.post(at("answer", case, "moderator"), {"person": "", "note": "Nobody"})
    assert page.context["form"].errors == {"person": ["Choose a person."]}
    page = client.post(url, {"verdict": "yes", "note": "The password is Tr0ub4dor&3x"})
    assert "looks like a password" in page.content.decode()
    assert not case.answers.exists()


def test_what_does_not_apply_needs_no_person_but_a_reason(
    client: Client, case: BusinessCase
) -> None:
    url = at("answer", case, "moderator")
    client.post(url, {"does_not_apply": "on", "note": "Nobody can write there."})
    assert case.answers.get().verdict == "na"
    assert 'name="does_not_apply"' in client.get(url).content.decode()
    page = client.get(at("checklist", case)).content.decode()
    assert "Does not apply" in page
    assert "Nobody can write there." in page
    assert (
        'name="does_not_apply"' not in client.get(at("answer", case, "objectives")).content.decode()
    )


def test_a_stranger_cannot_be_named_even_by_hand(client: Client, case: BusinessCase) -> None:
    stranger = make_user()
    page = client.post(at("answer", case, "moderator"), {"person": stranger.pk})
    assert page.status_code == 200
    assert "is not offered here" in page.content.decode()


def test_an_answer_is_taken_back_with_a_button(client: Client, case: BusinessCase) -> None:
    checklist.answer(case, by=case.author, question="terms", verdict="yes")
    page = client.get(at("answer", case, "terms")).content.decode()
    assert "Take this answer back" in page
    client.post(at("clear_answer", case, "terms"))
    assert not case.answers.exists()
    assert "Take this answer back" not in client.get(at("answer", case, "terms")).content.decode()


@pytest.mark.demand("E4")
def test_the_overview_names_what_is_missing_and_every_no(
    client: Client, case: BusinessCase
) -> None:
    page = client.get(at("checklist", case)).content.decode()
    assert "0 of 26 answered" in page
    assert "Begin" in page
    answer_all(case, but="age")
    checklist.answer(
        case, by=case.author, question="terms", verdict="no", mitigation="We ask the platform."
    )
    page = client.get(at("checklist", case)).content.decode()
    assert "25 of 26 answered" in page
    assert "One question has no answer yet" in page
    assert "Go on with question 11" in page
    assert "Answered with no" in page
    assert "We ask the platform." in page
    checklist.answer(case, by=case.author, question="age", verdict="yes")
    assert "Every question is answered." in client.get(at("checklist", case)).content.decode()


def test_the_overview_asks_the_same_number_of_questions_whatever_was_answered(
    client: Client, case: BusinessCase, head: User
) -> None:
    before = visit(case.author, at("checklist", case))
    questions = ExtraQuestion.objects.bulk_create(
        ExtraQuestion(organisation=case.organisation, text=f"Who {n}?", kind="person")
        for n in range(30)
    )
    Answer.objects.bulk_create(
        Answer(case=case, question=one.key, person=head, answered_by=head) for one in questions
    )
    after = visit(case.author, at("checklist", case))
    assert len(before) == len(after) <= 12, after
    asking = visit(case.author, at("answer", case, "terms"))
    assert len(asking) <= 12, asking
    assert len(visit(head, reverse("approvals:questions", args=[case.organisation.slug]))) <= 8


def test_others_read_what_is_considered_and_answer_nothing(
    client: Client, case: BusinessCase, head: User
) -> None:
    client.force_login(head)
    assert client.get(at("checklist", case)).status_code == 404
    cases.ask_to_help(case, by=case.author, person=head)
    cases.withdraw(case, by=case.author)
    page = client.get(at("checklist", case))
    assert page.status_code == 200
    assert "Begin" not in page.content.decode()
    assert client.get(at("answer", case, "terms")).status_code == 403
    assert client.get(at("answer", case, "nothing")).status_code == 403


def test_a_question_that_is_not_asked_has_no_page(client: Client, case: BusinessCase) -> None:
    assert client.get(at("answer", case, "nothing")).status_code == 404


def test_a_school_asks_one_more_and_stops_again(
    client: Client, case: BusinessCase, head: User, school: Organisation
) -> None:
    url = reverse("approvals:questions", args=[school.slug])
    assert client.get(url).status_code == 403
    client.force_login(head)
    assert "asks nothing besides the portal’s 26 questions" in client.get(url).content.decode()
    empty = client.post(url, {"text": ""})
    assert empty.context["form"].errors == {
        "text": ["Write the question."], "kind": ["Choose how it is answered."],
    }  # fmt: skip
    client.post(url, {"text": "Do the governors know?", "kind": "link"})
    row = ExtraQuestion.objects.get()
    twice = client.post(url, {"text": "Do the governors know?", "kind": "link"})
    assert "This question is asked already." in twice.content.decode()
    client.force_login(case.author)
    sent = client.post(at("answer", case, row.key), {"link": "not an address"})
    assert "This is not a web address." in sent.content.decode()
    client.post(at("answer", case, row.key), {"link": "https://www.example.org/minutes"})
    assert "https://www.example.org/minutes" in client.get(at("checklist", case)).content.decode()
    client.force_login(head)
    client.post(reverse("approvals:question_retire", args=[school.slug, row.pk]))
    assert "Do the governors know?" not in client.get(url).content.decode()


def test_a_school_sees_what_its_trust_asks_and_cannot_stop_it(client: Client) -> None:
    from tests.factories import make_school

    trust = make_trust()
    school = make_school(trust=trust)
    lead = make_user(Role.TRUST_LEAD, at=trust)
    row = checklist.add_question(trust, by=lead, text="Does the trust know?", kind="yes_no")
    client.force_login(make_user(Role.HEAD, at=school))
    page = client.get(reverse("approvals:questions", args=[school.slug])).content.decode()
    assert f"Asked by {trust}" in page
    assert "Stop asking" not in page
    stop = reverse("approvals:question_retire", args=[school.slug, row.pk])
    assert client.post(stop).status_code == 404
    client.force_login(lead)
    page = client.get(reverse("approvals:questions", args=[trust.slug])).content.decode()
    assert "Stop asking" in page
