"""What is said about a draft on its way to being signed off (P2)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from governance.models import Comment, Policy, PolicyVersion, Resolution
from governance.services import commenting, drafts, publishing, sign_off
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.governance.factories import make_head, make_in_sign_off
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
TEXT = "## Pictures\n\nAsk before you post.\n\n## Names\n\nNever name a child.\n"


def at(name: str, *args: Any) -> str:
    return reverse(f"governance:{name}", args=args)


def said(response: HttpResponse) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(text).split())


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def chair(school: Organisation) -> User:
    return make_user(Role.CHAIR, at=school, name="Chris Chair")


@pytest.fixture
def version(school: Organisation, head: User) -> PolicyVersion:
    return make_in_sign_off(school, by=head, body=TEXT)


def reworked(version: PolicyVersion, by: User, body: str, **more: Any) -> PolicyVersion:
    words = {"title": version.title, "number": version.number, "body": body}
    return drafts.edit_text(version, edition=version.edition, by=by, **words, **more)


def test_a_signatory_comments_on_one_heading(
    client: Client, version: PolicyVersion, chair: User
) -> None:
    client.force_login(chair)

    client.post(at("comment", version.pk), {"anchor": "s-names", "text": "Nor a pupil’s pet."})

    comment = Comment.objects.get()
    assert (comment.anchor, comment.heading, comment.edition) == ("s-names", "Names", 1)
    page = said(client.get(at("sign_off", version.pk)))
    assert "Chris Chair" in page
    assert "on “Names” Nor a pupil’s pet." in page


@pytest.mark.parametrize(
    "typed", [{"text": ""}, {"text": "  "}, {"text": "A", "anchor": "s-none"}, {"text": "x" * 2001}]
)
def test_a_comment_says_something_about_something_that_is_there(
    client: Client, version: PolicyVersion, chair: User, typed: dict[str, str]
) -> None:
    client.force_login(chair)

    response = client.post(at("comment", version.pk), typed)

    assert response.status_code == 200
    assert response.context["comment_form"].errors
    assert not Comment.objects.exists()


def test_a_heading_that_went_meanwhile_keeps_its_words_in_the_comment(
    version: PolicyVersion, head: User, chair: User
) -> None:
    comment = commenting.comment(version, by=chair, text="Nor a pet.", anchor="s-names")
    draft = sign_off.take_back(version, by=head)
    draft = reworked(draft, head, "## Pictures\n\nAsk first.\n")

    assert comment.heading == "Names"
    with pytest.raises(RuleBroken, match="not in the text any more"):
        commenting.comment(draft, by=chair, text="And?", anchor="s-names")


def test_only_those_who_see_drafts_comment_and_only_before_publication(
    school: Organisation, version: PolicyVersion, head: User, chair: User
) -> None:
    for outsider in (make_user(Role.STAFF, at=school), make_user(Role.CHAIR, at=make_school())):
        with pytest.raises(PermissionDenied):
            commenting.comment(version, by=outsider, text="Hello.")
    comment = commenting.comment(version, by=chair, text="Fine.")
    sign_off.sign(version, by=chair, displayed=version.content_hash)
    published = publishing.publish(version, by=head, change="material")

    with pytest.raises(RuleBroken, match="takes no comments"):
        commenting.comment(published, by=chair, text="Too late.")
    with pytest.raises(RuleBroken, match="takes no comments"):
        commenting.tick_off(Comment.objects.get(pk=comment.pk), by=head)


def test_the_writer_ticks_comments_off_while_saving_the_text(
    client: Client, version: PolicyVersion, head: User, chair: User
) -> None:
    first = commenting.comment(version, by=chair, text="Name the playground.")
    second = commenting.comment(version, by=chair, text="And the bus.")
    version = sign_off.send_back(version, by=chair, note="See my comments.")
    client.force_login(head)
    page = said(client.get(at("edit", version.pk)))
    assert "This text was sent back" in page
    assert all(text in page for text in (first.text, second.text, "See my comments."))

    typed = {"edition": 1, "title": version.title, "number": "1.0", "body": "The playground."}
    client.post(at("edit", version.pk), {**typed, "done": [first.pk]})

    assert Resolution.objects.get().comment == first
    assert Comment.objects.waiting().count() == 2  # the second, and the note it came back with


def test_a_save_that_comes_second_ticks_nothing_off(
    client: Client, version: PolicyVersion, head: User, chair: User
) -> None:
    comment = commenting.comment(version, by=chair, text="Name the playground.")
    version = sign_off.send_back(version, by=chair, note="See there.")
    reworked(version, make_user(Role.SLT, at=version.organisation), "First.")
    client.force_login(head)

    typed = {"edition": 1, "title": version.title, "number": "1.0", "body": "Second."}
    response = client.post(at("edit", version.pk), {**typed, "done": [comment.pk]})

    assert "Somebody else changed this draft" in said(response)
    assert "Second." in response.content.decode()
    assert f'id="done-{comment.pk}" checked' in response.content.decode()
    assert not Resolution.objects.exists()


def test_a_comment_is_ticked_off_with_an_answer_by_its_writer_or_a_manager(
    client: Client, version: PolicyVersion, head: User, chair: User
) -> None:
    mine = commenting.comment(version, by=chair, text="One.")
    lead = make_user(Role.DSL, at=version.organisation)
    theirs = commenting.comment(version, by=lead, text="Two.")
    client.force_login(chair)
    assert client.post(at("comment_done", theirs.pk)).status_code == 403
    client.post(at("comment_done", mine.pk))
    client.force_login(head)
    client.post(at("comment_done", theirs.pk), {"answer": "It stands in section 2."})

    assert Resolution.objects.count() == 2
    assert "It stands in section 2." in said(client.get(at("sign_off", version.pk)))


def test_comments_of_another_school_are_not_there(client: Client, version: PolicyVersion) -> None:
    comment = commenting.comment(version, by=make_user(Role.DSL, at=version.organisation), text="A")
    client.force_login(make_head(make_school()))

    assert client.post(at("comment_done", comment.pk)).status_code == 404
    assert client.post(at("comment", version.pk), {"text": "B"}).status_code == 404


def test_throwing_a_draft_away_takes_what_was_said_along(
    version: PolicyVersion, head: User, chair: User
) -> None:
    comment = commenting.comment(version, by=chair, text="No.")
    commenting.tick_off(comment, by=head, answer="Yes.")
    version = sign_off.send_back(version, by=chair, note="No.")

    drafts.discard(version, by=head)

    assert not Comment.objects.exists()
    assert not Policy.objects.exists()
