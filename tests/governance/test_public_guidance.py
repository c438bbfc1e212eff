"""A school's own page of guidance for pupils and parents (P13)."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from governance.guidance import STARTING_TEXT, shown_at
from governance.models import EducationEntry, GuidanceEdition
from governance.services import guidance
from people.models import Organisation, User
from people.roles import Role
from people.services import organisations
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_head
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust() -> Organisation:
    return make_trust("Elm Tree Trust")


@pytest.fixture
def school(trust: Organisation) -> Organisation:
    return make_school("Elm Park School", trust=trust)


@pytest.fixture
def head(school: Organisation, client: Client) -> User:
    person = make_user(Role.HEAD, at=school, name="Canary Head")
    client.force_login(person)
    return person


def at(name: str, school: Organisation, *args: int) -> str:
    return reverse(f"governance:{name}", args=[school.slug, *args])


def write(school: Organisation, by: User, body: str, *, after: int = 0) -> GuidanceEdition:
    return guidance.save(school, by=by, body=body, after=after)


def public(school: Organisation) -> str:
    """What a parent sees, or nothing."""
    page = Client().get(at("public_guidance", school))
    assert page.status_code in {200, 404}
    return page.content.decode() if page.status_code == 200 else ""


def test_a_school_begins_with_our_words_and_makes_them_its_own(
    client: Client, school: Organisation, head: User
) -> None:
    assertContains(client.get(at("guidance", school)), "Nothing is written yet")
    assertContains(client.get(at("guidance_edit", school)), "Be kind.")
    words = STARTING_TEXT.replace("Tell the school.", "Tell Room 12.")

    answer = client.post(at("guidance_edit", school), {"after": 0, "body": words}, follow=True)

    assertContains(answer, "Tell Room 12.")
    assertContains(answer, "nobody else sees it yet")
    assert public(school) == ""
    client.post(at("guidance_show", school, GuidanceEdition.objects.get().pk))
    assert "Tell Room 12." in public(school)
    assert "Canary" not in public(school)


def test_a_change_is_seen_by_nobody_before_it_is_shown(
    client: Client, school: Organisation, head: User
) -> None:
    guidance.show(write(school, head, "Old words."), by=head)
    second = write(school, head, "New words.", after=1)
    assert "Old words." in public(school)
    page = client.get(at("guidance", school))
    assertContains(page, "What is new in edition 2")
    client.post(at("guidance_show", school, second.pk))
    assert "New words." in public(school)


def test_an_earlier_edition_is_kept_and_can_be_shown_again(
    client: Client, school: Organisation, head: User
) -> None:
    first = write(school, head, "Old words.")
    guidance.show(first, by=head)
    guidance.show(write(school, head, "New words.", after=1), by=head)
    assertContains(client.get(at("guidance_edition", school, first.pk)), "Old words.")
    client.post(at("guidance_show", school, first.pk))
    assert "Old words." in public(school)


def test_the_page_can_be_taken_down(client: Client, school: Organisation, head: User) -> None:
    guidance.show(write(school, head, "Words."), by=head)
    client.post(at("guidance_take_down", school))
    assert public(school) == ""
    assertContains(client.get(at("guidance", school)), "Words.")
    with pytest.raises(RuleBroken, match="not shown"):
        guidance.take_down(school, by=head)


def test_the_second_of_two_writers_is_told_and_keeps_their_text(
    client: Client, school: Organisation, head: User
) -> None:
    write(school, head, "First.")
    write(school, make_head(school), "Theirs.", after=1)
    answer = client.post(at("guidance_edit", school), {"after": 1, "body": "Mine."})
    assertContains(answer, "Somebody else changed this page")
    assertContains(answer, "Mine.")
    assertContains(answer, "Theirs.")
    again = {"after": answer.context["form"]["after"].value(), "body": "Mine."}
    client.post(at("guidance_edit", school), again)
    assert GuidanceEdition.objects.first().body == "Mine."  # type: ignore[union-attr]


def test_saving_the_same_words_twice_makes_one_edition(school: Organisation, head: User) -> None:
    first = write(school, head, "Words.")
    assert write(school, head, "Words.\n") == first
    guidance.show(first, by=head)
    assert guidance.show(first, by=head) is None


@pytest.mark.parametrize("body", ["", "   ", "![a picture](https://example.org/x.png)", "---"])
def test_a_page_without_words_is_refused(
    client: Client, school: Organisation, head: User, body: str
) -> None:
    answer = client.post(at("guidance_edit", school), {"after": 0, "body": body})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not GuidanceEdition.objects.exists()


def test_what_looks_like_markup_is_text(school: Organisation, head: User) -> None:
    body = "<script>alert(1)</script> and [a link](javascript:alert(1))"
    guidance.show(write(school, head, body), by=head)
    assert "<script>" not in public(school)
    assert 'href="javascript' not in public(school)


def test_a_trusts_guidance_stands_where_a_school_has_none(
    trust: Organisation, school: Organisation, head: User
) -> None:
    lead = make_head(trust)
    guidance.show(write(trust, lead, "Of the trust."), by=lead)
    assert "Of the trust." in public(school)
    guidance.show(write(school, head, "Our own."), by=head)
    assert "Our own." in public(school)
    assert "Of the trust." not in public(school)
    assert shown_at(make_school()) is None


def test_what_was_taught_and_made_public_stands_below(school: Organisation, head: User) -> None:
    guidance.show(write(school, head, "Words."), by=head)
    for title, is_public in (("Kind chats", True), ("Only for us", False)):
        EducationEntry.objects.create(
            organisation=school, given_on=school.today(), kind="lesson", for_pupils=True,
            title=title, is_public=is_public, added_by=head,
        )  # fmt: skip
    assert "Kind chats" in public(school)
    assert "Only for us" not in public(school)


def test_the_page_follows_the_switch_of_the_public_page(
    client: Client, school: Organisation, head: User
) -> None:
    guidance.show(write(school, head, "Words."), by=head)
    organisations.change_settings(school, {"public.page": False}, by=head)
    assert public(school) == ""
    assertContains(client.get(at("guidance", school)), "switched off")


def test_the_list_leads_to_it_even_without_a_policy(school: Organisation, head: User) -> None:
    guidance.show(write(school, head, "Words."), by=head)
    page = Client().get(at("public_school", school))
    assertContains(page, at("public_guidance", school))
    assertNotContains(page, "policy-list")


def test_the_public_page_asks_six_questions_at_most_and_reads_no_cookie(
    school: Organisation, head: User
) -> None:
    guidance.show(write(school, head, "Words."), by=head)
    for number in range(200):
        EducationEntry.objects.create(
            organisation=school, given_on=school.today(), kind="lesson", for_pupils=True,
            title=f"Lesson {number}", is_public=True, added_by=head,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        page = Client().get(at("public_guidance", school))
    assert len(queries) <= 6
    assert page.cookies == {}
    assert "Cookie" not in page.headers.get("Vary", "")
    assert page.headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize("role", [Role.STAFF, Role.GOVERNOR, Role.IT])
def test_writing_it_is_not_for_everybody(school: Organisation, head: User, role: Role) -> None:
    edition = write(school, head, "Words.")
    person = make_user(role, at=school)
    with pytest.raises(PermissionDenied):
        write(school, person, "Mine.", after=1)
    with pytest.raises(PermissionDenied):
        guidance.show(edition, by=person)
    with pytest.raises(PermissionDenied):
        guidance.take_down(school, by=person)
    assert GuidanceEdition.objects.count() == 1


def test_each_step_is_on_record_without_words(school: Organisation, head: User) -> None:
    edition = write(school, head, "Canary.")
    guidance.show(edition, by=head)
    guidance.take_down(school, by=head)
    lines = AuditEvent.objects.filter(verb__startswith="guidance.").order_by("pk")
    assert [line.verb for line in lines] == [
        "guidance.save", "guidance.show", "guidance.take_down",
    ]  # fmt: skip
    assert all(line.details == {"number": "1"} for line in lines)


def test_the_database_itself_keeps_editions_and_when_they_were_shown(
    school: Organisation, head: User
) -> None:
    edition = write(school, head, "Words.")
    showing = guidance.show(edition, by=head)
    assert showing is not None
    for row, change in ((edition, {"body": "x"}), (showing, {"edition": None})):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).delete()
