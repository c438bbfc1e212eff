"""Importing in the portal: choose, look over, confirm; a new policy, or the next version of one."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks import fidelity
from files.models import StoredFile
from files.services import open_file
from governance.models import Policy, PolicyVersion
from governance.services import drafts, importing, sign_off
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.governance.documents import policies
from tests.governance.factories import BODY, make_head, make_in_sign_off, make_policy

pytestmark = [pytest.mark.django_db, pytest.mark.demand("D8")]

TEXT = (
    b"Online Safety Policy\n\nVersion 2.1\nApproved by: Standards Committee, 14 March 2025\n"
    b"Next review: March 2031\n\n1. Purpose\n\nWe post with care, and we ask before we share.\n\n"
    b"This policy should be read with:\n\nSafeguarding Policy\nStaff Code of Conduct\n\n"
    b"2. Law\n\nThe Data Protection Act 2018 and the Equality Act 2010 count here as well.\n"
)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def head(client: Client, school: Organisation) -> User:
    head = make_head(school)
    client.force_login(head)
    return head


def at(name: str, *args: Any) -> str:
    return reverse(f"governance:{name}", args=args)


def said(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def upload(
    client: Client, address: str, data: bytes = TEXT, name: str = "policy.txt"
) -> HttpResponse:
    return client.post(address, {"file": SimpleUploadedFile(name, data)}, follow=True)


def sent(page: HttpResponse, **changes: Any) -> dict[str, Any]:
    """The form as the page shows it, and what the person changed in it."""
    form = page.context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {
        name: value
        for name, value in {**shown, **changes}.items()
        if value is not None and value != []
    }


def confirm(client: Client, page: HttpResponse, **changes: Any) -> HttpResponse:
    return client.post(page.request["PATH_INFO"], sent(page, **changes), follow=True)


def test_a_file_is_looked_over_and_kept_with_its_details(
    client: Client, school: Organisation, head: User
) -> None:
    page = upload(client, at("import", school.slug))
    assert page.status_code == 200
    text = said(page)
    assert "Every one of the" not in text
    assert "Recognised: 2 headings, 2 list items, 0 tables" in text
    assert 'href="#line-3">Line 3</a>: “Version 2.1”' in text
    assert not Policy.objects.exists()

    confirm(client, page)
    version = PolicyVersion.objects.select_related("policy").get()
    policy = version.policy
    assert (policy.title, version.number) == ("Online Safety Policy", "2.1")
    assert (version.agreed_on, policy.review_due_on) == (date(2025, 3, 14), date(2031, 3, 1))
    assert policy.committee == "Standards Committee"
    assert policy.author == head
    assert policy.related_documents.splitlines() == ["Safeguarding Policy", "Staff Code of Conduct"]
    assert policy.legislation.splitlines() == ["Data Protection Act 2018", "Equality Act 2010"]
    assert version.body.startswith("## 1. Purpose")
    assert "Version 2.1" not in version.body
    assert version.source_file is not None
    assert open_file(version.source_file) == TEXT


def test_each_detail_can_be_changed_or_left_away(
    client: Client, school: Organisation, head: User
) -> None:
    page = upload(client, at("import", school.slug))
    confirm(
        client, page, title="Our Policy", number="3.0", agreed_on="", review_due_on="",
        committee="", author="", related_found=["Staff Code of Conduct"],
        related_more="Phones Policy\nstaff code of conduct\n\n", legislation_found=[],
    )  # fmt: skip
    version = PolicyVersion.objects.select_related("policy").get()
    assert (version.title, version.number, version.agreed_on) == ("Our Policy", "3.0", None)
    policy = version.policy
    assert (policy.review_due_on, policy.committee, policy.author) == (None, "", None)
    assert policy.related_documents.splitlines()[:2] == ["Staff Code of Conduct", "Phones Policy"]
    assert policy.legislation == ""


def test_the_author_is_the_person_of_that_name(
    client: Client, school: Organisation, head: User
) -> None:
    writer = make_user(Role.STAFF, at=school, name="Alex Writer")
    page = upload(
        client, at("import", school.slug), TEXT.replace(b"Next", b"Author: Alex Writer\nNext")
    )
    confirm(client, page)
    assert Policy.objects.get().author == writer


@pytest.mark.parametrize("format_", list(fidelity.FORMATS))
def test_a_policy_of_every_format_becomes_a_draft(
    client: Client, school: Organisation, head: User, format_: str
) -> None:
    data = fidelity.FORMATS[format_]["tidy"](policies.tidy())
    page = upload(client, at("import", school.slug), data, f"policy.{format_}")
    assert "11 headings, 19 list items, 1 table and" in said(page)
    confirm(client, page)
    version = PolicyVersion.objects.get()
    assert version.title == "Social Media Policy"
    assert "| Head teacher | Agrees new accounts and closes old ones |" in version.body
    assert client.get(at("version", version.pk)).status_code == 200


def test_what_is_left_out_is_named_with_its_reason(
    client: Client, school: Organisation, head: User
) -> None:
    text = said(upload(client, at("import", school.slug)))
    assert "Details that stand on the first or last page are below" in text
    assert '<a href="#line-5">Line 5</a>: Next review: March 2031' in text
    assert '<li id="line-5" value="5" class="gone"><span class="gone-mark">left out</span>' in text


def test_markup_in_a_file_is_shown_and_does_nothing(
    client: Client, school: Organisation, head: User
) -> None:
    data = TEXT.replace(b"We post", b"<script>alert(1)</script> We post").replace(
        b"Standards Committee", b"<b>Standards</b> Committee"
    )
    page = upload(client, at("import", school.slug), data).content.decode()
    main = page[page.index("<main") :]
    assert "<script>alert" not in main
    assert "<b>Standards" not in main


def test_a_file_headed_by_another_school_is_doubted_and_ones_own_is_not(
    client: Client, school: Organisation, head: User
) -> None:
    strange = said(upload(client, at("import", school.slug), b"Far Away Academy\n" + TEXT))
    assert "The file is headed “Far Away Academy” (line 1)." in strange
    own = said(upload(client, at("import", school.slug), f"{school.name}\n".encode() + TEXT))
    assert "The file is headed" not in own


def test_a_mistake_keeps_what_was_typed(client: Client, school: Organisation, head: User) -> None:
    page = upload(client, at("import", school.slug))
    again = confirm(client, page, title="", committee="Pay Committee", body="My own words.")
    assert again.status_code == 422
    assert "Pay Committee" in said(again)
    assert "My own words." in said(again)
    assert not Policy.objects.exists()


def test_a_second_click_and_going_back_lead_to_the_one_draft(
    client: Client, school: Organisation, head: User
) -> None:
    page = upload(client, at("import", school.slug))
    confirm(client, page)
    again = confirm(client, page)
    assert "kept as a draft already" in said(again)
    back = client.get(page.request["PATH_INFO"], follow=True)
    assert "kept as a draft already" in said(back)
    assert PolicyVersion.objects.count() == 1


def test_an_upload_that_is_gone_asks_for_the_file_again_and_loses_no_words(
    client: Client, school: Organisation, head: User
) -> None:
    page = upload(client, at("import", school.slug))
    StoredFile.objects.update(uploaded_at=timezone.now() - timedelta(days=2))
    assert importing.forget_unconfirmed() == 1
    late = confirm(client, page, body="What I typed in an hour.")
    assert late.status_code == 404
    assert "Please choose the file again" in said(late)
    assert at("import", school.slug) in said(late)
    assert "What I typed in an hour." in said(late)
    assert client.get(page.request["PATH_INFO"]).status_code == 404
    assert not Policy.objects.exists()


def test_the_upload_of_somebody_else_is_not_there(
    client: Client, school: Organisation, head: User
) -> None:
    page = upload(client, at("import", school.slug))
    client.force_login(make_head(school))
    assert client.get(page.request["PATH_INFO"]).status_code == 404
    assert confirm(client, page).status_code == 404
    assert not Policy.objects.exists()


@pytest.mark.parametrize("format_", ["docx", "html", "pdf"])
def test_a_broken_document_is_never_an_error_page(
    client: Client, school: Organisation, head: User, format_: str
) -> None:
    whole = fidelity.FORMATS[format_]["ragged"](policies.ragged())
    chance = random.Random(7)
    for _ in range(4):
        broken = bytearray(whole[: chance.randrange(len(whole) // 2, len(whole))])
        for _ in range(5):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        answer = upload(client, at("import", school.slug), bytes(broken), f"policy.{format_}")
        assert answer.status_code == 200
        refused = answer.request["PATH_INFO"] == at("import", school.slug)
        assert not refused or answer.context["form"].errors["file"]
        assert refused != StoredFile.objects.exists()
        StoredFile.objects.all().delete()
    assert not Policy.objects.exists()


# A new version


def test_a_revised_file_becomes_the_next_version(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_policy(school, by=head, related_documents="Phones Policy")
    page = upload(client, at("import_version", policy.pk))
    assert "Please check" not in said(page)
    confirm(client, page)
    version = policy.versions.open().get()
    assert (version.number, version.title) == ("2.1", "Online Safety Policy")
    assert version.agreed_on == date(2025, 3, 14)
    assert "We post with care, and we ask" in version.body
    assert version.source_file is not None
    policy.refresh_from_db()
    assert policy.title != "Online Safety Policy"  # in force is the old one, under its own title
    assert policy.review_due_on is not None
    assert policy.review_due_on != date(2031, 3, 1)
    assert policy.related_documents.splitlines() == [
        "Phones Policy", "Safeguarding Policy", "Staff Code of Conduct",
    ]  # fmt: skip


def test_a_lower_number_in_the_file_is_warned_of_and_a_higher_one_offered(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_policy(school, by=head, number="4.0")
    page = upload(client, at("import_version", policy.pk))
    assert "The file says version 2.1, and the last published version is 4.0." in said(page)
    assert page.context["form"]["number"].value() == "5.0"
    refused = confirm(client, page, number="3.0")
    assert refused.status_code == 422
    assert "must be higher than that of the last version, 4.0" in said(refused)
    assert not policy.versions.open().exists()
    confirm(client, page)
    assert policy.versions.open().get().number == "5.0"


def test_a_draft_that_is_open_takes_the_files_words(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_policy(school, by=head)
    draft = drafts.start_version(policy, by=head)
    page = upload(client, at("import_version", policy.pk))
    assert "A new version is being written already" in said(page)
    confirm(client, page)
    assert policy.versions.open().get().pk == draft.pk
    draft.refresh_from_db()
    assert "We post with care" in draft.body


def test_a_draft_that_somebody_changed_meanwhile_is_not_overwritten(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_policy(school, by=head)
    draft = drafts.start_version(policy, by=head)
    page = upload(client, at("import_version", policy.pk))
    drafts.edit_text(
        draft, edition=draft.edition, by=head, title=draft.title, number="2.0", body="Newer words."
    )
    refused = confirm(client, page)
    assert refused.status_code == 422
    assert "Somebody else changed this draft" in said(refused)
    draft.refresh_from_db()
    assert draft.body.strip() == "Newer words."
    # Sent once more it is deliberate.
    confirm(client, refused)
    draft.refresh_from_db()
    assert "We post with care" in draft.body


def test_a_text_that_waits_for_sign_off_cannot_be_replaced(
    client: Client, school: Organisation, head: User
) -> None:
    version = make_in_sign_off(school, by=head)
    page = upload(client, at("import_version", version.policy_id))
    refused = confirm(client, page, number="9.0")
    assert refused.status_code == 422
    assert "Take it back to draft" in said(refused)
    sign_off.take_back(version, by=head)
    confirm(client, page, number="9.0")
    version.refresh_from_db()
    assert "We post with care" in version.body


def test_a_file_for_one_policy_is_not_there_for_another_school(
    client: Client, school: Organisation, head: User
) -> None:
    other = make_school()
    theirs = make_policy(other, body=BODY)
    assert client.get(at("import_version", theirs.pk)).status_code == 404
    page = upload(client, at("import", school.slug))
    file = page.request["PATH_INFO"].rstrip("/").rsplit("/", 1)[1]
    assert client.get(at("import_version_preview", theirs.pk, file)).status_code == 404
