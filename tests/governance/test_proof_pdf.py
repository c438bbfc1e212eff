"""Policies and receipts on paper: what stands on them, who gets them, how long they take (D7)."""

from __future__ import annotations

import time
from io import BytesIO

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from pytest_django.asserts import assertContains

from governance import printing
from governance.codes import code_of
from governance.copies import copy_of
from governance.documents import parts_at
from governance.models import Policy, PolicyVersion, Signature, SignatureName
from governance.services import corrections, drafts, publishing, signing
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import (
    make_appendix,
    make_policy,
    make_signed_off,
    publish_next,
    sign,
)
from tests.governance.paper import begin, on_record
from tests.queries import visit
from tests.web.pdfs import assert_accessible, letters_of, tags_of, text_of
from web.pdf import qr

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> Organisation:
    return make_school("Elm Park School")


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school, name="Morgan Headley")


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Zoë Teacher")


@pytest.fixture
def policy(school: Organisation, head: User) -> Policy:
    return make_policy(school, by=head, title="Online safety")


def version_of(policy: Policy) -> PolicyVersion:
    assert policy.current_id is not None
    return PolicyVersion.objects.select_related("policy__owner").get(pk=policy.current_id)


def words(made: bytes) -> str:
    return " ".join(text_of(made).split())


@pytest.mark.demand("D7")
def test_a_printed_policy_carries_version_dates_code_and_fingerprint(policy: Policy) -> None:
    Policy.objects.filter(pk=policy.pk).update(
        committee="Standards committee", legislation="Education Act\nData Protection Act"
    )
    version = version_of(policy)
    made = printing.policy_pdf(version)
    said = words(made)
    today = printing.day(policy.owner.today())
    for fact in [
        "Online safety", "Version: 1.0", f"Published: {today}", "Next review:", "Elm Park School",
        "Responsible committee: Standards committee", "Education Act; Data Protection Act",
        "A printed copy is valid only", version.content_hash[:16], f"In force on {today}",
        "We want every post to be kind",
    ]:  # fmt: skip
        assert fact in said, fact
    assert code_of(version) in said
    assert_accessible(made, title="Online safety")
    assert "/Figure" in tags_of(made), "the square to scan"


@pytest.mark.demand("D7")
def test_every_page_of_a_printed_policy_says_where_to_check_it(
    school: Organisation, head: User
) -> None:
    long = "\n\n".join(
        "A paragraph that is long enough to fill a line or two. " * 6 for _ in "x" * 40
    )
    version = version_of(make_policy(school, by=head, body=long))
    with override_settings(SITE_URL="https://portal.example.org"):
        made = printing.policy_pdf(version)
    pages = [page.extract_text() for page in PdfReader(BytesIO(made)).pages]
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"Code {code_of(version)}, check it at portal.example.org/check" in page
        assert f"Page {number} of {len(pages)}" in page


@pytest.mark.demand("D7")
@override_settings(SITE_URL="https://portal.example.org")
def test_the_square_leads_to_the_check_of_this_very_version(policy: Policy) -> None:
    version = version_of(policy)
    address = f"https://portal.example.org/check/{code_of(version)}/"
    (part,) = _data(version)["parts"]
    assert part["qr"] == qr(address)


def _data(version: PolicyVersion) -> dict[str, list[dict[str, object]]]:
    return {"parts": [printing._part(copy_of(version), [])]}


@pytest.mark.demand("D7")
def test_a_copy_that_is_not_in_force_says_so_on_every_page(policy: Policy, head: User) -> None:
    old = version_of(policy)
    draft = drafts.start_version(policy, by=head)
    said = words(printing.policy_pdf(draft))
    assert "Draft, not in force" in said
    assert "This is a draft" in said
    assert "Code" not in said
    publishing.publish(draft, by=head, change="minor", summary="A comma.")
    said = words(printing.policy_pdf(PolicyVersion.objects.get(pk=old.pk)))
    assert "No longer in force" in said
    assert "It was replaced by version" in said
    assert "valid only" not in said
    publishing.withdraw(policy, by=head, reason="Mrs Example complained.")
    said = words(printing.policy_pdf(PolicyVersion.objects.get(pk=draft.pk)))
    assert "This policy was withdrawn on" in said
    assert "complained" not in said


def test_a_printed_policy_names_no_member_of_staff(school: Organisation) -> None:
    """Anybody may read the PDF of a public policy: who agreed is said by capacity."""
    version = version_of(make_signed_off(school))
    assert version.published_by is not None
    chair = version.sign_offs.get()
    assert chair.person is not None
    said = words(printing.policy_pdf(version))
    assert f"Signed off by: Chair of governors, {printing.day(chair.signed_on)}" in said
    assert version.published_by.name not in said
    assert chair.person.name not in said


@pytest.mark.demand("D7")
def test_trust_policy_and_appendix_are_one_pdf_with_a_code_each() -> None:
    trust = make_trust("Elm Tree Trust")
    school = make_school("Elm Hill School", trust=trust)
    whole = make_policy(trust, title="Phones everywhere")
    make_appendix(whole, school, by=make_user(Role.HEAD, at=school))
    whole, local = parts_at(whole, school)
    made = printing.document_pdf([whole, local])
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(made)).pages]
    first, last = code_of(version_of(whole)), code_of(version_of(local))
    assert first in pages[0]
    assert last not in pages[0]
    assert last in pages[-1]
    assert first not in pages[-1]
    assert "Local appendix of Elm Hill School" in pages[-1]
    assert "Elm Tree Trust and Elm Hill School" in pages[0]
    assert_accessible(made, title="Phones everywhere")


def test_somebody_at_a_school_gets_the_appendix_of_their_own_school_only() -> None:
    trust = make_trust()
    whole = make_policy(trust)
    here, there = make_school("Elm Hill", trust=trust), make_school("Oak Hill", trust=trust)
    for place in (here, there):
        make_appendix(whole, place, by=make_user(Role.HEAD, at=place))
    page = visit(make_user(Role.STAFF, at=here), reverse("governance:policy_pdf", args=[whole.pk]))
    said = words(page.body)
    assert "Local appendix of Elm Hill" in said
    assert "Oak Hill" not in said


@pytest.mark.demand("D7")
def test_a_receipt_holds_who_what_when_and_how_to_check_it(policy: Policy, teacher: User) -> None:
    signature = sign(policy, teacher)
    made = printing.receipt_pdf(signature)
    said = words(made)
    version = version_of(policy)
    for fact in [
        signature.reference, "Signed by: Zoë Teacher", "At: Elm Park School",
        f"On: {printing.signed_at(signature)}", "Signed in, typed name", signature.statement,
        "Online safety, version 1.0", f"Code: {code_of(version)}",
    ]:  # fmt: skip
        assert fact in said, fact
    assert version.content_hash in letters_of(said)
    assert_accessible(made, title=f"Receipt {signature.reference}")
    assert tags_of(made).count("/Figure") == 1
    assert printing.receipt_pdf(signature) == made, "the same whenever it is asked for"


def test_the_time_on_a_receipt_is_that_of_the_school(policy: Policy, teacher: User) -> None:
    Organisation.objects.filter(pk=policy.owner_id).update(time_zone="Pacific/Auckland")
    signature = Signature.objects.get(pk=sign(policy, teacher).pk)
    local = timezone.localtime(signature.signed_at, signature.organisation.zone)
    assert f"{local:%H:%M}" in words(printing.receipt_pdf(signature))


def test_a_receipt_whose_name_was_erased_still_proves_the_signature(
    policy: Policy, teacher: User
) -> None:
    signature = sign(policy, teacher)
    SignatureName.objects.filter(signature=signature).delete()
    said = words(printing.receipt_pdf(Signature.objects.get(pk=signature.pk)))
    assert "Signed by: The name has been erased" in said
    assert "Zoë" not in said


def test_the_page_of_a_receipt_says_that_its_name_was_erased(
    client: Client, policy: Policy, teacher: User
) -> None:
    signature = sign(policy, teacher)
    SignatureName.objects.filter(signature=signature).delete()
    client.force_login(teacher)
    assertContains(client.get(signature.get_absolute_url()), "<dd>The name has been erased</dd>")


def test_one_signature_for_several_texts_is_one_receipt(
    teacher: User, school: Organisation
) -> None:
    one, two = (make_policy(school, title=title) for title in ["Phones", "Photographs"])
    displayed = " ".join(version_of(each).content_hash for each in (one, two))
    signature = signing.sign_together(
        [one.pk, two.pk], by=teacher, displayed=displayed, typed_name=teacher.name
    )
    made = printing.receipt_pdf(signature)
    for policy in (one, two):
        assert code_of(version_of(policy)) in words(made)
    assert tags_of(made).count("/Figure") == 2


def test_a_receipt_from_paper_names_the_witness_the_day_and_what_was_said_against_it(
    policy: Policy, teacher: User, school: Organisation
) -> None:
    office = make_user(Role.OFFICE, at=school, name="Odell Office")
    witness = make_user(Role.STAFF, at=school, name="Wynn Witness")
    sheet = on_record(begin(policy, teacher, by=office, witness=witness), by=office)
    (signature,) = sheet.signatures
    said = words(printing.receipt_pdf(Signature.objects.get(pk=signature.pk)))
    assert "How: On paper" in said
    assert "Witness: Wynn Witness" in said
    assert "by Odell Office" in said
    assert f"On: {printing.signed_at(signature)} How" in said
    assert ":" not in printing.signed_at(signature), "nobody knows the hour"
    corrections.dispute(signature, by=teacher, note="I was away.")
    said = words(printing.receipt_pdf(Signature.objects.get(pk=signature.pk)))
    assert "that this signature is not right" in said
    assert "I was away" not in said
    corrections.annul(signature, by=office, reason="not_signed")
    said = words(printing.receipt_pdf(Signature.objects.get(pk=signature.pk)))
    assert "This signature was annulled on" in said
    assert "It no longer counts" in said


HOSTILE = '#import "x" $x$ @a <b> \\ `c` ]#panic() // /* *d* _e_ = f'


def test_typst_in_titles_names_and_texts_is_only_text(school: Organisation, head: User) -> None:
    policy = make_policy(school, by=head, title=HOSTILE, body=f"Read `{HOSTILE[:20]}` twice.\n")
    Policy.objects.filter(pk=policy.pk).update(
        committee=HOSTILE, legislation=f"{HOSTILE}\n{HOSTILE}", related_documents=HOSTILE
    )
    said = letters_of(text_of(printing.policy_pdf(version_of(policy))))
    assert said.count(letters_of(HOSTILE)) >= 5
    person = make_user(Role.STAFF, at=school, name="*Zoë* #eval(1)")
    said = letters_of(text_of(printing.receipt_pdf(sign(policy, person))))
    assert letters_of("*Zoë* #eval(1)") in said


def test_pdfs_are_downloaded_under_a_name_of_their_own(policy: Policy, teacher: User) -> None:
    client = Client()
    client.force_login(teacher)
    signature = sign(policy, teacher)
    for url, name in [
        (reverse("governance:policy_pdf", args=[policy.pk]), "online-safety.pdf"),
        (reverse("governance:version_pdf", args=[policy.current_id]), "online-safety-1-0.pdf"),
        (
            reverse("governance:receipt_pdf", args=[signature.reference]),
            f"receipt-{signature.reference.lower()}.pdf",
        ),
    ]:
        response = client.get(url)
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response["Cache-Control"] == "private, no-store"


def test_the_pages_lead_to_their_pdfs_and_say_on_paper_how_to_check(
    policy: Policy, teacher: User
) -> None:
    signature = sign(policy, teacher)
    code = code_of(version_of(policy))
    read = visit(teacher, reverse("governance:read", args=[policy.pk])).body.decode()
    assert reverse("governance:policy_pdf", args=[policy.pk]) in read
    assert f"<strong>{code}</strong>" in read
    version = visit(teacher, reverse("governance:version", args=[policy.current_id])).body.decode()
    assert reverse("governance:version_pdf", args=[policy.current_id]) in version
    assert f"<strong>{code}</strong>" in version
    receipt = visit(teacher, signature.get_absolute_url()).body.decode()
    assert reverse("governance:receipt_pdf", args=[signature.reference]) in receipt
    assert code in receipt


def test_a_withdrawn_policy_has_no_pdf_of_what_is_in_force(policy: Policy, head: User) -> None:
    publishing.withdraw(policy, by=head, reason="Replaced.")
    page = visit(head, reverse("governance:policy_pdf", args=[policy.pk]))
    assert page.response.status_code == 404


def test_pdfs_ask_little_of_the_database(policy: Policy, head: User, teacher: User) -> None:
    signature = sign(policy, teacher)
    publish_next(policy, by=head)
    policy.refresh_from_db()
    for name, about in [
        ("policy_pdf", policy.pk), ("version_pdf", policy.current_id),
        ("receipt_pdf", signature.reference),
    ]:  # fmt: skip
        page = visit(teacher, reverse(f"governance:{name}", args=[about]))
        assert len(page) <= 8, f"{name}: {len(page)}\n{page}"


def test_twenty_pages_take_no_longer_than_a_page_may(school: Organisation, head: User) -> None:
    """Seen: a third of a second. The limit leaves room for a machine with other things to do."""
    section = (
        "## A section\n\n" + "Words that fill a line of a policy, more or less. " * 40 + "\n\n"
    )
    table = "| Who | What |\n|---|---|\n" + "| Head | looks |\n" * 12 + "\n\n"
    version = version_of(make_policy(school, by=head, body=(section + table) * 26))
    started = time.process_time()
    made = printing.policy_pdf(version)
    assert time.process_time() - started < 2
    assert len(PdfReader(BytesIO(made)).pages) >= 20


@pytest.mark.parametrize(("paragraphs", "said"), [(4_000, True), (40, False)])
def test_a_pdf_that_takes_seconds_is_announced(
    client: Client, school: Organisation, teacher: User, paragraphs: int, said: bool
) -> None:
    body = "Words that fill a line of a policy, more or less, and some.\n\n" * paragraphs
    policy = make_policy(school, body=body)
    client.force_login(teacher)
    page = client.get(policy.get_absolute_url())
    assert ("the PDF takes a few seconds" in page.text) == said
