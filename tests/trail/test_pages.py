"""The record can be read, in plain words, by those who may and by nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from people.models import Membership, Organisation, User
from people.roles import PERMISSIONS, Permission, Role
from tests.factories import make_member, make_person, make_school, make_trust, make_user
from trail import audit, words
from trail.models import AuditEvent

SCHOOL_ROLES = [role for role in Role if not role.startswith("trust_")]


def page_of(school: Organisation) -> str:
    return reverse("trail:school", args=[school.slug])


def page_about(target: Any, school: Organisation | None = None) -> str:
    at = school or target.organisation
    return reverse("trail:object", args=[at.slug, target._meta.label_lower, target.pk])


def write(school: Organisation, lines: int, by: User | None = None) -> None:
    with transaction.atomic():
        audit.record_many(
            audit.Entry("policy.remind", school, by, {"number": str(n)}) for n in range(lines)
        )


@pytest.fixture
def head(school: Organisation, client: Client) -> User:
    person = make_user(Role.HEAD, at=school, name="Zoë O'Brien")
    client.force_login(person)
    return person


OPEN: dict[int, bool | None] = {}


def as_opened(user: User, target_type: str, target_id: int) -> bool | None:
    if target_type != "people.membership":
        return None
    return OPEN.get(target_id)


@pytest.mark.parametrize("role", SCHOOL_ROLES)
def test_the_record_opens_to_the_roles_that_may_read_it(
    school: Organisation, client: Client, role: Role
) -> None:
    client.force_login(make_user(role, at=school))
    may = Permission.VIEW_TRAIL in PERMISSIONS[role]
    assert client.get(page_of(school)).status_code == (200 if may else 403)
    assert client.get(page_of(make_school())).status_code == 404
    assert client.post(page_of(school)).status_code == 405


def test_the_trust_reads_the_records_of_its_schools(client: Client, db: None) -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    client.force_login(make_user(Role.TRUST_LEAD, at=trust))
    assert client.get(page_of(school)).status_code == 200
    assert client.get(page_of(trust)).status_code == 200


def test_a_line_is_told_in_words(client: Client, school: Organisation, head: User) -> None:
    post = make_member(make_person(), school, Role.STAFF)
    with transaction.atomic():
        audit.record("membership.change", post, by=head, fields="job_title,department", note="")
    response = client.get(page_of(school))
    assertContains(response, "Zoë O&#x27;Brien")
    assertContains(response, "changed a person&#x27;s details at the school")
    assertContains(response, "fields: job title, department")
    assertNotContains(response, "note:")
    assertContains(response, page_about(post))
    assertContains(response, "The portal")


def test_times_are_told_as_the_clock_at_the_school_shows_them(
    client: Client, school: Organisation, head: User
) -> None:
    with time_machine.travel(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), tick=False):
        write(school, 1)
    assertContains(client.get(page_of(school)), "1 Jul 2026, 23:30")


def test_the_record_is_narrowed_by_kind_person_and_day(
    client: Client, school: Organisation, head: User
) -> None:
    with time_machine.travel(datetime(2026, 7, 1, 23, 30, tzinfo=UTC), tick=False):
        write(school, 1, by=head)  # half past midnight on 2 July in London

    def shown(**asked: str) -> int:
        return client.get(page_of(school), asked).context["page"].paginator.count

    total = AuditEvent.objects.filter(organisation=school).count()
    assert shown() == total == 3
    assert shown(about="membership") == 1
    assert shown(about="organisation") == 1
    assert shown(person="o'bri") == 1
    assert shown(person="nobody") == 0
    assert shown(since="2026-07-02", until="2026-07-02") == 1
    assert shown(since="2026-07-01", until="2026-07-01") == 0
    assert shown(about="membership", person="o'bri") == 0


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "tomorrow-ish"},
        {"about": "nonsense"},
        {"person": "x" * 500},
        {"person": "%_'\"<script>"},
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"page": "a"},
        {"page": "999999999999999999999"},
        {"page": "-1"},
    ],
)
def test_odd_questions_get_a_page_not_an_error(
    client: Client, school: Organisation, head: User, asked: dict[str, str]
) -> None:
    response = client.get(page_of(school), asked)
    assert response.status_code == 200
    assertNotContains(response, "<script>")


def test_the_pages_hold_fifty_lines_and_keep_the_question(
    client: Client, school: Organisation, head: User
) -> None:
    write(school, 120, by=head)
    response = client.get(page_of(school), {"person": "bri", "page": "2"})
    assertContains(response, "51 to 100 of 120")
    assertContains(response, "person=bri&amp;page=3")


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_a_long_record_costs_as_many_queries_as_a_short_one(
    client: Client, school: Organisation, head: User
) -> None:
    people = [make_person() for _ in range(10)]
    with transaction.atomic():
        audit.record_many(audit.Entry("policy.remind", school, by) for by in people)
    few = queries(client, page_of(school)), queries(client, page_about(school))
    with transaction.atomic():
        audit.record_many(audit.Entry("policy.remind", school, by) for by in people * 100)
    many = queries(client, page_of(school)), queries(client, page_about(school))
    assert few == many
    assert max(many) <= 8


def test_the_record_of_one_row_shows_its_lines_only(
    client: Client, school: Organisation, head: User
) -> None:
    post = make_member(make_person(), school, Role.STAFF)
    other = make_member(make_person(), school, Role.STAFF)
    response = client.get(page_about(post))
    assertContains(response, f"<h1>Membership {post.pk}</h1>")
    lines = response.context["page"]
    assert {line.target_id for line in lines} == {post.pk}
    assert client.get(page_about(other)).status_code == 200


def test_a_row_without_lines_or_of_another_school_does_not_exist(
    client: Client, school: Organisation, head: User
) -> None:
    elsewhere = make_member(make_person(), make_school(), Role.STAFF)
    assert client.get(page_about(elsewhere)).status_code == 404
    assert client.get(page_about(elsewhere, school)).status_code == 404
    assert client.get(page_about(Membership(pk=10**30), school)).status_code == 404


def test_an_app_opens_a_row_to_more_people_and_closes_one_to_others(
    client: Client, school: Organisation, settings: Any
) -> None:
    settings.TRAIL_SCOPES = [f"{__name__}.as_opened"]
    staff, head = make_user(Role.STAFF, at=school), make_user(Role.HEAD, at=school)
    post = Membership.objects.get(person=staff)

    def seen(answer: bool | None) -> list[int]:
        OPEN[post.pk] = answer
        found = []
        for person in (staff, head):
            client.force_login(person)
            found.append(client.get(page_about(post)).status_code)
        return found

    assert seen(None) == [403, 200]
    assertContains(client.get(page_about(post)), page_of(school) + '">Record')
    assert seen(True) == [200, 200]
    assert seen(False) == [403, 404]


def test_who_may_read_nothing_hears_the_same_for_every_id(
    client: Client, school: Organisation
) -> None:
    staff = make_user(Role.STAFF, at=school)
    post = Membership.objects.get(person=staff)
    client.force_login(staff)
    with_lines = client.get(page_about(Membership(pk=post.pk), school)).status_code
    without = client.get(page_about(Membership(pk=987654), school)).status_code
    assert with_lines == without == 403


def test_verbs_without_words_are_told_as_they_are_written() -> None:
    assert words.verb_words("organisation.found") == "added a trust or school"
    assert words.verb_words("rota.swap_day") == "rota: swap day"
    assert words.verb_words("policy.refused") == "tried what they may not: policy"
    assert words.target_words(AuditEvent(target_type="gone.away", target_id=3)) == "away 3"
