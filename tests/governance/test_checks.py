"""The check of a version is taken before signing, kindly marked and kept (D15)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from governance.models import CheckAnswer, CheckAttempt, Policy
from governance.services import checks, signing
from people.models import Organisation, User
from people.roles import Role
from people.services import organisations
from tests.factories import make_school, make_user
from tests.governance.checking import TEXT, take, with_check
from tests.governance.factories import make_head, make_policy, publish_next, sign
from trail.models import AuditEvent
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
    for left_out in policy.current.check_questions.exclude(pk=first.pk):
        assertContains(page, f"Choose an answer: {left_out.words}", status_code=422)
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
