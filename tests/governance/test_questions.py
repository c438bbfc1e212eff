"""Asking instead of signing: who is asked, in which order, and what pauses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from governance.models import Policy, Question
from governance.questions import ANSWERS, State
from governance.services import questions
from notices.models import Notice
from notices.services import sweep
from people.models import Organisation, User
from people.roles import Role
from people.services import calendar, membership, organisations
from tests.factories import make_school, make_trust, make_user
from tests.governance.asking import ask, asked_to_answer, pause, state
from tests.governance.factories import make_head, make_policy, publish_next, sign
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


# Who is asked


def test_a_question_goes_to_the_line_manager_then_to_the_author_then_to_those_who_manage(
    policy: Policy, teacher: User, head: User, on: Travel
) -> None:
    question = ask(policy, teacher)
    answerers = {}
    for days in range(12):
        on(day := MONDAY + timedelta(days=days))
        answerers[day.day] = asked_to_answer()
    manager_has_it = {day for day, who in answerers.items() if who == {"Mika Manager"}}
    author_has_it = {day for day, who in answerers.items() if who == {"Ari Author"}}
    assert manager_has_it == {2, 3, 4, 5}  # asked on Monday; until Thursday
    assert author_has_it == {6, 7, 8, 9, 10}  # three working days more, over a weekend
    assert answerers[11] == answerers[13] == {head.name}
    assert state(question) == State.PASSED_ON


def test_the_duty_says_since_when_and_until_when(
    policy: Policy, teacher: User, manager: User, author: User, on: Travel
) -> None:
    question = ask(policy, teacher)
    (duty,) = ANSWERS.of(manager, MONDAY)
    assert (duty.since, duty.due_on) == (MONDAY, date(2026, 11, 5))
    assert teacher.name not in duty.title
    on(date(2026, 11, 7))
    (duty,) = ANSWERS.of(author, date(2026, 11, 7))
    assert (duty.since, duty.due_on) == (date(2026, 11, 6), date(2026, 11, 10))
    assert duty.url == question.get_absolute_url()


def test_without_a_line_manager_it_goes_to_the_author_at_once(
    school: Organisation, policy: Policy
) -> None:
    ask(policy, make_user(Role.STAFF, at=school))
    assert asked_to_answer() == {"Ari Author"}


def test_nobody_is_asked_about_their_own_question(policy: Policy, author: User, head: User) -> None:
    ask(policy, author)
    assert asked_to_answer() == {head.name}


def test_who_has_left_is_asked_no_more(
    policy: Policy, teacher: User, manager: User, on: Travel
) -> None:
    ask(policy, teacher)
    membership.leave(manager.memberships.get(), last_day=MONDAY, by=None)
    assert asked_to_answer() == {"Mika Manager"}
    on(MONDAY + timedelta(days=1))
    assert asked_to_answer() == {"Ari Author"}


def test_about_a_trusts_policy_the_trust_is_asked_and_not_the_schools_head(on: Travel) -> None:
    trust = make_trust()
    school, lead = make_school(trust=trust), make_head(trust)
    make_head(school)
    policy = make_policy(trust, by=lead)
    ask(policy, make_user(Role.STAFF, at=school))
    assert asked_to_answer() == {lead.name}


def test_where_nobody_could_answer_nothing_is_asked(school: Organisation) -> None:
    head = make_head(school)
    policy = make_policy(school, by=head)
    with pytest.raises(RuleBroken, match="nobody in the portal who could answer"):
        ask(policy, head)
    assert not Question.objects.exists()


def test_the_last_in_the_chain_keeps_it_where_nobody_else_manages_policies(
    school: Organisation, on: Travel
) -> None:
    head = make_head(school)
    author = make_user(Role.STAFF, at=school, name="Ari Author")
    policy = make_policy(school, by=head, author=author)
    ask(policy, head)
    on(date(2026, 12, 1))
    assert asked_to_answer() == {"Ari Author"}


@pytest.mark.parametrize("gone", ["withdrawn", "left", "signed elsewhere"])
def test_a_question_that_nobody_needs_answered_is_nobodys_task(
    policy: Policy, teacher: User, head: User, on: Travel, gone: str
) -> None:
    question = ask(policy, teacher)
    if gone == "withdrawn":
        from governance.services import publishing

        publishing.withdraw(policy, by=head, reason="Old.")
    elif gone == "left":
        membership.leave(teacher.memberships.get(), last_day=MONDAY, by=None)
        on(MONDAY + timedelta(days=1))
    else:
        sign(policy, teacher)  # an answer is still owed to whoever signed meanwhile
        assert asked_to_answer() == {"Mika Manager"}
        return
    assert asked_to_answer() == set()
    assert state(question) == State.LAPSED


def test_working_days_are_those_of_the_school(
    school: Organisation, policy: Policy, teacher: User
) -> None:
    for name, first, last in [("Autumn", (9, 1), (12, 18)), ("Spring", (1, 4), (3, 26))]:
        year = 2026 if name == "Autumn" else 2027
        calendar.add_term(
            school, by=None, name=name, starts_on=date(year, *first), ends_on=date(year, *last)
        )
    calendar.add_closure(
        school, by=None, kind="closed", starts_on=date(2026, 11, 4), ends_on=date(2026, 11, 6)
    )
    question = ask(policy, teacher)
    # Tuesday 3rd, then a closure until Friday and a weekend.
    assert question.paused_until == date(2026, 11, 12)
    assert question.entries.get().first_until == date(2026, 11, 10)


def test_over_christmas_bank_holidays_do_not_count(
    school: Organisation, policy: Policy, teacher: User, on: Travel
) -> None:
    on(date(2026, 12, 23))
    question = ask(policy, teacher)
    # Thursday 24th, then Christmas, Boxing Day's substitute on the 28th; New Year's Day.
    assert question.entries.get().first_until == date(2026, 12, 30)
    assert question.paused_until == date(2027, 1, 4)


def test_a_school_sets_its_own_days(
    school: Organisation, policy: Policy, teacher: User, head: User
) -> None:
    values = {"policies.question_days": 1, "policies.question_pause_days": 10}
    organisations.change_settings(school, values, by=head)
    question = ask(policy, teacher)
    assert question.entries.get().first_until == date(2026, 11, 3)
    assert question.paused_until == date(2026, 11, 16)


# The pause


def test_while_a_question_is_open_escalation_pauses_for_five_working_days(
    school: Organisation, policy: Policy, teacher: User, manager: User, head: User, on: Travel
) -> None:
    """The question's pause: others hear nothing, the person's own tasks go on."""
    on(late := MONDAY + timedelta(days=14 + 7))  # 7 days overdue: line manager's turn
    ask(policy, teacher)
    heard: dict[date, set[str]] = {}
    for days in range(10):
        on(day := late + timedelta(days=days))
        sweep(timezone.now())
        told = Notice.objects.filter(about=teacher, kind="policy.sign", created_at=timezone.now())
        heard[day] = set(told.values_list("recipient__name", flat=True))
    assert heard[late] == {teacher.name}
    resumed = [day for day, names in heard.items() if manager.name in names]
    assert resumed == [date(2026, 12, 1)]  # asked on the 23rd: the 24th to the 30th are paused
    assert heard[date(2026, 11, 30)] == {teacher.name}


def test_the_pause_ends_with_the_answer(policy: Policy, teacher: User, manager: User) -> None:
    question = ask(policy, teacher)
    assert pause(teacher) == date(2026, 11, 9)
    questions.answer(question, by=manager, words="Yes, from the school's account.")
    assert pause(teacher) is None
    questions.follow_up(question, by=teacher, words="And pictures?")
    assert pause(teacher) == date(2026, 11, 9)
    questions.close(question, by=teacher)
    assert pause(teacher) is None


def test_asking_again_does_not_pause_for_ever(
    policy: Policy, teacher: User, manager: User, on: Travel
) -> None:
    questions.close(ask(policy, teacher), by=teacher)
    on(date(2026, 11, 12))
    again = ask(policy, teacher, "And another thing?")
    assert again.paused_until is None
    assert pause(teacher) is None
    assert asked_to_answer() == {manager.name}


def test_a_new_version_that_asks_again_may_be_paused_for_again(
    policy: Policy, teacher: User, head: User
) -> None:
    ask(policy, teacher)
    publish_next(policy, by=head, change="minor")
    assert pause(teacher) == date(2026, 11, 9)
    assert ask(policy, teacher, "About the minor change?").paused_until is None
    publish_next(policy, by=head)
    assert pause(teacher) is None
    assert ask(policy, teacher, "About the new one?").paused_until == date(2026, 11, 9)


def test_the_database_allows_one_pause_a_version(policy: Policy, teacher: User) -> None:
    first = ask(policy, teacher)
    again = Question(
        person=teacher, organisation=first.organisation, policy=policy, version=first.version,
        asking=first.asking, paused_until=first.paused_until,
    )  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        again.save()


def test_a_school_may_do_without_the_pause(
    school: Organisation, policy: Policy, teacher: User, head: User
) -> None:
    organisations.change_settings(school, {"policies.question_pause_days": 0}, by=head)
    assert ask(policy, teacher).paused_until is None


def test_the_persons_own_page_says_that_the_question_is_open(
    policy: Policy, teacher: User, manager: User, client: Any
) -> None:
    question = ask(policy, teacher)
    client.force_login(teacher)
    assert b"Your question about it is open" in client.get("/").content
    questions.answer(question, by=manager, words="Yes.")
    assert b"Your question about it is open" not in client.get("/").content
