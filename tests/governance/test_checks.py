"""The check of a version: written with the draft, frozen with it, taken before signing (D15)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from governance import checks as asked
from governance.models import CheckAnswer, CheckAttempt, CheckQuestion, Policy, PolicyVersion
from governance.services import checks, drafts, publishing, sign_off, signing
from people.models import Organisation, User
from people.roles import Role
from people.services import organisations
from tests.factories import make_school, make_user
from tests.governance.factories import BODY, make_draft, make_head, make_policy, publish_next, sign
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
TEXT = BODY + "\n## Photographs\n\nAsk before you post one.\n"


def write(version: PolicyVersion, by: User, number: int = 1, **more: Any) -> CheckQuestion:
    data: dict[str, Any] = {
        "words": f"Question {number}?",
        "choices": ["No", "Yes", "Only on Sundays", "", ""],
        "right": 2,
        "explanation": "The policy says so.",
        "anchor": "s-photographs",
        **more,
    }
    return checks.write(version, by=by, **data)


def with_check(school: Organisation, head: User, questions: int = 3, **more: Any) -> Policy:
    """A policy in force whose check asks so many questions."""
    version = make_draft(school, by=head, body=TEXT, **more)
    for number in range(questions):
        write(version, head, number + 1)
    publishing.publish(version, by=head, change="material")
    return Policy.objects.select_related("current", "owner").get(pk=version.policy_id)


def take(policy: Policy, person: User, *, wrong: int = 0) -> CheckAttempt:
    """Answer all of them, the first `wrong` wrongly."""
    version = policy.current
    assert version is not None
    questions = list(version.check_questions.all())
    chosen = {one.pk: 1 if at < wrong else 2 for at, one in enumerate(questions)}
    return checks.take(version, by=person, chosen=chosen)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def policy(school: Organisation, head: User) -> Policy:
    return with_check(school, head)


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Toni Teacher")


# Before signing


@pytest.mark.demand("D15")
def test_a_version_with_a_check_is_signed_after_the_check_is_passed(
    policy: Policy, teacher: User
) -> None:
    with pytest.raises(signing.CheckFirst, match="Do the short check"):
        sign(policy, teacher)
    assert not take(policy, teacher, wrong=1).passed
    with pytest.raises(signing.CheckFirst):
        sign(policy, teacher)
    assert take(policy, teacher).passed
    assert sign(policy, teacher).person == teacher


def test_somebody_elses_attempt_does_not_count(
    school: Organisation, policy: Policy, teacher: User
) -> None:
    take(policy, make_user(Role.STAFF, at=school))
    with pytest.raises(signing.CheckFirst):
        sign(policy, teacher)


def test_a_school_may_leave_the_check_to_the_reader(
    school: Organisation, policy: Policy, teacher: User, head: User, client: Client
) -> None:
    organisations.change_settings(school, {"policies.check_before_signing": False}, by=head)
    client.force_login(teacher)
    page = client.get(policy.get_absolute_url())
    assertContains(page, "see with a short check what you remember")
    assertContains(page, "Type your full name to sign")
    assert sign(policy, User.objects.get(pk=teacher.pk))


def test_the_new_text_has_its_own_check(policy: Policy, teacher: User, head: User) -> None:
    take(policy, teacher)
    publish_next(policy, by=head, body=TEXT + "\nMore.\n")
    with pytest.raises(signing.CheckFirst):
        sign(policy, teacher)


def test_the_reading_page_offers_the_check_and_then_the_place_to_sign(
    policy: Policy, teacher: User, client: Client
) -> None:
    client.force_login(teacher)
    page = client.get(policy.get_absolute_url())
    assertContains(page, "First a short check")
    assertNotContains(page, "Type your full name to sign")
    take(policy, teacher)
    page = client.get(policy.get_absolute_url())
    assertContains(page, "You have passed the check")
    assertContains(page, "Type your full name to sign")


def test_who_posts_a_signature_all_the_same_is_told_why_not(
    policy: Policy, teacher: User, client: Client
) -> None:
    client.force_login(teacher)
    assert policy.current is not None
    data = {"displayed": policy.current.content_hash, "typed_name": teacher.name}
    page = client.post(reverse("governance:sign", args=[policy.pk]), data)
    assertContains(page, "Do the short check", status_code=422)


# Taking it


@pytest.mark.demand("D15")
def test_a_wrong_answer_leads_back_to_the_clause_and_every_attempt_is_kept(
    policy: Policy, teacher: User, client: Client
) -> None:
    client.force_login(teacher)
    assert policy.current is not None
    url = reverse("governance:quiz_take", args=[policy.current.pk])
    first, second, third = policy.current.check_questions.all()
    answers = {f"q{first.pk}": "1", f"q{second.pk}": "2", f"q{third.pk}": "2"}

    page = client.post(url, answers, follow=True)
    assertContains(page, "2 of 3 are right")
    assertContains(page, f'href="{policy.get_absolute_url()}#s-photographs"', count=1)
    assertContains(page, "Not quite.", count=1)
    assertContains(page, "The policy says so.", count=2)

    answers[f"q{first.pk}"] = "2"
    response = client.post(url, answers)
    assert response["Location"] == f"{policy.get_absolute_url()}#sign"
    kept = CheckAttempt.objects.order_by("pk").values_list("right", "asked", "passed")
    assert list(kept) == [(2, 3, False), (3, 3, True)]
    assert CheckAnswer.objects.filter(is_right=False).get().question == first


def test_a_question_left_out_is_asked_for_and_counts_as_no_attempt(
    policy: Policy, teacher: User, client: Client
) -> None:
    client.force_login(teacher)
    assert policy.current is not None
    url = reverse("governance:quiz_take", args=[policy.current.pk])
    first = policy.current.check_questions.first()
    assert first is not None
    page = client.post(url, {f"q{first.pk}": "2"})
    assertContains(page, "Choose an answer.", status_code=422)
    assert not CheckAttempt.objects.exists()


@pytest.mark.parametrize("number", [0, 4, 99, -1])
def test_an_answer_that_was_not_offered_is_none(policy: Policy, teacher: User, number: int) -> None:
    assert policy.current is not None
    chosen = {one.pk: number for one in policy.current.check_questions.all()}
    with pytest.raises(RuleBroken, match="Choose an answer to each"):
        checks.take(policy.current, by=teacher, chosen=chosen)


def test_who_need_not_sign_leaves_no_answers(policy: Policy) -> None:
    stranger = make_user(Role.STAFF, at=make_school())
    with pytest.raises(RuleBroken, match="not addressed to you"):
        take(policy, stranger)


def test_thirty_attempts_a_day_are_enough(policy: Policy, teacher: User) -> None:
    for _ in range(30):
        take(policy, teacher, wrong=1)
    with pytest.raises(RuleBroken, match="30 times today"):
        take(policy, teacher)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert take(policy, teacher).passed


def test_an_earlier_version_is_not_checked_any_more(
    policy: Policy, teacher: User, head: User, client: Client
) -> None:
    earlier = policy.current
    assert earlier is not None
    publish_next(policy, by=head, body=TEXT + "\nMore.\n")
    with pytest.raises(RuleBroken, match="replaced meanwhile"):
        checks.take(earlier, by=teacher, chosen={})
    client.force_login(teacher)
    response = client.get(reverse("governance:quiz_take", args=[earlier.pk]))
    assert response["Location"] == earlier.get_absolute_url()


def test_nobody_sees_how_a_colleague_did(policy: Policy, teacher: User, head: User) -> None:
    take(policy, teacher, wrong=2)
    assert not CheckAttempt.objects.visible_to(head).exists()
    assert CheckAttempt.objects.visible_to(teacher).count() == 1
    line = AuditEvent.objects.get(verb="check.take")
    assert line.details == {}


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


def test_who_signs_several_at_once_finds_the_checks_that_come_first(
    school: Organisation, policy: Policy, teacher: User, head: User, client: Client
) -> None:
    plain = make_policy(school, by=head)
    client.force_login(teacher)
    assert policy.current is not None
    assert plain.current is not None
    url = reverse("governance:quiz_take", args=[policy.current.pk])
    assertContains(client.get(reverse("governance:sitting")), f'href="{url}"')
    with pytest.raises(signing.CheckFirst, match=policy.title):
        signing.sign_together(
            [policy.pk, plain.pk],
            by=teacher,
            displayed=f"{policy.current.content_hash} {plain.current.content_hash}",
            typed_name=teacher.name,
        )
    assert sign(plain, teacher)
    take(policy, teacher)
    assertNotContains(client.get(reverse("governance:sitting")), url)
