"""What is said about a question: who may, who reads it, what stays, what everybody sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from governance.models import Policy, Question, QuestionEntry, QuestionWords, SharedAnswer
from governance.questions import State
from governance.services import questions
from governance.text.render import Heading
from notices.models import Mail, Notice
from people.models import Organisation, User
from people.roles import Role
from people.services import membership
from tests.factories import make_school, make_user
from tests.governance.asking import ask, asked_to_answer, state
from tests.governance.factories import make_head, make_policy, publish_next, sign
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)
Travel = Callable[[date], None]


@pytest.fixture(autouse=True)
def on() -> Any:
    """A Monday morning in November; `on(day)` goes on to the morning of another day."""
    with time_machine.travel("2026-11-02 09:00", tick=False) as clock:

        def go(day: date) -> None:
            clock.move_to(f"{day.isoformat()} 09:00")

        yield go


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def manager(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Mika Manager")


@pytest.fixture
def author(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Ari Author")


@pytest.fixture
def policy(school: Organisation, head: User, author: User) -> Policy:
    return make_policy(school, by=head, author=author)


@pytest.fixture
def teacher(school: Organisation, manager: User) -> User:
    return make_user(Role.STAFF, at=school, name="Toni Teacher", line_manager=manager)


# Asking


def test_only_who_owes_a_signature_asks_instead(
    school: Organisation, policy: Policy, teacher: User
) -> None:
    sign(policy, teacher)
    for person in (teacher, make_user(Role.STAFF, at=make_school())):
        with pytest.raises(RuleBroken, match="do not have to sign"):
            ask(policy, person)


@pytest.mark.parametrize("words", ["", "   \n ", "x" * 2001])
def test_words_are_neither_missing_nor_endless(policy: Policy, teacher: User, words: str) -> None:
    with pytest.raises(RuleBroken):
        ask(policy, teacher, words)


def test_a_double_click_asks_once(policy: Policy, teacher: User) -> None:
    ask(policy, teacher)
    with pytest.raises(RuleBroken, match="asked this already"):
        ask(policy, teacher)
    assert Question.objects.count() == 1


def test_three_open_questions_about_a_policy_are_enough(policy: Policy, teacher: User) -> None:
    for number in range(3):
        ask(policy, teacher, f"Question {number}?")
    with pytest.raises(RuleBroken, match="3 questions of yours"):
        ask(policy, teacher, "One more?")


def test_the_clause_is_kept_with_the_question(policy: Policy, teacher: User) -> None:
    clause = Heading(2, "Why we have this policy", "s-why-we-have-this-policy")
    question = questions.ask(policy, by=teacher, words="Why?", about=clause)
    assert (question.anchor, question.heading) == (clause.anchor, clause.text)


# Answering


def test_the_asker_is_told_at_once(policy: Policy, teacher: User, manager: User) -> None:
    question = ask(policy, teacher)
    questions.answer(question, by=manager, words="Yes, from the school's account.")
    notice = Notice.objects.get(recipient=teacher)
    assert notice.url == question.get_absolute_url()
    mail = Mail.objects.get(recipient=teacher)
    assert mail.kind == Mail.Kind.URGENT
    assert "school's account" not in mail.text
    assert state(question) == State.ANSWERED
    assert asked_to_answer() == set()


@pytest.mark.parametrize("who", ["manager", "author", "head"])
def test_whoever_may_read_it_may_answer_it_before_their_turn(
    policy: Policy, teacher: User, who: str, request: pytest.FixtureRequest
) -> None:
    question = ask(policy, teacher)
    questions.answer(question, by=request.getfixturevalue(who), words="Yes.")
    assert state(question) == State.ANSWERED


def test_a_follow_up_starts_again_with_the_line_manager(
    policy: Policy, teacher: User, author: User, on: Travel
) -> None:
    question = ask(policy, teacher)
    on(date(2026, 11, 9))
    questions.answer(question, by=author, words="Yes.")
    questions.follow_up(question, by=teacher, words="In the holidays, too?")
    assert asked_to_answer() == {"Mika Manager"}
    assert state(question) == State.OPEN


def test_adding_to_an_open_question_does_not_start_the_clock_again(
    policy: Policy, teacher: User, on: Travel
) -> None:
    question = ask(policy, teacher)
    on(date(2026, 11, 5))
    questions.follow_up(question, by=teacher, words="I mean on my own telephone.")
    on(date(2026, 11, 6))
    assert asked_to_answer() == {"Ari Author"}


def test_a_double_click_answers_once(policy: Policy, teacher: User, manager: User) -> None:
    question = ask(policy, teacher)
    first = questions.answer(question, by=manager, words="Yes.")
    assert questions.answer(question, by=manager, words=" Yes. ") == first
    assert Notice.objects.filter(recipient=teacher).count() == 1
    added = questions.follow_up(question, by=teacher, words="And?")
    assert questions.follow_up(question, by=teacher, words="And?") == added
    assert question.entries.count() == 3


def test_an_exchange_does_not_grow_for_ever(policy: Policy, teacher: User) -> None:
    question = ask(policy, teacher)
    for number in range(49):
        questions.follow_up(question, by=teacher, words=f"And {number}?")
    with pytest.raises(RuleBroken, match="speak to each other"):
        questions.follow_up(question, by=teacher, words="And?")
    questions.close(question, by=teacher)


def test_a_closed_question_takes_nothing_more(policy: Policy, teacher: User, manager: User) -> None:
    question = ask(policy, teacher)
    questions.close(question, by=teacher)
    assert state(question) == State.CLOSED
    for deed in (
        lambda: questions.answer(question, by=manager, words="Yes."),
        lambda: questions.follow_up(question, by=teacher, words="But?"),
        lambda: questions.close(question, by=teacher),
    ):
        with pytest.raises(RuleBroken, match="has been closed"):
            deed()


def test_nobody_answers_their_own_question_or_closes_another_persons(
    policy: Policy, teacher: User, manager: User, head: User
) -> None:
    question = ask(policy, teacher)
    with pytest.raises(PermissionDenied):
        questions.answer(question, by=teacher, words="Yes.")
    for person in (manager, head):
        with pytest.raises(PermissionDenied):
            questions.close(question, by=person)
        with pytest.raises(PermissionDenied):
            questions.follow_up(question, by=person, words="And?")


def test_a_colleague_cannot_read_it_nor_answer_it(
    school: Organisation, policy: Policy, teacher: User
) -> None:
    question = ask(policy, teacher)
    for role in (Role.STAFF, Role.OFFICE, Role.DSL, Role.GOVERNOR, Role.CHAIR, Role.DPO):
        colleague = make_user(role, at=school)
        assert not Question.objects.visible_to(colleague).exists()
        assert not QuestionEntry.objects.visible_to(colleague).exists()
        with pytest.raises(PermissionDenied):
            questions.answer(question, by=colleague, words="Yes.")


def test_an_author_who_has_moved_on_reads_it_no_more(
    policy: Policy, teacher: User, author: User, on: Travel
) -> None:
    question = ask(policy, teacher)
    assert Question.objects.visible_to(author).exists()
    membership.leave(author.memberships.get(), last_day=MONDAY, by=None)
    on(MONDAY + timedelta(days=1))
    make_user(Role.STAFF, at=make_school())
    assert not Question.objects.visible_to(author).filter(pk=question.pk).exists()


# On record


def test_what_was_said_cannot_be_changed_and_can_be_erased(policy: Policy, teacher: User) -> None:
    question = ask(policy, teacher)
    for change in (
        lambda: Question.objects.update(heading="Another"),
        lambda: Question.objects.update(paused_until=date(2027, 1, 1)),
        lambda: Question.objects.update(paused_until=None),
        lambda: Question.objects.filter(pk=question.pk)._raw_delete("default"),
        lambda: QuestionEntry.objects.update(at=timezone.now()),
        lambda: QuestionEntry.objects.filter(question=question)._raw_delete("default"),
        lambda: QuestionWords.objects.update(words="I never said that."),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    QuestionWords.objects.all().delete()
    assert Question.objects.get().entries.count() == 1


def test_the_record_says_that_and_not_what_was_asked(
    policy: Policy, teacher: User, manager: User
) -> None:
    question = ask(policy, teacher, "A very private question?")
    questions.answer(question, by=manager, words="A very private answer.")
    lines = AuditEvent.objects.filter(verb__startswith="question.").order_by("pk")
    assert [line.verb for line in lines] == ["question.ask", "question.answer"]
    assert "private" not in str([line.details for line in lines])


def test_the_pointer_is_what_the_entries_say(policy: Policy, teacher: User, manager: User) -> None:
    question = ask(policy, teacher)
    opened = question.entries.get()
    questions.follow_up(question, by=teacher, words="I mean trips.")
    assert Question.objects.get().waiting == opened
    questions.answer(question, by=manager, words="Yes.")
    assert Question.objects.get().waiting is None
    again = questions.follow_up(question, by=teacher, words="And trips abroad?")
    assert Question.objects.get().waiting == again


# Shown to everybody


def shared(question: Question, by: User, **more: Any) -> SharedAnswer:
    data = {"asked": "Are trips covered?", "answer": "Yes.", "names_nobody": True, **more}
    return questions.share(question, by=by, **data)


def test_a_good_answer_is_shown_to_every_reader_without_the_askers_name(
    school: Organisation, policy: Policy, teacher: User, manager: User, client: Any
) -> None:
    question = ask(policy, teacher)
    questions.answer(question, by=manager, words="Yes.")
    shared(question, manager)
    client.force_login(make_user(Role.STAFF, at=school))
    page = client.get(policy.get_absolute_url()).content.decode()
    assert "Questions others asked" in page
    assert "Are trips covered?" in page
    assert teacher.name not in page
    assert "May I post from a trip?" not in page


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"names_nobody": False}, "Confirm that nobody is named"),
        ({"asked": "may I post  from a TRIP?"}, "in other words"),
        ({"asked": "Toni Teacher asks about trips"}, "Leave out the name"),
        ({"answer": "As I told toni teacher, yes."}, "Leave out the name"),
        ({"asked": " "}, "Write the question"),
        ({"answer": ""}, "Write the answer"),
    ],
)
def test_it_is_reworded_and_names_nobody(
    policy: Policy, teacher: User, manager: User, more: dict[str, Any], reason: str
) -> None:
    question = ask(policy, teacher)
    questions.answer(question, by=manager, words="Yes.")
    with pytest.raises(RuleBroken, match=reason):
        shared(question, manager, **more)


def test_a_question_without_an_answer_is_not_shown(
    policy: Policy, teacher: User, manager: User
) -> None:
    with pytest.raises(RuleBroken, match="not been answered yet"):
        shared(ask(policy, teacher), manager)


def test_an_answer_is_shown_once_and_can_be_taken_down(
    policy: Policy, teacher: User, manager: User, head: User
) -> None:
    question = ask(policy, teacher)
    questions.answer(question, by=manager, words="Yes.")
    first = shared(question, manager)
    with pytest.raises(RuleBroken, match="shown to every reader already"):
        shared(question, head)
    questions.take_down(first, by=head)
    assert not SharedAnswer.objects.shown().exists()
    with pytest.raises(RuleBroken, match="taken down already"):
        questions.take_down(first, by=head)
    shared(question, head)


def test_the_asker_shows_nothing_and_takes_nothing_down(
    policy: Policy, teacher: User, manager: User
) -> None:
    question = ask(policy, teacher)
    questions.answer(question, by=manager, words="Yes.")
    with pytest.raises(PermissionDenied):
        shared(question, teacher)
    with pytest.raises(PermissionDenied):
        questions.take_down(shared(question, manager), by=teacher)


def test_an_answer_about_an_earlier_text_goes_when_everybody_signs_again(
    policy: Policy, teacher: User, manager: User, head: User
) -> None:
    question = ask(policy, teacher)
    questions.answer(question, by=manager, words="Yes.")
    shared(question, manager)
    publish_next(policy, by=head, change="minor")
    assert SharedAnswer.objects.shown().count() == 1
    publish_next(policy, by=head)
    assert SharedAnswer.objects.shown().count() == 0
