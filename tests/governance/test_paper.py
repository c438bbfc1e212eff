"""Signatures on paper: put on record by a colleague, whole or not at all (P5, D11)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from governance import sheets
from governance.models import Acknowledgement, PaperSheet, Policy, Signature
from governance.obligations import owed
from governance.services import exemptions, paper, publishing, recording
from notices.models import Mail, Notice
from people.models import Organisation, User
from people.roles import Role
from tests import crowds
from tests.factories import make_member, make_person, make_school, make_trust, make_user
from tests.governance.factories import make_appendix, make_head, make_policy, publish_next, sign
from tests.governance.paper import begin, on_record
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


def address(name: str, sheet: PaperSheet) -> str:
    return reverse(f"governance:{name}", args=[sheet.organisation.slug, sheet.pk])


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


def test_a_sheet_takes_two_hundred_of_a_large_school(
    school: Organisation, policy: Policy, office: User, witness: User
) -> None:
    crowds.many_people(school, 201)
    sheet = begin(policy, by=office, witness=witness, scan=False)
    with pytest.raises(RuleBroken, match="200 people at most"):
        paper.choose_all(sheet, by=office)
    assert not sheet.signers.exists()
    for number in range(7):  # of its eight departments
        paper.choose_all(sheet, by=office, department=f"Department {number}")
    assert 170 < sheet.signers.count() <= 200


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
