"""What people send by mistake or on purpose: a clear sentence, and nothing half-saved."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from files.models import StoredFile
from governance.models import Exemption, Policy, PolicyVersion, Signature
from governance.services import drafts
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.governance.factories import BODY, make_draft, make_policy
from trail.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(school: Organisation, client: Client) -> User:
    """The head, signed in."""
    person = make_user(Role.HEAD, at=school)
    client.force_login(person)
    return person


@pytest.fixture
def draft(school: Organisation, head: User) -> PolicyVersion:
    return make_draft(school, by=head, title="Trips")


def at(name: str, *args: Any) -> str:
    return reverse(f"governance:{name}", args=args)


def said(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


def rows() -> tuple[int, ...]:
    models = (Policy, PolicyVersion, Signature, Exemption, StoredFile, AuditEvent)
    return tuple(model.objects.count() for model in models)


# Files


@pytest.mark.demand("D8")
@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.txt", b"", "This file is empty."),
        ("blank.txt", b" \n\n \t\n", ""),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + b"\x00" * 200, ""),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 200, ""),
        ("program.txt", b"MZ\x90\x00" + bytes(range(256)) * 8, ""),
        ("letter.docx", b"PK\x03\x04" + b"\x00" * 100, ""),
        ("sheet.xlsx", b"PK\x03\x04" + b"\x00" * 100, ""),
        ("large.txt", b"We post with care. " * 1_200_000, "20 MB"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_in_a_sentence(
    client: Client, school: Organisation, head: User, name: str, data: bytes, sentence: str
) -> None:
    before = rows()
    response = client.post(at("import", school.slug), {"file": SimpleUploadedFile(name, data)})
    assert response.status_code == 200
    errors = response.context["form"].errors["file"]
    assert len(errors) >= 1
    assert sentence in " ".join(errors)
    assert "Traceback" not in said(response)
    assert rows() == before


def test_importing_nothing_asks_for_a_file(
    client: Client, school: Organisation, head: User
) -> None:
    assert "Choose a file." in said(client.post(at("import", school.slug), {"sent": "1"}))


def test_a_file_of_another_school_cannot_be_kept_as_a_policy_here(
    client: Client, school: Organisation, head: User
) -> None:
    other = make_school()
    make_draft(other)
    client.force_login(make_user(Role.HEAD, at=other))
    text = SimpleUploadedFile("theirs.txt", b"Their policy\n\nWe post with care.\n")
    client.post(at("import", other.slug), {"file": text})
    theirs = StoredFile.objects.get(organisation=other)
    client.force_login(head)
    before = rows()
    data = {"title": "Mine", "number": "1.0", "review_months": "12", "body": "Words."}
    for number in (theirs.pk, 0, int("9" * 30)):
        address = at("import_preview", school.slug, number)
        assert client.get(address).status_code == 404
        assert client.post(address, data).status_code == 404
    assert rows() == before


# Text


def save_text(client: Client, draft: PolicyVersion, **values: Any) -> HttpResponse:
    data = {"edition": draft.edition, "title": draft.title, "number": draft.number, "body": BODY}
    return client.post(at("edit", draft.pk), data | values)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "The policy has no text yet."),
        ("   \n\n", "The policy has no text yet."),
        ("![The school from above](school.png)", "There are no words in this text"),
        ("<!-- nothing -->", ""),
        ("a" * (5 * 1024 * 1024), "500,000 at most"),
    ],
)
def test_a_text_nobody_could_sign_is_not_saved(
    client: Client, draft: PolicyVersion, body: str, sentence: str
) -> None:
    response = save_text(client, draft, body=body)
    if sentence:
        assert response.status_code == 200
        assert sentence in said(response)
        draft.refresh_from_db()
        assert draft.body == BODY
    else:
        assert response.status_code in {200, 302}


def test_a_body_beyond_every_bound_is_refused_whole(client: Client, draft: PolicyVersion) -> None:
    assert save_text(client, draft, body="a" * (7 * 1024 * 1024)).status_code in {400, 413}
    draft.refresh_from_db()
    assert draft.body == BODY


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>\n\nWords.",
        "[click](javascript:alert(1)) words",
        '<img src=x onerror="alert(1)"> words',
        "<svg onload=alert(1)> words",
        "![x](data:text/html;base64,PHNjcmlwdD4=) words",
        '<a href="//evil.example" style="position:fixed">x</a> words',
    ],
)
def test_what_could_run_in_a_text_is_shown_and_does_not_run(
    client: Client, school: Organisation, head: User, body: str
) -> None:
    policy = make_policy(school, by=head, body=body, title="<b>Trips</b> & more")
    for url in (at("read", policy.pk), at("version", policy.current_id), at("policy", policy.pk)):
        page = client.get(url).content.decode().lower()
        main = page[page.index("<main") :]
        assert not re.search(r"<script|<img[^>]*src=x|<svg onload|href=.javascript|<b>trips", main)
        assert not re.search(r"<[^>]*\s(style|on\w+)=", main)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("1.0", "This policy already has a version 1.0."),
        ("0.9", "The number must be higher than that of the last version, 1.0."),
        ("", "Fill in: Version"),
        ("draft", "The number must be higher"),
        ("9" * 21, "20 characters"),
    ],
)
def test_a_version_number_goes_up(
    client: Client, school: Organisation, head: User, number: str, sentence: str
) -> None:
    policy = make_policy(school, by=head)
    version = drafts.start_version(policy, by=head)
    response = save_text(client, version, number=number)
    assert response.status_code == 200
    assert sentence in said(response)
    version.refresh_from_db()
    assert version.number == "2.0"


def test_of_two_authors_the_second_sees_whose_edit_won_and_keeps_their_text(
    client: Client, school: Organisation, draft: PolicyVersion, head: User
) -> None:
    other = make_user(Role.SLT, at=school, name="Olu Other")
    second = Client()
    second.force_login(other)
    save_text(second, draft, body="The first to save.")
    response = save_text(client, draft, body="My own words, typed for an hour.")
    page = said(response)
    assert "Somebody else changed this draft" in page
    assert "My own words, typed for an hour." in page
    assert "Olu Other" in page
    draft.refresh_from_db()
    assert draft.body.strip() == "The first to save."
    # Saving once more is deliberate now.
    assert response.context["form"]["edition"].value() == str(draft.edition)
    assert save_text(client, draft, body="Both of ours.").status_code == 302


# Signing


@pytest.mark.demand("D6")
@pytest.mark.parametrize(
    "name",
    [
        "Siobhán O'Brien",
        "Zoë",
        "Đặng Thị Mai",
        "名前",
        "X" * 150,
        "Anne-Marie  de la Cruz",
        "O’Neil",
    ],
)
def test_every_name_can_sign_as_it_is_written(
    client: Client, school: Organisation, head: User, name: str
) -> None:
    policy = make_policy(school, by=head)
    person = make_user(Role.STAFF, at=school, name=name)
    client.force_login(person)
    assert policy.current is not None
    data = {"displayed": policy.current.content_hash, "typed_name": name}
    response = client.post(at("sign", policy.pk), data, follow=True)
    assert response.status_code == 200
    assert " ".join(name.split()) in said(response)


@pytest.mark.parametrize(
    "typed", ["", " ", "X" * 151, "<script>alert(1)</script>", "\x00", "' OR 1=1 --", "\u202eeoZ"]
)
def test_what_is_no_name_is_refused_by_the_field(
    client: Client, school: Organisation, head: User, typed: str
) -> None:
    policy = make_policy(school, by=head)
    client.force_login(make_user(Role.STAFF, at=school, name="Zoë Example"))
    assert policy.current is not None
    data = {"displayed": policy.current.content_hash, "typed_name": typed}
    response = client.post(at("sign", policy.pk), data)
    assert response.status_code == 422
    assert response.context["form"].errors["typed_name"]
    assert b"<script>alert" not in response.content
    assert not Signature.objects.exists()


@pytest.mark.demand("D2")
@pytest.mark.parametrize("displayed", ["0" * 64, "", "x" * 64, "f" * 65])
def test_a_hash_of_no_version_signs_nothing(
    client: Client, school: Organisation, head: User, displayed: str
) -> None:
    policy = make_policy(school, by=head)
    teacher = make_user(Role.STAFF, at=school)
    client.force_login(teacher)
    data = {"displayed": displayed, "typed_name": teacher.name}
    assert client.post(at("sign", policy.pk), data).status_code in {409, 422}
    assert not Signature.objects.exists()


# Publishing, withdrawing, reviewing


@pytest.mark.demand("D9")
def test_an_audience_that_covers_nobody_is_warned_about_and_allowed(
    client: Client, draft: PolicyVersion
) -> None:
    response = client.post(at("audience", draft.pk), {"employment": ["volunteer"]}, follow=True)
    assert "This covers nobody." in said(response)
    assert "covers nobody" in said(client.get(at("publish", draft.pk)))
    review = {"review_due_on": "2031-02-28"}
    assert client.post(at("publish", draft.pk), review).status_code == 302
    draft.refresh_from_db()
    assert draft.is_published


def test_publishing_without_the_sign_off_says_who_is_missing(
    client: Client, draft: PolicyVersion, head: User
) -> None:
    drafts.set_signatories(draft.policy, [Role.CHAIR], by=head)
    page = said(client.get(at("publish", draft.pk)))
    assert "Chair of governors has not signed this text off yet." in page
    client.post(at("publish", draft.pk), {"review_due_on": "2031-02-28"})
    draft.refresh_from_db()
    assert not draft.is_published


@pytest.mark.parametrize("reason", ["", "   "])
def test_withdrawing_needs_a_reason(
    client: Client, school: Organisation, head: User, reason: str
) -> None:
    policy = make_policy(school, by=head)
    assert "Give a reason" in said(client.post(at("withdraw", policy.pk), {"reason": reason}))
    policy.refresh_from_db()
    assert policy.current is not None
    client.post(at("withdraw", policy.pk), {"reason": "Nobody needs it."})
    page = said(client.get(at("read", policy.pk)))
    assert "withdrawn" in page.lower()
    assert "Nobody needs it." in page


@pytest.mark.parametrize("months", ["0", "-1", "61", "x", ""])
def test_a_review_interval_has_bounds(
    client: Client, school: Organisation, head: User, months: str
) -> None:
    policy = make_policy(school, by=head)
    response = client.post(at("details", policy.pk), {"kind": "policy", "review_months": months})
    assert response.status_code == 200
    assert response.context["form"].errors["review_months"]
    policy.refresh_from_db()
    assert policy.review_months == 12


@pytest.mark.parametrize("day", ["2020-01-01", "2027-02-29", "31/11/2027", "soon", ""])
def test_a_review_lies_on_a_real_day_to_come(
    client: Client, school: Organisation, head: User, day: str
) -> None:
    policy = make_policy(school, by=head)
    before = Policy.objects.get(pk=policy.pk).review_due_on
    response = client.post(at("reviewed", policy.pk), {"next_due_on": day})
    assert response.status_code == 200
    assert response.context["form"].errors
    policy.refresh_from_db()
    assert policy.review_due_on == before


def test_a_material_change_has_to_say_what_changed(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_policy(school, by=head)
    version = drafts.start_version(policy, by=head)
    response = client.post(at("publish", version.pk), {"review_due_on": "2031-02-28"})
    assert {"change", "summary"} <= set(response.context["form"].errors)
    version.refresh_from_db()
    assert not version.is_published
