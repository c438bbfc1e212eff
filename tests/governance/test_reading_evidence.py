"""Time on the page and reaching the end: evidence beside a signature, never in the way (D16)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from governance.models import Policy, PolicyVersion, ReadingEvidence
from governance.services import reading_evidence
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.governance.factories import make_draft, make_head, make_policy, publish_next, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Any:
    with time_machine.travel("2026-11-02 09:00", tick=False) as found:
        yield found


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def policy(school: Organisation, head: User) -> Policy:
    return make_policy(school, by=head)


@pytest.fixture
def version(policy: Policy) -> PolicyVersion:
    assert policy.current is not None
    return policy.current


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school)


def tell(client: Client, version: PolicyVersion, **data: str) -> int:
    url = reverse("governance:reading_evidence", args=[version.pk])
    return client.post(url, data).status_code


@pytest.mark.demand("D16")
def test_time_on_the_page_and_reaching_the_end_are_on_the_receipt(
    client: Client, policy: Policy, version: PolicyVersion, teacher: User, head: User, clock: Any
) -> None:
    client.force_login(teacher)
    assert tell(client, version, seconds="100") == 204
    clock.shift(timedelta(minutes=5))
    assert tell(client, version, seconds="260", end="1") == 204
    receipt = sign(policy, teacher).get_absolute_url()

    assertContains(client.get(receipt), "You had this text open for about 6 minutes, to its end.")
    client.force_login(head)
    assertContains(client.get(receipt), "This text was open for about 6 minutes, to its end.")


@pytest.mark.demand("D16")
def test_it_blocks_nobody(client: Client, policy: Policy, teacher: User) -> None:
    receipt = sign(policy, teacher).get_absolute_url()
    client.force_login(teacher)
    assertNotContains(client.get(receipt), "open for")


def test_opening_the_page_writes_nothing_and_says_what_will_be(
    client: Client, policy: Policy, teacher: User
) -> None:
    client.force_login(teacher)
    page = client.get(policy.get_absolute_url())
    assertContains(page, "data-reading=", count=1)
    assertContains(page, "how long the text was in view")
    assert not ReadingEvidence.objects.exists()


def test_who_need_not_sign_is_not_watched(client: Client, policy: Policy, teacher: User) -> None:
    sign(policy, teacher)
    client.force_login(teacher)
    page = client.get(policy.get_absolute_url())
    assertNotContains(page, "data-reading=")
    assertNotContains(page, "js/reading.js")


def test_what_comes_after_the_signature_is_not_kept(
    policy: Policy, version: PolicyVersion, teacher: User, clock: Any
) -> None:
    reading_evidence.tell(version, by=teacher, seconds=60, reached_end=False)
    sign(policy, teacher)
    clock.shift(timedelta(seconds=10))  # the page is being left
    assert reading_evidence.tell(version, by=teacher, seconds=10, reached_end=True)
    clock.shift(timedelta(hours=1))
    assert reading_evidence.tell(version, by=teacher, seconds=900, reached_end=True) is None
    assert ReadingEvidence.objects.get().seconds == 70


@pytest.mark.parametrize("seconds", ["-5", "1e9", "ten", "", "٣٣", "9" * 400, "0x10", "NaN", "1.5"])
def test_hostile_values_come_to_nothing_or_an_hour(
    client: Client, version: PolicyVersion, teacher: User, seconds: str
) -> None:
    client.force_login(teacher)
    assert tell(client, version, seconds=seconds) == 204
    row = ReadingEvidence.objects.first()
    assert row is None or row.seconds <= 3600


def test_no_more_time_counts_than_has_passed(
    version: PolicyVersion, teacher: User, clock: Any
) -> None:
    reading_evidence.tell(version, by=teacher, seconds=100, reached_end=False)
    for _ in range(50):  # fifty windows, or a script
        reading_evidence.tell(version, by=teacher, seconds=3600, reached_end=False)
    assert ReadingEvidence.objects.get().seconds == 100
    clock.shift(timedelta(seconds=30))
    reading_evidence.tell(version, by=teacher, seconds=3600, reached_end=False)
    assert ReadingEvidence.objects.get().seconds == 130


def test_it_ends_at_four_hours(version: PolicyVersion, teacher: User, clock: Any) -> None:
    for _ in range(9):
        reading_evidence.tell(version, by=teacher, seconds=3600, reached_end=False)
        clock.shift(timedelta(hours=1))
    assert ReadingEvidence.objects.get().seconds == 4 * 3600
    with pytest.raises(DatabaseError), transaction.atomic():
        ReadingEvidence.objects.update(seconds=4 * 3600 + 1)


def test_the_first_time_and_the_first_end_stay(
    version: PolicyVersion, teacher: User, clock: Any
) -> None:
    now = timezone.now()
    reading_evidence.tell(version, by=teacher, seconds=60, reached_end=True)
    clock.shift(timedelta(days=1))
    reading_evidence.tell(version, by=teacher, seconds=60, reached_end=True)
    row = ReadingEvidence.objects.get()
    assert (row.first_opened_at, row.reached_end_at) == (now - timedelta(seconds=60), now)


def test_of_a_text_they_cannot_read_or_a_draft_nothing_is_taken(
    client: Client, school: Organisation, head: User, version: PolicyVersion
) -> None:
    client.force_login(make_user(Role.STAFF, at=make_school()))
    assert tell(client, version, seconds="10") == 404
    client.force_login(head)
    assert tell(client, make_draft(school, by=head), seconds="10") == 404
    assert not ReadingEvidence.objects.exists()


def test_who_reads_without_having_to_sign_leaves_no_trace(
    client: Client, school: Organisation, head: User, version: PolicyVersion
) -> None:
    for_governors = make_policy(school, by=head, audience=[{"role": Role.GOVERNOR}]).current
    assert for_governors is not None
    reader = make_user(Role.STAFF, at=school)
    client.force_login(reader)
    assert tell(client, for_governors, seconds="10") == 204
    replaced = publish_next(version.policy, by=head).policy.versions.order_by("ordinal").first()
    assert replaced == version
    assert tell(client, version, seconds="10") == 204
    assert not ReadingEvidence.objects.exists()


def test_others_see_it_with_a_signature_only(
    policy: Policy, version: PolicyVersion, teacher: User, head: User
) -> None:
    reading_evidence.tell(version, by=teacher, seconds=10, reached_end=False)
    assert ReadingEvidence.objects.visible_to(teacher).exists()
    assert not ReadingEvidence.objects.visible_to(head).exists()
    sign(policy, teacher)
    assert ReadingEvidence.objects.visible_to(head).exists()
    colleague = make_user(Role.STAFF, at=policy.owner)
    assert not ReadingEvidence.objects.visible_to(colleague).exists()


def test_without_a_token_of_the_page_nothing_is_taken(
    version: PolicyVersion, teacher: User
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(teacher)
    assert tell(strict, version, seconds="10") == 403
