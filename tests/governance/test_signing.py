"""Reading and signing, in the service and on the page."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from governance.models import (
    Acknowledgement,
    AudienceRule,
    Policy,
    PolicyVersion,
    Signature,
    SignatureName,
    SignOff,
)
from governance.services import publishing, signing
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.governance.factories import make_head, make_policy, publish_next, sign
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy(school: Organisation) -> Policy:
    return make_policy(school)


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Zoë O’Brien")


def post(client: Client, policy: Policy, user: User, **data: str):  # type: ignore[no-untyped-def]
    client.force_login(user)
    current = policy.current
    assert current is not None
    shown = {"displayed": current.content_hash, "typed_name": user.name, **data}
    return client.post(f"/policies/{policy.pk}/sign/", shown)


def test_signing_binds_person_version_words_and_time(policy: Policy, teacher: User) -> None:
    signature = sign(policy, teacher)

    (one,) = signature.acknowledgements.all()
    assert (one.person, one.version, one.content_hash) == (
        teacher,
        policy.current,
        policy.current.content_hash,
    )
    assert policy.title in signature.statement
    event = AuditEvent.objects.get(verb="signature.make")
    assert (event.actor, event.target_id) == (teacher, signature.pk)
    assert "Zoë" not in str(event.details)


def test_the_page_signs_and_leads_to_the_receipt(
    client: Client, policy: Policy, teacher: User
) -> None:
    response = post(client, policy, teacher)

    assert response.status_code == 302
    receipt = client.get(response["Location"])
    assertContains(receipt, "Signed. Thank you.")
    assertContains(receipt, Signature.objects.get().reference)


@pytest.mark.demand("D3")
def test_a_double_click_makes_one_record(client: Client, policy: Policy, teacher: User) -> None:
    first, second = (post(client, policy, teacher) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert Signature.objects.count() == Acknowledgement.objects.count() == 1
    assert AuditEvent.objects.filter(verb="signature.make").count() == 1


@pytest.mark.demand("D3")
def test_nobody_signs_as_somebody_else(client: Client, policy: Policy, teacher: User) -> None:
    colleague = make_user(Role.STAFF, at=policy.owner, name="Sam Field")

    forged = {"person": str(teacher.pk), "by": str(teacher.pk), "typed_name": "Sam Field"}
    response = post(client, policy, colleague, **forged)

    assert response.status_code == 302
    assert Acknowledgement.objects.get().person == colleague


@pytest.mark.demand("D2")
def test_a_version_superseded_while_it_was_read_is_not_signed(
    client: Client, policy: Policy, teacher: User
) -> None:
    old = policy.current
    publish_next(policy, by=make_head(policy.owner), body="Never post after ten at night.")

    response = post(client, policy, teacher)

    assert response.status_code == 409
    assertContains(response, "Nothing was recorded", status_code=409)
    assertContains(response, "<ins", status_code=409)
    assert not Signature.objects.exists()
    new = Policy.objects.get(pk=policy.pk).current
    assert new is not None
    assert old is not None
    assertContains(response, new.content_hash, status_code=409)
    assert post(client, policy, teacher, displayed=new.content_hash).status_code == 302


@pytest.mark.demand("D6")
@pytest.mark.parametrize("typed", ["Zoë O’Brien", "zoe o'brien", "  ZOE   O`BRIEN ", "Zoe OʼBrien"])
def test_case_spacing_and_accents_of_the_name_are_forgiven(
    policy: Policy, teacher: User, typed: str
) -> None:
    assert signing.sign(
        policy.pk, by=teacher, displayed=policy.current.content_hash, typed_name=typed
    )


@pytest.mark.demand("D6")
def test_a_wrong_name_says_whose_it_must_be_and_keeps_what_was_typed(
    client: Client, policy: Policy, teacher: User
) -> None:
    response = post(client, policy, teacher, typed_name="Zara O'Brien")

    assertContains(response, "ask the school office to correct it", status_code=422)
    assertContains(response, "Zara O&#x27;Brien", status_code=422)
    assert not Signature.objects.exists()


@pytest.mark.parametrize("name", ["Cher", "N" * 150, "María-José Núñez y Peña", "李 小龙"])
def test_names_as_people_write_them_can_sign(policy: Policy, name: str) -> None:
    assert sign(policy, make_user(Role.STAFF, at=policy.owner, name=name)).typed.name == name


def test_who_is_not_in_the_audience_has_nothing_to_sign(school: Organisation) -> None:
    policy = make_policy(school, audience=[{"employment": "volunteer"}])
    teacher = make_user(Role.STAFF, at=school)

    with pytest.raises(RuleBroken, match="not addressed to you"):
        sign(policy, teacher)


def test_another_schools_policy_does_not_exist(client: Client, policy: Policy) -> None:
    stranger = make_user(Role.STAFF, at=make_school())

    assert post(client, policy, stranger).status_code == 404
    with pytest.raises(Policy.DoesNotExist):
        sign(policy, stranger)


def test_a_withdrawn_policy_cannot_be_signed(client: Client, policy: Policy, teacher: User) -> None:
    publishing.withdraw(policy, by=make_head(policy.owner), reason="Merged into another one.")

    assertContains(post(client, policy, teacher), "Merged into another one.")
    assertContains(client.get(policy.get_absolute_url()), "Merged into another one.")
    assert not Signature.objects.exists()


@pytest.mark.demand("D5")
def test_who_signed_before_sees_what_is_new_and_a_first_reader_does_not(
    client: Client, policy: Policy, teacher: User
) -> None:
    sign(policy, teacher)
    publish_next(policy, by=make_head(policy.owner), body="Quite another rule.")

    client.force_login(teacher)
    assertContains(client.get(policy.get_absolute_url()), "What is new since version 1.0")
    client.force_login(make_user(Role.STAFF, at=policy.owner))
    assertNotContains(client.get(policy.get_absolute_url()), "What is new since")


def test_a_colleague_cannot_open_my_receipt_but_the_head_can(
    client: Client, policy: Policy, teacher: User
) -> None:
    signature = sign(policy, teacher)

    client.force_login(make_user(Role.STAFF, at=policy.owner))
    assert client.get(signature.get_absolute_url()).status_code == 404
    client.force_login(make_head(policy.owner))
    assert client.get(signature.get_absolute_url()).status_code == 200


FIXED = [Signature, Acknowledgement, SignOff, PolicyVersion, AudienceRule]


@pytest.mark.demand("D1")
@pytest.mark.parametrize("model", FIXED)
@pytest.mark.parametrize("deed", ["UPDATE", "DELETE"])
def test_the_database_refuses_to_change_what_is_on_record(
    school: Organisation, model: type, deed: str
) -> None:
    from tests.governance.factories import make_signed_off

    policy = make_signed_off(school)
    sign(policy, make_user(Role.STAFF, at=school))
    table = model._meta.db_table
    column = {"governance_audiencerule": "role", "governance_policyversion": "body"}.get(
        table, model._meta.pk.column
    )
    sql = {
        "UPDATE": f"UPDATE {table} SET {column} = {column}",
        "DELETE": f"DELETE FROM {table}",
    }[deed]

    with pytest.raises(DatabaseError, match="cannot be"), transaction.atomic():
        connection.cursor().execute(sql)
    assert model.objects.exists()


@pytest.mark.demand("D1")
def test_the_audience_of_a_published_version_cannot_grow(policy: Policy) -> None:
    with pytest.raises(DatabaseError, match="cannot be"), transaction.atomic():
        AudienceRule.objects.create(version=policy.current, role="dsl")


def test_the_typed_name_can_be_erased_and_the_signature_stays(
    policy: Policy, teacher: User
) -> None:
    signature = sign(policy, teacher)

    SignatureName.objects.filter(pk=signature.pk).delete()

    assert Signature.objects.get().name_hash == signature.name_hash
