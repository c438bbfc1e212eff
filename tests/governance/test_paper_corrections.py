"""A signature recorded by mistake: disputed by the person, annulled by the office, never gone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from governance.immutable_paper import FIXED
from governance.models import (
    Acknowledgement,
    Annulment,
    PaperScan,
    PaperSheet,
    PaperSigner,
    Policy,
    Signature,
    SignatureDispute,
    WitnessedSignature,
)
from governance.obligations import owed
from governance.services import corrections
from notices.models import Mail, Notice
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.governance.factories import make_head, make_policy, sign
from tests.governance.paper import begin, on_record
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy(school: Organisation) -> Policy:
    return make_policy(school)


@pytest.fixture
def office(school: Organisation) -> User:
    return make_user(Role.OFFICE, at=school, name="Olu Office")


@pytest.fixture
def cook(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Casey Cook")


@pytest.fixture
def signature(policy: Policy, office: User, cook: User) -> Signature:
    """Recorded from paper."""
    (found,) = on_record(begin(policy, cook, by=office, witness=office), by=office).signatures
    return found


def owes(person: User, policy: Policy) -> bool:
    return owed(policy.owner.today()).filter(person=person, policy_ref=policy.pk).exists()


def url(name: str, signature: Signature) -> str:
    return reverse(f"governance:{name}", args=[signature.reference])


# Annulled


@pytest.mark.demand("D11")
def test_an_annulled_signature_stays_and_no_longer_counts(
    client: Client, policy: Policy, office: User, cook: User, signature: Signature
) -> None:
    corrections.annul(signature, by=office, reason="wrong_person")

    assert owes(cook, policy)
    assert Signature.objects.get() == signature
    assert Acknowledgement.objects.count() == 1
    assert AuditEvent.objects.get(verb="signature.annul").details == {"reason": "wrong_person"}
    told = Notice.objects.get(recipient=cook, kind="signature.annulled")
    client.force_login(cook)
    assertContains(client.get(told.url), "Annulled: this no longer counts")
    assertContains(client.get("/"), policy.title)
    assertNotContains(client.get("/policies/"), signature.reference)


def test_after_that_the_person_signs_themself(
    client: Client, policy: Policy, office: User, cook: User, signature: Signature
) -> None:
    corrections.annul(signature, by=office, reason="not_signed")

    own = sign(policy, cook)

    assert own != signature
    assert not owes(cook, policy)
    assert [one.again for one in cook.acknowledgements.order_by("pk")] == [0, 1]
    assert sign(policy, cook) == own  # and once only


def test_or_is_recorded_from_paper_again_and_that_may_be_wrong_again(
    policy: Policy, office: User, cook: User, signature: Signature
) -> None:
    for number in (1, 2, 3):
        corrections.annul(signature, by=office, reason="wrong_day")
        sheet = begin(policy, cook, by=office, witness=office)
        (signature,) = on_record(sheet, by=office).signatures
        assert signature.acknowledgements.get().again == number
    assert not owes(cook, policy)


def test_the_lists_and_figures_leave_it_out(
    client: Client, school: Organisation, policy: Policy, office: User, signature: Signature
) -> None:
    client.force_login(make_head(school))
    page = reverse("governance:signers", args=[school.slug, policy.pk])
    assert client.get(page).context["figures"].signed == 1
    corrections.annul(signature, by=office, reason="wrong_person")
    after = client.get(page)
    assert after.context["figures"].signed == 0
    assert after.context["seen_by_others"] == []


def test_an_earlier_signature_of_the_person_counts_again(
    policy: Policy, office: User, cook: User
) -> None:
    """Signed before, recorded again for a later text by mistake."""
    from tests.governance.factories import publish_next

    sign(policy, cook)
    publish_next(policy, by=make_head(policy.owner), change="minor")
    policy.refresh_from_db()
    (wrong,) = on_record(begin(policy, cook, by=office, witness=office), by=office).signatures

    corrections.annul(wrong, by=office, reason="wrong_person")

    assert not owes(cook, policy)


@pytest.mark.parametrize("who", ["dsl", "stranger", "staff"])
def test_only_those_who_record_may_annul(
    school: Organisation, signature: Signature, who: str
) -> None:
    person = {
        "dsl": lambda: make_user(Role.DSL, at=school),
        "stranger": lambda: make_user(Role.HEAD, at=make_school()),
        "staff": lambda: make_user(Role.STAFF, at=school),
    }[who]()
    with pytest.raises(PermissionDenied):
        corrections.annul(signature, by=person, reason="wrong_person")


def test_what_somebody_signed_themself_is_never_annulled(
    client: Client, policy: Policy, office: User, cook: User
) -> None:
    own = sign(policy, cook)
    with pytest.raises(RuleBroken, match="signed themself"):
        corrections.annul(own, by=office, reason="wrong_person")
    client.force_login(office)
    assert client.get(url("annul", own)).status_code == 404
    with pytest.raises(DatabaseError, match="cannot be annulled"), transaction.atomic():
        Annulment.objects.create(signature=own, reason="other", by=office)


def test_nobody_annuls_their_own_or_twice(
    school: Organisation, policy: Policy, office: User, signature: Signature
) -> None:
    deputy = make_user(Role.SLT, at=school)
    (own,) = on_record(begin(policy, deputy, by=office, witness=office), by=office).signatures
    with pytest.raises(RuleBroken, match="your own signature"):
        corrections.annul(own, by=deputy, reason="not_signed")
    corrections.annul(signature, by=deputy, reason="not_signed")
    with pytest.raises(RuleBroken, match="annulled already"):
        corrections.annul(signature, by=office, reason="not_signed")


def test_an_old_link_to_annul_or_to_object_leads_to_what_was_said_since(
    client: Client, office: User, cook: User, signature: Signature
) -> None:
    client.force_login(cook)
    assert client.get(url("dispute", signature)).status_code == 200
    corrections.dispute(signature, by=cook)
    assert client.get(url("dispute", signature))["Location"] == signature.get_absolute_url()
    client.force_login(office)
    assert client.get(url("annul", signature)).status_code == 200
    corrections.annul(signature, by=office, reason="wrong_day")
    assert client.get(url("annul", signature))["Location"] == signature.get_absolute_url()


def test_the_page_asks_why(client: Client, office: User, signature: Signature) -> None:
    client.force_login(office)
    for sent, field in (({}, "reason"), ({"reason": "other", "note": " "}, "note")):
        page = client.post(url("annul", signature), sent)
        assert page.context["form"].errors[field]
    assert not Annulment.objects.exists()
    done = client.post(url("annul", signature), {"reason": "wrong_day"}, follow=True)
    assertContains(done, "Annulled: this no longer counts")
    assertNotContains(done, "Annul this signature")


# Disputed


def test_the_person_says_it_is_not_right_and_the_school_hears_at_once(
    client: Client, school: Organisation, office: User, cook: User, signature: Signature
) -> None:
    head = make_user(Role.HEAD, at=school)
    client.force_login(cook)

    page = client.post(url("dispute", signature), {"note": "I was on a trip."}, follow=True)

    assertContains(page, "The school has been told")
    told = Notice.objects.filter(kind="signature.disputed")
    assert {office, head} <= {one.recipient for one in told}
    mail = Mail.objects.get(recipient=office, kind="urgent")
    assert "Casey" not in mail.subject + mail.text
    client.force_login(office)
    assertContains(client.get(told.first().url), "I was on a trip.")  # type: ignore[union-attr]
    client.post(url("dispute", signature), {"note": "again"})
    assert SignatureDispute.objects.count() == 1


def test_it_counts_until_the_school_has_looked(
    policy: Policy, office: User, cook: User, signature: Signature
) -> None:
    corrections.dispute(signature, by=cook)
    assert not owes(cook, policy)
    corrections.annul(signature, by=office, reason="not_signed")
    assert owes(cook, policy)
    with pytest.raises(RuleBroken, match="annulled already"):
        corrections.dispute(signature, by=cook)


def test_nobody_disputes_for_somebody_else_or_what_they_signed_themself(
    client: Client, school: Organisation, policy: Policy, office: User, signature: Signature
) -> None:
    for person in (office, make_user(Role.STAFF, at=school)):
        client.force_login(person)
        assert client.get(url("dispute", signature)).status_code == 404
        with pytest.raises(PermissionDenied):
            corrections.dispute(signature, by=person)
    teacher = make_user(Role.STAFF, at=school)
    own = sign(policy, teacher)
    client.force_login(teacher)
    assert client.get(url("dispute", own)).status_code == 404


def test_a_disputed_signature_is_marked_on_its_sheet(
    client: Client, office: User, cook: User, signature: Signature
) -> None:
    corrections.dispute(signature, by=cook)
    client.force_login(office)
    page = client.get(signature.witnessed.sheet.get_absolute_url())  # type: ignore[union-attr]
    assertContains(page, "They say it is not right")


# Shown apart


@pytest.mark.demand("D11")
def test_the_list_and_the_spreadsheet_say_how_each_signed(
    client: Client, school: Organisation, policy: Policy, office: User, signature: Signature
) -> None:
    sign(policy, make_user(Role.STAFF, at=school, name="Own Login"))
    client.force_login(make_head(school))
    page = client.get(reverse("governance:signers", args=[school.slug, policy.pk]))
    assert page.context["seen_by_others"] == [("On paper", 1)]
    assertContains(page, "1 on paper")
    response = client.get(reverse("governance:signers_csv", args=[school.slug, policy.pk]))
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = {row["Name"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["Casey Cook"]["How"] == "On paper"
    assert len(rows["Casey Cook"]["Signed"]) == 10  # a day: nobody knows the hour
    assert rows["Own Login"]["How"] == "Own login"
    assert rows["Olu Office"]["How"] == ""


def test_a_line_manager_sees_how_their_own_people_signed_and_may_record_nothing(
    client: Client, school: Organisation, policy: Policy, office: User
) -> None:
    manager = make_user(Role.STAFF, at=school)
    mine = make_user(Role.STAFF, at=school, line_manager=manager)
    other = make_user(Role.STAFF, at=school)
    on_record(begin(policy, mine, other, by=office, witness=office), by=office)
    client.force_login(manager)
    page = client.get(reverse("governance:signers", args=[school.slug, policy.pk]))
    assert page.context["seen_by_others"] == [("On paper", 1)]
    assertNotContains(page, "Signatures on paper")


# The database


def test_every_column_but_the_words_is_fixed() -> None:
    """A column added later must be listed, or it could be changed."""
    from django.apps import apps

    models = {model._meta.db_table: model for model in apps.get_models()}
    for table, names in FIXED.items():
        columns = {field.column for field in models[table]._meta.concrete_fields}
        assert columns - set(names) == {"note"}, table


@pytest.mark.demand("D1")
@pytest.mark.parametrize(
    "model",
    [PaperSheet, PaperSigner, PaperScan, WitnessedSignature, Annulment, SignatureDispute],
)
def test_what_is_on_record_is_not_changed(
    policy: Policy, office: User, cook: User, signature: Signature, model: type[Any]
) -> None:
    corrections.dispute(signature, by=cook, note="No.")
    corrections.annul(signature, by=office, reason="other", note="Yes.")
    row = model.objects.get()
    fixed = [field for field in model._meta.concrete_fields if field.name != "note"]
    for field in fixed:
        other = _another(field, row)
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.filter(pk=row.pk).update(**{field.attname: other})
    if model is not PaperScan:
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(f"DELETE FROM {model._meta.db_table}")
    assert model.objects.count() == 1


def _another(field: Any, row: Any) -> Any:
    value = getattr(row, field.attname)
    if field.is_relation or isinstance(value, int):
        return value + 1 if value else 1
    if isinstance(value, str):
        return "other" if value != "other" else "wrong_day"
    return value + timedelta(days=1)


@pytest.mark.parametrize("model", [PaperSheet, Annulment, SignatureDispute])
def test_words_may_be_erased_and_never_reworded(
    policy: Policy, office: User, cook: User, model: type[Any]
) -> None:
    sheet = begin(policy, cook, by=office, witness=office, reason="other", note="In a hurry")
    (signature,) = on_record(sheet, by=office).signatures
    corrections.dispute(signature, by=cook, note="No.")
    corrections.annul(signature, by=office, reason="other", note="Yes.")
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(note="Other words")
    assert model.objects.update(note="") == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(note="Words again")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda own, office, cook: {"person": cook, "witness": cook, "recorded_by": office},
        lambda own, office, cook: {"person": cook, "witness": office, "recorded_by": cook},
        lambda own, office, cook: {"person": cook, "witness": office, "recorded_by": office},
    ],
    ids=["own witness", "recorded by themself", "signed themself"],
)
def test_the_database_knows_no_witness_of_ones_own_signature(
    policy: Policy, office: User, cook: User, wrong: Callable[..., dict[str, Any]]
) -> None:
    own = sign(policy, cook)
    with pytest.raises(DatabaseError), transaction.atomic():
        WitnessedSignature.objects.create(signature=own, **wrong(own, office, cook))


def test_the_day_of_a_signature_on_paper_is_no_later_than_now(
    policy: Policy, office: User, cook: User
) -> None:
    with time_machine.travel("2026-12-01 09:00", tick=False):
        done = on_record(begin(policy, cook, by=office, witness=office), by=office)
        assert done.signatures[0].signed_at <= done.signatures[0].witnessed.recorded_at
