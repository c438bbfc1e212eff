"""Signatures on paper: printed, signed by hand, put on record by a colleague (P5, D11)."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pytest_django.asserts import assertContains, assertNotContains

from files.models import StoredFile
from governance import sheets
from governance.models import Acknowledgement, PaperSheet, Policy, Signature
from governance.obligations import owed
from governance.services import exemptions, paper, publishing, recording
from notices.models import Mail, Notice
from people.models import Organisation, User
from people.roles import Role
from people.services import membership
from tests.factories import make_member, make_person, make_school, make_trust, make_user
from tests.governance.factories import make_appendix, make_head, make_policy, publish_next, sign
from tests.governance.paper import PNG, begin, on_record
from trail.models import AuditEvent
from trail.verify import check
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


# What recording makes


@pytest.mark.demand("D11")
def test_somebody_without_a_login_is_recorded_from_paper_and_owes_nothing(
    school: Organisation, policy: Policy, office: User, witness: User, cook: User
) -> None:
    assert owes(cook, policy)
    day = school.today() - timedelta(days=3)

    done = on_record(begin(policy, cook, by=office, witness=witness, signed_on=day), by=office)

    (signature,) = done.signatures
    assert (signature.person, signature.method) == (cook, Signature.Method.PAPER)
    assert signature.signed_at.astimezone(school.zone).date() == day
    assert signature.typed.name == "Casey Cook"
    assert policy.title in signature.statement
    seen = signature.witnessed
    assert (seen.witness, seen.recorded_by, seen.sheet) == (witness, office, done.sheet)
    assert done.sheet.scan_hash
    (one,) = signature.acknowledgements.all()
    assert (one.version, one.content_hash) == (policy.current, policy.current.content_hash)
    assert not owes(cook, policy)


@pytest.mark.demand("D11")
def test_the_record_says_who_recorded_what_and_names_nobody(
    school: Organisation, policy: Policy, office: User, witness: User, cook: User
) -> None:
    done = on_record(
        begin(policy, cook, by=office, witness=witness, reason="other", note="At the gate"),
        by=office,
    )

    line = AuditEvent.objects.get(verb="signature.paper")
    assert (line.actor, line.target_id) == (office, done.signatures[0].pk)
    assert line.details["witness"] == str(witness.pk)
    whole = AuditEvent.objects.get(verb="paper_sheet.record")
    assert (whole.details["signatures"], whole.details["skipped"]) == ("1", "0")
    assert "Casey" not in str(line.details) + str(whole.details)
    assert "gate" not in str(whole.details)
    assert check(school.pk).found is None


@pytest.mark.demand("D11")
def test_the_signer_is_told_and_sees_it_marked_as_from_paper(
    client: Client, policy: Policy, office: User, witness: User
) -> None:
    teacher = make_user(Role.STAFF, at=policy.owner)

    (signature,) = on_record(
        begin(policy, teacher, by=office, witness=witness), by=office
    ).signatures

    told = Notice.objects.get(recipient=teacher, kind="signature.recorded")
    assert not told.in_app_only  # it goes with the next digest
    assert "say so" in told.title
    client.force_login(teacher)
    receipt = client.get(told.url)
    assertContains(receipt, "On paper")
    assertContains(receipt, "Wyn Witness")
    assertContains(receipt, reverse("governance:dispute", args=[signature.reference]))
    assertContains(client.get(reverse("governance:my_policies")), "on paper, seen by Wyn Witness")


def test_a_signer_without_an_address_is_told_in_the_portal_only(
    policy: Policy, office: User, witness: User, cook: User
) -> None:
    on_record(begin(policy, cook, by=office, witness=witness), by=office)

    assert Notice.objects.get(recipient=cook).in_app_only
    assert not Mail.objects.filter(recipient=cook).exists()


def test_the_witness_is_told_unless_they_recorded_it_themselves(
    policy: Policy, office: User, witness: User, cook: User
) -> None:
    on_record(begin(policy, cook, by=office, witness=witness), by=office)
    assert Notice.objects.get(recipient=witness).kind == "signature.witnessed"

    other = make_user(Role.STAFF, at=policy.owner)
    on_record(begin(policy, other, by=office, witness=office), by=office)
    assert not Notice.objects.filter(recipient=office).exists()


def test_a_trusts_policy_is_recorded_with_the_schools_appendix() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    head, cook = make_head(school), make_user(Role.STAFF, at=school)
    policy = make_policy(trust)
    appendix = make_appendix(policy, school, by=head)

    done = on_record(begin(policy, cook, by=head, witness=head, place=school), by=head)

    (signature,) = done.signatures
    assert {one.policy for one in signature.acknowledgements.all()} == {policy, appendix}
    assert appendix.current.title in signature.statement
    assert signature.organisation == school
    assert not owed(school.today()).filter(person=cook).exists()


def test_whoever_signed_the_policy_before_the_appendix_came_is_recorded_for_the_appendix() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    head, cook = make_head(school), make_user(Role.STAFF, at=school)
    policy = make_policy(trust)
    sign(policy, cook)
    appendix = make_appendix(policy, school, by=head)

    on_record(begin(policy, cook, by=head, witness=head, place=school), by=head)

    assert Acknowledgement.objects.filter(person=cook, policy=policy).count() == 1
    assert Acknowledgement.objects.filter(person=cook, policy=appendix).count() == 1


def test_somebody_exempt_may_be_recorded_and_the_check_page_says_so(
    client: Client, policy: Policy, office: User, witness: User, cook: User
) -> None:
    exemptions.allow(cook, policy.owner, by=office, reason="other", starts_on=policy.owner.today())
    sheet = begin(policy, cook, by=office, witness=witness)

    client.force_login(office)
    assertContains(client.get(address("paper_check", sheet)), "Exempt that day")
    assert len(on_record(sheet, by=office).signatures) == 1


# Days and versions


def test_an_older_version_is_recorded_for_a_day_on_which_it_was_in_force(
    policy: Policy, office: User, witness: User, cook: User
) -> None:
    publish_next(policy, by=make_head(policy.owner))
    new, old = sheets.editions_at(policy, policy.owner)
    assert (new.version.number, old.version.number) == ("2.0", "1.0")

    sheet = begin(policy, cook, by=office, witness=witness, edition=old, signed_on=date(2026, 9, 2))
    on_record(sheet, by=office)

    assert Acknowledgement.objects.get(person=cook).version == old.version
    assert owes(cook, policy)  # the newer one is still to be signed


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 8, 31), "was published on 1 September 2026"),
        (date(2026, 11, 1), "was in force until 1 October 2026"),
        (date(2029, 1, 1), "lies in the future"),
    ],
)
def test_a_day_on_which_a_version_was_not_in_force_is_refused(
    policy: Policy, office: User, witness: User, day: date, why: str
) -> None:
    with time_machine.travel(datetime(2026, 10, 1, 15).astimezone(), tick=False):
        publish_next(policy, by=make_head(policy.owner))
    old = sheets.editions_at(policy, policy.owner)[-1]

    with pytest.raises(RuleBroken, match=why):
        begin(policy, by=office, witness=witness, edition=old, signed_on=day, scan=False)
    assert not PaperSheet.objects.exists()


def test_on_the_day_of_a_change_either_version_may_have_been_signed(
    policy: Policy, office: User, witness: User, cook: User
) -> None:
    with time_machine.travel(datetime(2026, 10, 1, 15).astimezone(), tick=False):
        publish_next(policy, by=make_head(policy.owner))
    day = date(2026, 10, 1)
    assert [one.in_force_on(day, policy.owner) for one in sheets.editions_at(policy, policy.owner)]
    for edition in sheets.editions_at(policy, policy.owner):
        sheet = begin(policy, cook, by=office, witness=witness, edition=edition, signed_on=day)
        assert len(on_record(sheet, by=office).signatures) == 1


def test_a_version_withdrawn_and_published_again_has_its_own_days(policy: Policy) -> None:
    head = make_head(policy.owner)
    with time_machine.travel(datetime(2026, 10, 1, 12).astimezone(), tick=False):
        publishing.withdraw(policy, by=head, reason="For a while.")
    with time_machine.travel(datetime(2026, 10, 20, 12).astimezone(), tick=False):
        publish_next(policy, by=head)
    new, old = sheets.editions_at(policy, policy.owner)

    assert old.in_force_on(date(2026, 10, 1), policy.owner)
    assert not old.in_force_on(date(2026, 10, 10), policy.owner)
    assert not new.in_force_on(date(2026, 10, 10), policy.owner)
    assert new.in_force_on(date(2026, 10, 20), policy.owner)


def test_an_appendix_makes_editions_of_its_own() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    with time_machine.travel(LONG_AGO, tick=False):
        policy = make_policy(trust)
    make_appendix(policy, school, by=make_head(school))

    with_it, without = sheets.editions_at(policy, school)

    assert (len(with_it.versions), len(without.versions)) == (2, 1)
    assert without.until == with_it.since
    assert len(sheets.editions_at(policy, make_school(trust=trust))) == 1


# Who may stand on a sheet


def listed(sheet: PaperSheet, by: User) -> set[str]:
    return {row.person.name for row in sheets.people_for(sheet, by)}


def test_only_those_are_offered_who_were_there_that_day_and_have_not_signed(
    school: Organisation, policy: Policy, office: User, witness: User, cook: User
) -> None:
    day = school.today() - timedelta(days=10)
    left_since = make_user(Role.STAFF, at=school, name="Lee Since")
    left_before = make_user(Role.STAFF, at=school, name="Lou Before")
    for person, last in ((left_since, day + timedelta(2)), (left_before, day - timedelta(2))):
        membership.leave(person.memberships.get(), last_day=last, by=None)
    make_user(Role.STAFF, at=school, name="Jo Joiner", since=day + timedelta(days=1))
    make_user(Role.STAFF, at=make_school(), name="Una Stranger")
    sign(policy, make_user(Role.STAFF, at=school, name="Sig Signed"))
    sheet = begin(policy, by=office, witness=witness, signed_on=day, scan=False)

    offered = listed(sheet, office)

    assert {"Casey Cook", "Lee Since"} <= offered
    assert not offered & {
        "Lou Before", "Jo Joiner", "Una Stranger", "Sig Signed", "Wyn Witness", "Olu Office",
    }  # fmt: skip


@pytest.mark.parametrize("who", ["stranger", "leaver", "joiner", "not_covered", "witness", "self"])
def test_an_id_of_somebody_who_cannot_have_signed_is_no_choice(
    school: Organisation, office: User, witness: User, who: str
) -> None:
    with time_machine.travel(LONG_AGO, tick=False):
        policy = make_policy(school, audience=[{"role": "staff"}])
    person = {
        "stranger": lambda: make_user(Role.STAFF, at=make_school()),
        "leaver": lambda: make_user(Role.STAFF, at=school),
        "joiner": lambda: make_user(Role.STAFF, at=school, since=school.today() + timedelta(5)),
        "not_covered": lambda: make_user(Role.GOVERNOR, at=school),
        "witness": lambda: witness,
        "self": lambda: office,
    }[who]()
    if who == "leaver":
        membership.leave(
            person.memberships.get(), last_day=school.today() - timedelta(days=9), by=None
        )

    sheet = begin(policy, person, by=office, witness=witness)

    assert not sheet.signers.exists()
    with pytest.raises(RuleBroken, match="Nobody is on this sheet"):
        on_record(sheet, by=office)


def test_a_day_corrected_afterwards_names_who_was_not_there_yet(
    school: Organisation, policy: Policy, office: User, witness: User
) -> None:
    joiner = make_user(Role.STAFF, at=school, name="Jo Joiner", since=school.today())
    sheet = begin(policy, joiner, by=office, witness=witness)
    edition = sheets.editions_at(policy, school)[0]
    day = school.today() - timedelta(days=5)
    paper.describe(
        sheet, edition, by=office, signed_on=day, witness=witness, reason="asked", note=""
    )

    with pytest.raises(RuleBroken, match="Jo Joiner: they were not at"):
        on_record(sheet, by=office)
    assert not Signature.objects.exists()


def test_whoever_becomes_the_witness_comes_off_the_sheet(
    school: Organisation, policy: Policy, office: User, witness: User, cook: User
) -> None:
    sheet = begin(policy, cook, by=office, witness=witness)
    edition = sheets.editions_at(policy, school)[0]

    paper.describe(
        sheet, edition, by=office, signed_on=school.today(), witness=cook, reason="asked"
    )

    assert not sheet.signers.exists()


def test_a_colleague_on_the_sheet_cannot_record_it_themselves(
    school: Organisation, policy: Policy, office: User, witness: User
) -> None:
    deputy = make_user(Role.SLT, at=school, name="Dee Deputy")
    sheet = begin(policy, deputy, by=office, witness=witness)

    with pytest.raises(RuleBroken, match="You are on the sheet yourself"):
        on_record(sheet, by=deputy)
    assert len(on_record(sheet, by=office).signatures) == 1


def test_the_witness_may_be_of_the_trust_and_never_of_another_school() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    office, policy = make_user(Role.OFFICE, at=school), make_policy(school)
    begin(policy, by=office, witness=make_user(Role.TRUST_LEAD, at=trust), scan=False)
    with pytest.raises(RuleBroken, match="was not at"):
        begin(policy, by=office, witness=make_user(Role.STAFF, at=make_school()), scan=False)


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


# All or nothing


def test_a_second_click_finds_the_sheet_on_record(
    policy: Policy, office: User, witness: User, cook: User
) -> None:
    sheet = begin(policy, cook, by=office, witness=witness)
    digest = sheets.digest_of(PaperSheet.objects.get(pk=sheet.pk))

    first = recording.record(sheet, by=office, displayed=digest)
    second = recording.record(sheet, by=office, displayed=digest)

    assert [one.pk for one in first.signatures] == [one.pk for one in second.signatures]
    assert Signature.objects.count() == 1
    assert AuditEvent.objects.filter(verb="paper_sheet.record").count() == 1


def test_whoever_signed_meanwhile_is_left_out_and_named(
    client: Client, policy: Policy, office: User, witness: User, cook: User
) -> None:
    teacher = make_user(Role.STAFF, at=policy.owner, name="Tam Teacher")
    sheet = begin(policy, cook, teacher, by=office, witness=witness)
    own = sign(policy, teacher)

    done = on_record(sheet, by=office)

    assert [one.person for one in done.signatures] == [cook]
    assert done.skipped == [teacher]
    assert Signature.objects.get(person=teacher) == own
    client.force_login(office)
    assertContains(client.get(address("paper_sheet", sheet)), "Tam Teacher")


def test_when_everybody_signed_meanwhile_nothing_is_recorded(
    policy: Policy, office: User, witness: User
) -> None:
    teacher = make_user(Role.STAFF, at=policy.owner)
    sheet = begin(policy, teacher, by=office, witness=witness)
    sign(policy, teacher)

    with pytest.raises(RuleBroken, match="signed meanwhile"):
        on_record(sheet, by=office)
    assert not PaperSheet.objects.get().is_recorded


@pytest.mark.parametrize("what", ["published", "withdrawn", "people", "day"])
def test_what_changed_since_the_check_page_is_looked_at_again(
    school: Organisation, policy: Policy, office: User, witness: User, cook: User, what: str
) -> None:
    sheet = begin(policy, cook, by=office, witness=witness)
    digest = sheets.digest_of(PaperSheet.objects.get(pk=sheet.pk))
    head, other = make_head(school), make_user(Role.STAFF, at=school)
    edition = sheets.editions_at(policy, school)[0]
    {
        "published": lambda: publish_next(policy, by=head),
        "withdrawn": lambda: publishing.withdraw(policy, by=head, reason="Merged."),
        "people": lambda: paper.choose(sheet, by=head, shown=[other.pk], chosen=[other.pk]),
        "day": lambda: paper.describe(
            sheet, edition, by=head, signed_on=school.today() - timedelta(1), witness=witness,
            reason="asked",
        ),
    }[what]()  # fmt: skip

    with pytest.raises(recording.ChangedMeanwhile):
        recording.record(sheet, by=office, displayed=digest)
    assert not Signature.objects.exists()
    assert len(on_record(sheet, by=office).signatures) >= 1


def test_a_sheet_holds_two_hundred_people_and_not_one_more(
    school: Organisation, policy: Policy, office: User, witness: User, monkeypatch: object
) -> None:
    monkeypatch.setattr(paper, "MOST_PEOPLE", 3)  # type: ignore[attr-defined]
    people = [make_user(Role.STAFF, at=school, department="Kitchen") for _ in range(4)]
    sheet = begin(policy, *people[:3], by=office, witness=witness)
    ids = [one.pk for one in people]

    with pytest.raises(RuleBroken, match="3 people at most; these would be 4"):
        paper.choose(sheet, by=office, shown=ids, chosen=ids)
    with pytest.raises(RuleBroken, match="Choose a department"):
        paper.choose_all(sheet, by=office, department="Kitchen")
    assert sheet.signers.count() == 3


def test_a_sheet_on_record_takes_no_more_changes(
    policy: Policy, office: User, witness: User, cook: User
) -> None:
    sheet = begin(policy, cook, by=office, witness=witness)
    on_record(sheet, by=office)
    for deed in (
        lambda: paper.choose_nobody(sheet, by=office),
        lambda: paper.throw_away(sheet, by=office),
        lambda: paper.remove_scan(sheet, sheet.scans.get().pk, by=office),
    ):
        with pytest.raises(RuleBroken, match="on record already"):
            deed()


@pytest.mark.parametrize("role", [Role.STAFF, Role.DSL, Role.IT, Role.GOVERNOR])
def test_who_may_not_record_is_refused_by_the_service_too(
    school: Organisation, policy: Policy, office: User, witness: User, cook: User, role: Role
) -> None:
    person = make_user(role, at=school)
    with pytest.raises(PermissionDenied):
        begin(policy, by=person, witness=witness, scan=False)
    with pytest.raises(PermissionDenied):
        on_record(begin(policy, cook, by=office, witness=witness), by=person)


# The pages


def address(name: str, sheet: PaperSheet) -> str:
    return reverse(f"governance:{name}", args=[sheet.organisation.slug, sheet.pk])


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
