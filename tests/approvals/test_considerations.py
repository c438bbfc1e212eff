"""The 26 questions, what is missing of them, and those a school adds (A4, E4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from approvals.considerations import (
    QUESTIONS,
    Question,
    answered_no,
    missing_answers,
    questions_for,
    questions_of,
)
from approvals.models import ExtraQuestion, QuestionKind
from approvals.services import checklist
from people.models import Organisation, User
from people.roles import Role
from tests.approvals.considering import a_case, answer_all
from tests.factories import make_school, make_trust, make_user
from web.errors import RuleBroken


def test_there_are_twenty_six_questions_with_keys_that_fit_an_answer() -> None:
    assert len(QUESTIONS) == 26
    assert len({one.key for one in QUESTIONS}) == 26
    assert len({one.text for one in QUESTIONS}) == 26
    longest = max(len(one.key) for one in QUESTIONS)
    assert longest <= 40
    assert not any(one.key.startswith("extra-") for one in QUESTIONS)


def test_what_an_account_is_for_always_applies_and_a_moderator_may_not() -> None:
    by_key = {one.key: one for one in QUESTIONS}
    assert not by_key["objectives"].may_not_apply
    assert by_key["moderator"].may_not_apply
    assert by_key["terms"].asks_mitigation
    assert not by_key["moderator"].asks_mitigation
    # A school's own question may be about something that this account does not have.
    assert Question("extra-1", "Which vans?", "", QuestionKind.TEXT).may_not_apply


@pytest.mark.django_db
@pytest.mark.demand("E4")
def test_the_one_question_without_an_answer_is_named() -> None:
    case = a_case(make_school())
    assert len(list(missing_answers(case))) == 26
    answer_all(case, but="age")
    assert list(missing_answers(case)) == [
        "The question “Is it suitable for the age of everybody who will see it?” is not answered."
    ]
    checklist.answer(case, by=case.author, question="age", verdict="yes")
    assert list(missing_answers(case)) == []
    assert answered_no(case) == []


@pytest.fixture
def trust(db: None) -> Organisation:
    return make_trust()


@pytest.fixture
def school(trust: Organisation) -> Organisation:
    return make_school(trust=trust)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


def _ask(at: Organisation, by: User, text: str) -> ExtraQuestion:
    return checklist.add_question(at, by=by, text=text, kind="yes_no")


def test_a_school_asks_its_own_questions_and_those_of_its_trust_and_no_others(
    trust: Organisation, school: Organisation, head: User, django_assert_num_queries: object
) -> None:
    lead = make_user(Role.TRUST_LEAD, at=trust)
    _ask(trust, lead, "Does the trust know?")
    _ask(school, head, "Do the governors know?")
    elsewhere = make_school(trust=trust)
    _ask(elsewhere, make_user(Role.HEAD, at=elsewhere), "Does the mayor know?")
    with django_assert_num_queries(1):  # type: ignore[operator]
        asked = questions_for(school)
    assert [one.text for one in asked[26:]] == ["Does the trust know?", "Do the governors know?"]


def test_a_question_that_is_retired_is_not_missed_and_its_answers_stay(
    school: Organisation, head: User
) -> None:
    case = a_case(school)
    question = _ask(school, head, "Do the governors know?")
    assert any("governors" in sentence for sentence in missing_answers(case))
    checklist.answer(case, by=case.author, question=question.key, verdict="yes")
    checklist.retire_question(question, by=head)
    assert not any("governors" in sentence for sentence in missing_answers(case))
    assert case.answers.filter(question=question.key).exists()
    with pytest.raises(RuleBroken, match="not asked any longer"):
        checklist.answer(case, by=case.author, question=question.key, verdict="yes")


def test_the_same_question_is_asked_once_and_may_come_back_after_it_was_retired(
    school: Organisation, head: User
) -> None:
    first = _ask(school, head, "Do the governors know?")
    with pytest.raises(RuleBroken, match="asked already"):
        _ask(school, head, " Do the governors know? ")
    checklist.retire_question(first, by=head)
    checklist.retire_question(first, by=head)
    assert _ask(school, head, "Do the governors know?").key != first.key


def test_a_question_added_after_a_case_was_sent_does_not_stop_it(
    school: Organisation, head: User
) -> None:
    case = a_case(school)
    _ask(school, head, "Do the governors know?")
    case.status, case.submitted_at = "submitted", timezone.now() - timedelta(days=1)
    assert len(questions_of(case)) == 26
    case.status = "changes_requested"  # it is the author's again
    assert len(questions_of(case)) == 27


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.HEAD, True), (Role.OFFICE, True), (Role.IT, True), (Role.STAFF, False),
     (Role.DSL, False)],
)  # fmt: skip
def test_keepers_of_the_register_and_deciders_add_questions(
    school: Organisation, role: Role, may: bool
) -> None:
    person = make_user(role, at=school)
    if may:
        assert _ask(school, person, "Do the governors know?").added_by == person
    else:
        with pytest.raises(PermissionDenied):
            _ask(school, person, "Do the governors know?")


def test_a_head_neither_adds_nor_retires_a_question_of_the_trust(
    trust: Organisation, head: User
) -> None:
    question = _ask(trust, make_user(Role.TRUST_LEAD, at=trust), "Does the trust know?")
    with pytest.raises(PermissionDenied):
        _ask(trust, head, "Do the governors know?")
    with pytest.raises(PermissionDenied):
        checklist.retire_question(question, by=head)
