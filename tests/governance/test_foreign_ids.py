"""Ids of another school, or of another person, in what a form sends: they are no choice."""

from __future__ import annotations

import pytest
from django.test import Client

from governance.models import Exemption, Policy, Signature
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_draft, make_policy, publish_next
from tests.governance.test_bad_input import at, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(school: Organisation, client: Client) -> User:
    """The head, signed in."""
    person = make_user(Role.HEAD, at=school)
    client.force_login(person)
    return person


def test_ids_of_another_school_in_a_form_are_no_choice(
    client: Client, school: Organisation, head: User
) -> None:
    other = make_school()
    theirs, stranger = make_policy(other), make_user(Role.STAFF, at=other)
    policy = make_policy(school, by=head)
    make_policy(school, by=head)
    exempt = {"reason": "other", "starts_on": "2026-11-21"}
    before = rows()
    for wrong in (
        {"person": stranger.pk},
        {"person": make_user(Role.STAFF, at=school).pk, "policy": theirs.pk},
    ):
        response = client.post(at("exemption_new", school.slug), exempt | wrong)
        assert response.status_code == 200
        assert response.context["form"].errors
    assert Exemption.objects.count() == 0
    details = {"kind": "policy", "review_months": 12}
    for wrong in ({"author": stranger.pk}, {"related": [theirs.pk]}):
        response = client.post(at("details", policy.pk), details | wrong)
        assert response.status_code == 200
        assert response.context["form"].errors
    # The second of these persons joined, which is on record; nothing else changed.
    assert rows()[:5] == before[:5]


def test_a_trust_policy_is_for_schools_of_the_trust_only(client: Client) -> None:
    trust, other = make_trust(), make_school()
    make_school(trust=trust)
    lead = make_user(Role.TRUST_LEAD, at=trust)
    version = make_draft(trust, by=lead)
    client.force_login(lead)
    response = client.post(at("audience", version.pk), {"schools": [other.pk]})
    assert response.status_code == 200
    assert response.context["form"].errors["schools"]


@pytest.mark.parametrize("field", ["owner", "organisation", "school", "policy"])
def test_a_new_policy_belongs_to_the_school_of_the_address(
    client: Client, school: Organisation, head: User, field: str
) -> None:
    other = make_school()
    data = {"title": "Mine", "kind": "policy", "number": "1.0", "body": "Words.", field: other.pk}
    assert client.post(at("new", school.slug), data).status_code == 302
    assert Policy.objects.get(title="Mine").owner == school


def test_a_signature_is_always_ones_own(client: Client, school: Organisation, head: User) -> None:
    policy = make_policy(school, by=head)
    teacher, other = (make_user(Role.STAFF, at=school) for _ in range(2))
    client.force_login(teacher)
    assert policy.current is not None
    data = {
        "displayed": policy.current.content_hash,
        "typed_name": teacher.name,
        "person": other.pk,
        "by": other.pk,
    }
    assert client.post(at("sign", policy.pk), data).status_code == 302
    assert Signature.objects.get().person == teacher


def test_nobody_signs_what_was_replaced_by_a_minor_change_unseen(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_policy(school, by=head)
    old = policy.current
    assert old is not None
    publish_next(policy, by=head, change="minor")
    teacher = make_user(Role.STAFF, at=school)
    client.force_login(teacher)
    data = {"displayed": old.content_hash, "typed_name": teacher.name}
    assert client.post(at("sign", policy.pk), data).status_code == 409
    assert not Signature.objects.exists()


@pytest.mark.parametrize("which", ["exemption_new", "new", "manage"])
def test_no_list_to_choose_from_names_people_of_another_school(
    client: Client, school: Organisation, head: User, which: str
) -> None:
    make_user(Role.STAFF, at=make_school(), name="Una Stranger")
    assert b"Una Stranger" not in client.get(at(which, school.slug)).content
