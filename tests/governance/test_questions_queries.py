"""Questions and checks ask as much of the database at 10 rows as at 1,000."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance.models import (
    CheckAnswer,
    CheckAttempt,
    Policy,
    Question,
    QuestionEntry,
    QuestionWords,
    SharedAnswer,
)
from governance.questions import ANSWERS
from governance.services import questions
from notices.health import BEAT
from notices.services import beat
from people.models import Organisation, User
from people.roles import Role
from tests.crowds import many_people
from tests.factories import make_user
from tests.governance.checking import take, with_check
from tests.governance.factories import make_head, make_policy
from tests.queries import visit
from tests.test_queries import constant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _worker_runs(db: None) -> None:
    beat(BEAT)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def manager(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school)


@pytest.fixture
def policy(school: Organisation, head: User) -> Policy:
    return make_policy(school, by=head)


def many_questions(policy: Policy, askers: list[User], school: Organisation) -> list[Question]:
    """An open question of each of them, written past the services."""
    asker = askers[0]
    first = questions.ask(policy, by=asker, words="Why?")
    opened = first.entries.get()
    made = Question.objects.bulk_create(
        Question(
            person=one, organisation=school, policy=policy, version=first.version,
            asking=first.asking, paused_until=first.paused_until,
        )
        for one in askers[1:]
    )  # fmt: skip
    entries = QuestionEntry.objects.bulk_create(
        QuestionEntry(
            question=one, kind="asked", by=one.person, first_until=opened.first_until,
            second_until=opened.second_until, third_until=opened.third_until,
        )
        for one in made
    )  # fmt: skip
    QuestionWords.objects.bulk_create(QuestionWords(entry=one, words="Why?") for one in entries)
    for question, entry in zip(made, entries, strict=True):
        question.waiting = entry
    Question.objects.bulk_update(made, ["waiting"])
    return [first, *made]


def grow_questions(policy: Policy, school: Organisation, manager: User) -> Any:
    return lambda more: many_questions(policy, many_people(school, more, manager=manager), school)


@pytest.mark.demand("H1")
def test_the_tasks_of_somebody_with_many_questions_to_answer(
    school: Organisation, policy: Policy, manager: User
) -> None:
    grow = grow_questions(policy, school, manager)
    page = constant(manager, reverse("overview:home"), grow, ceiling=8)
    assert page.body.count(b"Answer a question") >= 1_000


@pytest.mark.parametrize("query", ["", "?state=open", "?state=all&q=why", "?state=answered&page=2"])
def test_the_questions_somebody_has_to_answer(
    school: Organisation, policy: Policy, manager: User, query: str
) -> None:
    grow = grow_questions(policy, school, manager)
    constant(manager, reverse("governance:question_inbox") + query, grow, ceiling=8)


def test_those_who_manage_see_the_same_list(
    school: Organisation, policy: Policy, manager: User, head: User
) -> None:
    grow = grow_questions(policy, school, manager)
    constant(head, reverse("governance:question_inbox") + "?state=all", grow, ceiling=8)


@pytest.mark.parametrize("query", ["", "?q=policy"])
def test_my_own_questions(school: Organisation, policy: Policy, query: str) -> None:
    teacher = make_user(Role.STAFF, at=school)

    def grow(more: int) -> None:
        found = many_questions(policy, many_people(school, more), school)[1:]
        theirs = [
            Question(
                person=teacher, organisation=school, policy=policy, version=one.version,
                asking=one.asking,
            )
            for one in found
        ]  # fmt: skip
        for one in Question.objects.bulk_create(theirs):
            QuestionEntry.objects.create(question=one, kind="answer", by=teacher)

    constant(teacher, reverse("governance:question_mine") + query, grow, ceiling=8)


def test_one_question_among_many(school: Organisation, policy: Policy, manager: User) -> None:
    (first,) = many_questions(policy, many_people(school, 1, manager=manager), school)

    def grow(more: int) -> None:
        for number in range(more // 3):
            questions.follow_up(first, by=first.person, words=f"And {more}, {number}?")

    constant(manager, first.get_absolute_url(), grow, ceiling=12, many=100)


def test_what_others_asked_below_a_text(
    school: Organisation, policy: Policy, manager: User, head: User
) -> None:
    def grow(more: int) -> None:
        SharedAnswer.objects.bulk_create(
            SharedAnswer(
                question=one, policy=policy, version=one.version, asked="Why?", answer="So.",
                shared_by=head,
            )
            for one in many_questions(policy, many_people(school, more), school)
        )  # fmt: skip

    teacher = make_user(Role.STAFF, at=school)
    url = reverse("governance:read", args=[policy.pk])
    page = constant(teacher, url, grow, ceiling=12, many=100)
    assert page.body.count(b"<summary>Why?") == 100


def test_the_sweep_asks_the_same_of_many_questions(
    school: Organisation, policy: Policy, manager: User
) -> None:
    counts = []
    for more in (10, 990):
        many_questions(policy, many_people(school, more, manager=manager), school)
        with CaptureQueriesContext(connection) as queries:
            duties = list(ANSWERS.owed(User.objects.all(), timezone.localdate()))
        counts.append(len(queries))
    assert len(duties) == 1_000
    assert counts[0] == counts[1] <= 3


def many_attempts(policy: Policy, people: list[User]) -> None:
    version = policy.current
    assert version is not None
    asked = list(version.check_questions.all())
    attempts = CheckAttempt.objects.bulk_create(
        CheckAttempt(person=one, version=version, right=2, asked=3, passed=False) for one in people
    )
    CheckAnswer.objects.bulk_create(
        CheckAnswer(attempt=attempt, question=one, chosen=1, is_right=bool(at))
        for attempt in attempts
        for at, one in enumerate(asked)
    )


def test_how_a_check_went(school: Organisation, head: User) -> None:
    policy = with_check(school, head)
    assert policy.current is not None
    url = reverse("governance:quiz_results", args=[policy.current.pk])
    page = constant(
        head, url, lambda more: many_attempts(policy, many_people(school, more)), ceiling=8
    )
    assert b"1000 of 1000 (100%)" in page.body


def test_taking_a_check(school: Organisation, head: User) -> None:
    policy = with_check(school, head)
    assert policy.current is not None
    url = reverse("governance:quiz_take", args=[policy.current.pk])
    teacher = make_user(Role.STAFF, at=school)
    constant(
        teacher, url, lambda more: many_attempts(policy, many_people(school, more)), ceiling=12
    )


@pytest.mark.demand("H2")
@pytest.mark.parametrize("checked", [False, True])
def test_a_check_costs_a_signature_no_query(
    school: Organisation, head: User, *, checked: bool
) -> None:
    policy = with_check(school, head, questions=3 if checked else 0)
    teacher = make_user(Role.STAFF, at=school)
    if checked:
        take(policy, teacher)
    assert policy.current is not None
    data = {"displayed": policy.current.content_hash, "typed_name": teacher.name}
    page = visit(teacher, reverse("governance:sign", args=[policy.pk]), data, method="post")
    assert page.response.status_code == 302
    assert len(page) <= 12, page


@pytest.mark.parametrize("checked", [False, True])
def test_reading_a_policy_with_a_check(school: Organisation, head: User, *, checked: bool) -> None:
    policy = with_check(school, head, questions=3 if checked else 0)
    teacher = make_user(Role.STAFF, at=school)
    page = visit(teacher, reverse("governance:read", args=[policy.pk]))
    assert len(page) <= 12, page


def test_what_a_readers_page_says_costs_little(school: Organisation, policy: Policy) -> None:
    teacher = make_user(Role.STAFF, at=school)
    assert policy.current is not None
    url = reverse("governance:reading_evidence", args=[policy.current.pk])
    page = visit(teacher, url, {"seconds": "30"}, method="post")
    assert page.response.status_code == 204
    assert len(page) <= 14, page
