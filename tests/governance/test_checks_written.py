"""The check of a version: written with the draft, frozen with it, read back as figures (D15)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from governance import checks as asked
from governance.models import CheckAnswer, CheckAttempt, CheckQuestion, Policy
from governance.services import checks, drafts, publishing, sign_off
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_user
from tests.governance.checking import TEXT, take, with_check, write
from tests.governance.factories import BODY, make_draft, make_head, make_policy
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def policy(school: Organisation, head: User) -> Policy:
    return with_check(school, head)


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Toni Teacher")


# Writing it


def test_three_to_five_questions_or_none(school: Organisation, head: User) -> None:
    version = make_draft(school, by=head, body=TEXT)
    write(version, head)
    with pytest.raises(RuleBroken, match="has 1 question"):
        publishing.publish(version, by=head, change="material")
    for number in (2, 3, 4, 5):
        write(version, head, number)
    with pytest.raises(RuleBroken, match="at most 5"):
        write(version, head, 6)
    for question in list(version.check_questions.all()):
        checks.remove(question, by=head)
    publishing.publish(version, by=head, change="material")


def test_a_part_that_was_taken_out_of_the_text_is_chosen_again(
    school: Organisation, head: User
) -> None:
    version = make_draft(school, by=head, body=TEXT)
    for number in (1, 2, 3):
        write(version, head, number)
    version = drafts.edit_text(
        version, edition=version.edition, by=head, title="A", number="1.0", body=BODY
    )
    with pytest.raises(RuleBroken, match="Question 1 of the check belongs to a part"):
        publishing.publish(version, by=head, change="material")


def test_a_text_without_headings_can_have_a_check(school: Organisation, head: User) -> None:
    version = make_draft(school, by=head, body="Be kind.")
    for number in (1, 2, 3):
        write(version, head, number, anchor="")
    publishing.publish(version, by=head, change="material")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"choices": ["Yes", "", ""], "right": 1}, "at least two answers"),
        ({"choices": ["Yes", "yes ", ""], "right": 1}, "say the same"),
        ({"choices": ["Yes", "No", ""], "right": 3}, "Say which answer is right"),
        ({"right": 7}, "Say which answer is right"),
        ({"anchor": "s-nowhere"}, "Choose the part"),
        ({"anchor": ""}, "Choose the part"),
    ],
)
def test_a_question_is_whole(
    school: Organisation, head: User, more: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RuleBroken, match=reason):
        write(make_draft(school, by=head, body=TEXT), head, **more)


def test_an_answer_left_empty_in_between_does_not_move_the_right_one(
    school: Organisation, head: User
) -> None:
    version = make_draft(school, by=head, body=TEXT)
    question = write(version, head, choices=["No", "", "Perhaps", "", "Yes"], right=5)
    assert [choice.words for choice in question.choices] == ["No", "Perhaps", "Yes"]
    assert question.right_words == "Yes"


def test_questions_after_a_removed_one_move_up(school: Organisation, head: User) -> None:
    version = make_draft(school, by=head, body=TEXT)
    made = [write(version, head, number) for number in (1, 2, 3)]
    checks.remove(made[0], by=head)
    left = version.check_questions.values_list("position", "words")
    assert list(left) == [(1, "Question 2?"), (2, "Question 3?")]


def test_the_second_of_two_writers_is_told_and_keeps_what_they_typed(
    school: Organisation, head: User, client: Client
) -> None:
    version = make_draft(school, by=head, body=TEXT)
    question = write(version, head)
    theirs = {"choices": ["No", "Yes"], "right": 2, "explanation": "So.", "anchor": "s-photographs"}
    checks.rewrite(question, by=head, edition=1, words="Their question?", **theirs)
    client.force_login(head)
    url = reverse("governance:quiz_edit", args=[question.pk])
    data = {"edition": "1", "words": "My question?", "choice_1": "No", "choice_2": "Yes",
            "right": "2", "explanation": "So.", "anchor": "s-photographs"}  # fmt: skip
    page = client.post(url, data)
    assertContains(page, "Somebody else changed this question", status_code=422)
    assertContains(page, "Their question?", status_code=422)
    assertContains(page, "My question?", status_code=422)
    again = client.post(url, {**data, "edition": "2"})
    assert again.status_code == 302
    question.refresh_from_db()
    assert question.words == "My question?"


def test_only_who_manages_the_policies_writes_the_check(
    school: Organisation, head: User, teacher: User
) -> None:
    version = make_draft(school, by=head, body=TEXT)
    with pytest.raises(PermissionDenied):
        write(version, teacher)
    question = write(version, head)
    with pytest.raises(PermissionDenied):
        checks.remove(question, by=teacher)


def test_while_signatories_read_it_the_check_stays_as_it_is(
    school: Organisation, head: User, client: Client
) -> None:
    version = make_draft(school, by=head, body=TEXT)
    for number in (1, 2, 3):
        write(version, head, number)
    chair = make_user(Role.CHAIR, at=school)
    drafts.set_signatories(version.policy, [Role.CHAIR], by=head)
    version = sign_off.send(version, by=head)
    with pytest.raises(RuleBroken, match="waiting for sign-off"):
        write(version, head, 4)
    client.force_login(chair)
    page = client.get(reverse("governance:sign_off", args=[version.pk]))
    assertContains(page, "The check that goes with it: 3 questions")
    assertContains(page, "Question 2?")


@pytest.mark.demand("D15")
def test_a_published_check_cannot_be_changed_and_the_next_draft_has_a_copy(
    policy: Policy, head: User
) -> None:
    question = CheckQuestion.objects.order_by("pk").first()
    assert question is not None
    for change in (
        lambda: CheckQuestion.objects.update(words="Another?"),
        lambda: CheckQuestion.objects.filter(pk=question.pk)._raw_delete("default"),
        lambda: CheckQuestion.objects.create(
            version=question.version, position=4, words="?", choice_1="a", choice_2="b", right=1,
            explanation="So.",
        ),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(RuleBroken, match="cannot be changed"):
        checks.remove(question, by=head)

    draft = drafts.start_version(policy, by=head)
    copied = draft.check_questions.values_list("position", "words", "right", "anchor")
    original = question.version.check_questions.values_list("position", "words", "right", "anchor")
    assert list(copied) == list(original)
    first = draft.check_questions.first()
    assert first is not None
    checks.remove(first, by=head)
    assert question.version.check_questions.count() == 3
    drafts.discard(draft, by=head)


def test_attempts_are_fixed(policy: Policy, teacher: User) -> None:
    take(policy, teacher, wrong=1)
    for change in (
        lambda: CheckAttempt.objects.update(right=3, passed=True),
        lambda: CheckAnswer.objects.update(is_right=True),
        lambda: CheckAnswer.objects.filter(is_right=False)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


# How it went


def test_the_author_learns_which_part_is_not_clear_and_nobodys_name(
    school: Organisation, policy: Policy, head: User, client: Client
) -> None:
    people = [make_user(Role.STAFF, at=school, name=f"Colleague Number{n}") for n in range(6)]
    for number, person in enumerate(people):
        take(policy, person, wrong=1 if number < 4 else 0)
        take(policy, person)
    client.force_login(head)
    assert policy.current is not None
    page = client.get(reverse("governance:quiz_results", args=[policy.current.pk]))
    assertContains(page, "6 people have taken it.")
    assertContains(page, "4 of 6 (66%)")
    assertContains(page, "Perhaps not clear", count=1)
    assertNotContains(page, "Colleague")


def test_under_five_people_nothing_is_shown(
    school: Organisation, policy: Policy, head: User, client: Client
) -> None:
    for _ in range(4):
        person = make_user(Role.STAFF, at=school)
        take(policy, person, wrong=1)
        take(policy, person, wrong=1)
    assert policy.current is not None
    assert asked.results(policy.current) == asked.Results(4, None)
    client.force_login(head)
    page = client.get(reverse("governance:quiz_results", args=[policy.current.pk]))
    assertContains(page, "Not enough answers yet")
    assertNotContains(page, "of 4")
    take(policy, make_user(Role.STAFF, at=school))
    lines = asked.results(policy.current).lines
    assert lines is not None
    assert [line.wrong for line in lines] == [4, 0, 0]


def test_a_version_without_a_check_says_so(
    school: Organisation, head: User, client: Client
) -> None:
    plain = make_policy(school, by=head)
    client.force_login(head)
    assert plain.current is not None
    for name in ("quiz_take", "quiz_results", "quiz"):
        page = client.get(reverse(f"governance:{name}", args=[plain.current.pk]))
        assertContains(page, "No check" if name != "quiz_take" else "There is no check")
