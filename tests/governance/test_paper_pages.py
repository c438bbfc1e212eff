"""The pages of a sheet: its scan, the small steps, what is said when something is wrong (D11)."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pytest_django.asserts import assertContains, assertNotContains

from files.models import StoredFile
from governance import sheets
from governance.models import PaperSheet, Policy, Signature
from governance.obligations import owed
from governance.services import paper
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_member, make_person, make_user
from tests.governance.factories import make_policy, sign
from tests.governance.paper import PNG, begin, on_record
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 9, 1, 10).astimezone()


@pytest.fixture
def office(school: Organisation) -> User:
    return make_user(Role.OFFICE, at=school, name="Olu Office")


@pytest.fixture
def witness(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Wyn Witness")


@pytest.fixture
def cook(school: Organisation) -> User:
    """Somebody without an e-mail address."""
    person = make_person("Casey Cook", email=None)
    make_member(person, school, Role.STAFF, department="Kitchen")
    return person


@pytest.fixture
def policy(school: Organisation) -> Policy:
    with time_machine.travel(LONG_AGO, tick=False):
        return make_policy(school)


def owes(person: User, policy: Policy) -> bool:
    on = policy.owner.today()
    return owed(on).filter(person=person, policy_ref=policy.pk).exists()


def address(name: str, sheet: PaperSheet) -> str:
    return reverse(f"governance:{name}", args=[sheet.organisation.slug, sheet.pk])


# The scan


def test_a_scan_is_needed_unless_the_school_says_otherwise(
    school: Organisation, policy: Policy, office: User, witness: User, cook: User
) -> None:
    sheet = begin(policy, cook, by=office, witness=witness, scan=False)
    with pytest.raises(RuleBroken, match="Add the scan"):
        on_record(sheet, by=office)

    Organisation.objects.filter(pk=school.pk).update(settings={sheets.NEEDS_SCAN: False})
    assert len(on_record(sheet, by=office).signatures) == 1


def test_without_a_scan_two_people_stand_behind_it(
    school: Organisation, policy: Policy, office: User, cook: User
) -> None:
    Organisation.objects.filter(pk=school.pk).update(settings={sheets.NEEDS_SCAN: False})
    sheet = begin(policy, cook, by=office, witness=office, scan=False)

    with pytest.raises(RuleBroken, match="somebody else than you has to be the witness"):
        on_record(sheet, by=office)


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"only words", "not taken here"), (b"", "empty"), (PNG + b"0" * 200, "larger than")],
)
def test_a_scan_of_the_wrong_kind_or_size_is_refused_whole(
    policy: Policy, office: User, witness: User, settings: object, content: bytes, why: str
) -> None:
    settings.MAX_UPLOAD_BYTES = 200  # type: ignore[attr-defined]
    sheet = begin(policy, by=office, witness=witness, scan=False)
    files = [SimpleUploadedFile("a.png", PNG), SimpleUploadedFile("b.png", content)]

    with pytest.raises(RuleBroken, match=f"b.png: .*{why}"):
        paper.add_scans(sheet, by=office, files=files)
    assert not StoredFile.objects.exists()


def test_a_scan_is_read_by_those_who_record_and_by_nobody_else(
    client: Client, school: Organisation, policy: Policy, office: User, witness: User, cook: User
) -> None:
    sheet = begin(policy, cook, by=office, witness=witness)
    scan = sheet.scans.get().file
    for role, status in ((Role.SLT, 200), (Role.DSL, 404), (Role.STAFF, 404)):
        client.force_login(make_user(role, at=school))
        assert client.get(scan.get_absolute_url()).status_code == status


def test_a_page_taken_off_is_erased_and_a_sheet_thrown_away_leaves_nothing(
    policy: Policy, office: User, witness: User, cook: User
) -> None:
    sheet = begin(policy, cook, by=office, witness=witness)
    paper.remove_scan(sheet, sheet.scans.get().pk, by=office)
    assert not StoredFile.objects.exists()

    paper.add_scans(sheet, by=office, files=[SimpleUploadedFile("a.png", PNG)])
    paper.throw_away(sheet, by=office)
    assert not PaperSheet.objects.exists()
    assert not StoredFile.objects.exists()


def test_sheets_that_nobody_finished_are_forgotten_after_a_month(
    policy: Policy, office: User, witness: User, cook: User
) -> None:
    begin(policy, cook, by=office, witness=witness)
    kept = begin(policy, cook, by=office, witness=witness)
    on_record(kept, by=office)

    with time_machine.travel(datetime.now().astimezone() + timedelta(days=31), tick=False):
        assert paper.forget_unfinished() == 1
    assert PaperSheet.objects.get() == kept
    assert StoredFile.objects.count() == 1


# The pages


def test_the_whole_way_without_a_script(
    client: Client, school: Organisation, policy: Policy, office: User, witness: User, cook: User
) -> None:
    cleaner = make_user(Role.STAFF, at=school, name="Clem Cleaner", department="Site")
    client.force_login(office)
    start = reverse("governance:paper_new", args=[school.slug, policy.pk])
    said = {
        "edition": policy.current_id, "signed_on": school.today(), "witness": witness.pk,
        "reason": "no_login",
    }  # fmt: skip
    client.post(start, said)
    sheet = PaperSheet.objects.get()

    def tick(*people: User, go: str, **more: str) -> str:
        shown = [cook.pk, cleaner.pk]
        sent = {"shown": shown, "person": [one.pk for one in people], "go": go, **more}
        return client.post(address("paper_people", sheet), sent)["Location"]

    assert "department=Site" in tick(cook, go="show", department="Site")
    assert sheet.signers.get().person == cook  # the tick was kept
    tick(cook, go="all", department="Site")
    assert sheet.signers.count() == 2
    tick(cook, go="page-2")
    assert sheet.signers.get().person == cook
    assert tick(cook, cleaner, go="next") == address("paper_scans", sheet)
    client.post(address("paper_scans", sheet), {"pages": [upload("1.png"), upload("2.png")]})
    assert sheet.scans.count() == 2
    page = client.get(address("paper_check", sheet))
    assertContains(page, "Casey Cook")
    assertContains(page, "Clem Cleaner")
    done = client.post(
        address("paper_check", sheet), {"digest": page.context["digest"]}, follow=True
    )
    assertContains(done, "2 signatures")
    assert Signature.objects.filter(method="paper").count() == 2


def test_a_sheet_with_nobody_ticked_goes_no_further(
    client: Client, policy: Policy, office: User, witness: User, cook: User
) -> None:
    sheet = begin(policy, by=office, witness=witness)
    client.force_login(office)
    page = client.post(address("paper_people", sheet), {"go": "next", "shown": cook.pk})
    assert page.headers["Location"] == address("paper_people", sheet)
    assertContains(client.get(page.headers["Location"]), "Tick at least one name.")


def upload(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG)


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"signed_on": "2031-01-01"}, "signed_on", "lies in the future"),
        ({"signed_on": "31/02/2026"}, "signed_on", "Give a real date"),
        ({"signed_on": "2020-01-01"}, "signed_on", "before that day"),
        ({"witness": "999999"}, "witness", "Select a valid choice"),
        ({"reason": "other"}, "note", "Say in a few words"),
        ({"edition": "999999"}, "edition", "Select a valid choice"),
    ],
)
def test_what_is_wrong_stands_by_its_field_and_what_was_typed_is_kept(
    client: Client, school: Organisation, policy: Policy, office: User, witness: User,
    wrong: dict[str, str], field: str, sentence: str,
) -> None:  # fmt: skip
    client.force_login(office)
    said = {
        "edition": str(policy.current_id), "signed_on": str(school.today()),
        "witness": str(witness.pk), "reason": "asked", "note": "",
    }  # fmt: skip
    page = client.post(reverse("governance:paper_new", args=[school.slug, policy.pk]), said | wrong)
    assert any(sentence in error for error in page.context["form"].errors[field])
    assert not PaperSheet.objects.exists()


def test_the_check_page_says_what_is_in_the_way(
    client: Client, policy: Policy, office: User, witness: User
) -> None:
    sheet = begin(policy, by=office, witness=witness, scan=False)
    client.force_login(office)

    page = client.get(address("paper_check", sheet))

    assertContains(page, "Nobody is on this sheet")
    assertContains(page, "Add the scan")
    assertNotContains(page, "Put on record")
    forced = client.post(address("paper_check", sheet), {"digest": page.context["digest"]})
    assertContains(forced, "Nobody is on this sheet", status_code=422)


def test_too_many_at_once_is_said_on_the_page(
    client: Client, school: Organisation, policy: Policy, office: User, witness: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(paper, "MOST_PEOPLE", 2)
    sheet = begin(policy, by=office, witness=witness, scan=False)
    for _ in range(3):
        make_user(Role.STAFF, at=school)
    client.force_login(office)

    page = client.post(address("paper_people", sheet), {"go": "all"}, follow=True)

    assertContains(page, "A sheet holds 2 people at most")
    assert not sheet.signers.exists()


# The sheet to print


def printed(client: Client, policy: Policy, **asked: object) -> str:
    url = reverse("governance:paper_print", args=[policy.owner.slug, policy.pk])
    response = client.get(url, {"lines": "25", **asked})
    assert response["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_sheet_has_the_words_the_version_the_code_and_the_names(
    client: Client, school: Organisation, policy: Policy, office: User, cook: User
) -> None:
    from governance.codes import code_of

    sign(policy, make_user(Role.STAFF, at=school, name="Sig Signed"))
    client.force_login(office)

    text = printed(client, policy, who="unsigned")

    assert policy.title in text
    assert "version 1.0" in text
    assert code_of(policy.current) in text
    assert "I have read and understood" in text
    assert "Casey Cook" in text
    assert "Sig Signed" not in text


def test_the_sheet_is_narrowed_down_or_empty(
    client: Client, school: Organisation, policy: Policy, office: User, cook: User
) -> None:
    teacher = make_user(Role.STAFF, at=school, name="Tam Teacher", department="Maths")
    client.force_login(office)

    assert "Tam Teacher" not in printed(client, policy, who="no_mail")
    assert "Casey Cook" in printed(client, policy, who="no_mail")
    assert "Casey Cook" not in printed(client, policy, who="unsigned", department="Maths")
    assert "Casey Cook" not in printed(client, policy, who="chosen", people=[teacher.pk])
    empty = printed(client, policy, who="empty")
    assert "Tam Teacher" not in empty
    assert "Casey Cook" not in empty


def test_ticking_nobody_is_said(client: Client, policy: Policy, office: User, cook: User) -> None:
    client.force_login(office)
    url = reverse("governance:paper_print", args=[policy.owner.slug, policy.pk])
    assertContains(client.get(url, {"who": "chosen"}), "Tick at least one name")
