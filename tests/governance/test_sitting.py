"""Several policies are read and signed in one sitting, each with its own record (P11)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from governance.models import Acknowledgement, Policy, Signature
from governance.services import signing
from people.models import Organisation, User
from people.roles import Role
from tests import crowds
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_appendix, make_head, make_policy, publish_next
from tests.queries import visit

pytestmark = pytest.mark.django_db
URL = "/policies/sitting/"


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school)


@pytest.fixture
def policies(school: Organisation) -> list[Policy]:
    return [make_policy(school, title=title, body=f"{title}.") for title in ("Phones", "Trips")]


def post(client: Client, person: User, read: list[Policy], **data: object) -> int:
    client.force_login(person)
    shown = client.get(URL).context["form"].initial["displayed"]
    form = {"read": [one.pk for one in read], "displayed": shown, "typed_name": person.name}
    return client.post(URL, {**form, **data}).status_code


def test_one_signature_makes_a_record_for_each(
    client: Client, teacher: User, policies: list[Policy]
) -> None:
    assert post(client, teacher, policies) == 302

    signature = Signature.objects.get()
    assert {one.policy_id for one in signature.acknowledgements.all()} == {
        policy.pk for policy in policies
    }
    assert "“Phones”, version 1.0 and “Trips”, version 1.0" in signature.statement
    assert b"Nothing to sign" in client.get(URL).content


def test_what_is_not_ticked_is_not_signed(
    client: Client, teacher: User, policies: list[Policy]
) -> None:
    assert post(client, teacher, policies[:1]) == 302
    assert [one.policy_id for one in Acknowledgement.objects.all()] == [policies[0].pk]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"read": []}, b"Tick each policy that you have read."),
        ({"typed_name": "Somebody Else"}, b"Type your name as the school has it"),
        ({"typed_name": ""}, b"Type your name to sign."),
        ({"read": [999_999]}, b"signed or withdrawn meanwhile"),
    ],
)
def test_a_mistake_is_said_by_the_field_and_nothing_is_recorded(
    client: Client, teacher: User, policies: list[Policy], data: dict[str, object], sentence: bytes
) -> None:
    client.force_login(teacher)
    shown = client.get(URL).context["form"].initial["displayed"]
    form = {"read": [policies[0].pk], "displayed": shown, "typed_name": teacher.name, **data}

    page = client.post(URL, form)

    assert page.status_code == 422
    assert sentence in page.content
    assert not Signature.objects.exists()


@pytest.mark.demand("D2")
def test_a_text_that_was_replaced_meanwhile_stops_the_whole_sitting(
    client: Client, school: Organisation, teacher: User, policies: list[Policy]
) -> None:
    client.force_login(teacher)
    shown = client.get(URL).context["form"].initial["displayed"]
    publish_next(policies[1], by=make_head(school), body="Another rule.")

    data = {"read": [one.pk for one in policies], "displayed": shown, "typed_name": teacher.name}
    page = client.post(URL, data, follow=True)

    assert b"was changed while you were reading" in page.content
    assert not Signature.objects.exists()


def test_a_text_that_was_not_on_the_page_cannot_be_signed_by_adding_its_number(
    client: Client, school: Organisation, teacher: User, policies: list[Policy]
) -> None:
    client.force_login(teacher)
    shown = client.get(URL).context["form"].initial["displayed"]
    late = make_policy(school, title="Late")

    data = {"read": [policies[0].pk, late.pk], "displayed": shown, "typed_name": teacher.name}
    client.post(URL, data)

    assert not Signature.objects.exists()


def test_a_double_click_makes_one_signature(teacher: User, policies: list[Policy]) -> None:
    shown = " ".join(one.current.content_hash for one in policies if one.current)
    pks = [one.pk for one in policies]
    once = signing.sign_together(pks, by=teacher, displayed=shown, typed_name=teacher.name)
    again = signing.sign_together(pks, by=teacher, displayed=shown, typed_name=teacher.name)
    assert once == again


def test_a_trusts_policy_brings_its_appendix_along(client: Client) -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    teacher, policy = make_user(Role.STAFF, at=school), make_policy(trust)
    make_appendix(policy, school)
    own = make_policy(school)

    assert post(client, teacher, [policy, own]) == 302
    assert Acknowledgement.objects.filter(person=teacher).count() == 3


def test_a_sitting_of_ten_costs_as_much_as_one_of_two(school: Organisation, teacher: User) -> None:
    counts = []
    for more in (2, 30):
        crowds.many_policies(school, make_head(school), more)
        counts.append(len(visit(teacher, reverse("governance:sitting"))))
    assert counts[0] == counts[1] <= 8
