"""Answering what a school considers before it uses an account (A4)."""

from __future__ import annotations

from typing import Any

import pytest

from approvals.content import content_hash
from approvals.models import Answer, BusinessCase
from approvals.services import cases, checklist
from people.models import User
from people.roles import Role
from tests.approvals.considering import a_case
from tests.factories import make_school, make_user
from trail.audit import Refused
from trail.models import AuditEvent
from web.errors import RuleBroken


@pytest.fixture
def case(db: None) -> BusinessCase:
    return a_case(make_school())


def _answer(case: BusinessCase, question: str, *, by: User | None = None, **said: Any) -> Answer:
    return checklist.answer(case, by=by or case.author, question=question, **said)


def test_an_answer_uses_the_field_of_its_kind_and_no_other(case: BusinessCase) -> None:
    colleague = make_user(Role.STAFF, at=case.organisation)
    row = _answer(
        case, "moderator", person=colleague, text="x", link="https://x.example", mitigation="x",
        note=" Every morning. ",
    )  # fmt: skip
    assert (row.person, row.note) == (colleague, "Every morning.")
    assert (row.text, row.link, row.mitigation, row.verdict) == ("", "", "", "")


def test_a_no_needs_what_is_done_about_it_and_a_yes_forgets_it(case: BusinessCase) -> None:
    with pytest.raises(RuleBroken, match="Say what is done about it"):
        _answer(case, "terms", verdict="no")
    row = _answer(case, "terms", verdict="no", mitigation="We ask the platform.")
    assert row.mitigation == "We ask the platform."
    row = _answer(case, "terms", verdict="yes", mitigation="We ask the platform.")
    assert (row.verdict, row.mitigation) == ("yes", "")
    assert case.answers.count() == 1


NO_ANSWERS: list[tuple[str, dict[str, str], str]] = [
    ("terms", {}, "Choose an answer."),
    ("terms", {"verdict": "perhaps"}, "yes, no or not applicable"),
    ("terms", {"verdict": "na"}, "why this does not apply"),
    ("objectives", {"text": "  "}, "Write an answer."),
    ("objectives", {"verdict": "na", "note": "None"}, "applies to every account"),
    ("moderator", {"text": "Somebody"}, "Choose a person."),
    ("policy_told", {}, "Give the day."),
    ("moderator", {"verdict": "na"}, "why this does not apply"),
    ("nothing", {"text": "x"}, "not asked any longer"),
    ("objectives", {"text": "The password is Tr0ub4dor&3x"}, "looks like a password"),
    ("terms", {"verdict": "yes", "note": "password: hunter22!"}, "looks like a password"),
]


def test_what_is_no_answer_is_refused_with_a_sentence(case: BusinessCase) -> None:
    for question, said, sentence in NO_ANSWERS:
        with pytest.raises(RuleBroken, match=sentence):
            _answer(case, question, **said)
    assert not case.answers.exists()


def test_a_person_who_is_named_belongs_to_the_school(case: BusinessCase) -> None:
    stranger = make_user(Role.STAFF, at=make_school())
    with pytest.raises(RuleBroken, match="does not belong to"):
        _answer(case, "moderator", person=stranger)


def test_a_link_is_a_web_address(case: BusinessCase) -> None:
    head = make_user(Role.HEAD, at=case.organisation)
    question = checklist.add_question(case.organisation, by=head, text="Where?", kind="link")
    for link in ("javascript:alert(1)", "ftp://x.example/", "rules", "//x"):
        with pytest.raises(RuleBroken, match="https://"):
            _answer(case, question.key, link=link)
    assert _answer(case, question.key, link="https://x.example/").link == "https://x.example/"


def test_the_same_answer_again_changes_nothing_and_takes_nobodys_vote(case: BusinessCase) -> None:
    helper = make_user(Role.SLT, at=case.organisation)
    cases.ask_to_help(case, by=case.author, person=helper)
    row = _answer(case, "objectives", text="More families at our plays.")
    before, lines = content_hash(case), AuditEvent.objects.count()
    again = _answer(case, "objectives", text=" More families at our plays. ", by=helper)
    assert (again.pk, again.answered_by) == (row.pk, case.author)
    assert (content_hash(case), AuditEvent.objects.count()) == (before, lines)
    assert not case.parts.get(person=helper).has_edited
    _answer(case, "objectives", text="Something else.", by=helper)
    assert case.parts.get(person=helper).has_edited
    assert content_hash(case) != before


def test_whoever_does_not_work_on_the_case_is_refused_on_the_record(case: BusinessCase) -> None:
    head = make_user(Role.HEAD, at=case.organisation)
    with pytest.raises(Refused):
        _answer(case, "objectives", text="Mine.", by=head)
    assert AuditEvent.objects.filter(verb="case.refused").exists()


def test_an_answer_is_taken_back(case: BusinessCase) -> None:
    _answer(case, "objectives", text="More families.")
    helper = make_user(Role.SLT, at=case.organisation)
    cases.ask_to_help(case, by=case.author, person=helper)
    checklist.clear(case, by=helper, question="terms")
    assert not case.parts.get(person=helper).has_edited
    checklist.clear(case, by=helper, question="objectives")
    checklist.clear(case, by=case.author, question="objectives")
    assert case.parts.get(person=helper).has_edited
    assert not case.answers.exists()
    assert AuditEvent.objects.filter(verb="case.answer_taken_back").count() == 1


def test_nothing_is_answered_once_the_case_has_ended(case: BusinessCase) -> None:
    cases.withdraw(case, by=case.author)
    with pytest.raises(RuleBroken, match="has been decided"):
        _answer(case, "objectives", text="More families.")
