"""What stays readable to somebody who has moved on."""

from __future__ import annotations

import pytest
from django.test import Client

from people.models import Organisation, User
from people.roles import Role
from people.services import membership as membership_services
from tests.factories import make_member, make_person, make_school
from tests.governance.factories import make_head, make_policy, publish_next, sign

pytestmark = pytest.mark.django_db


def test_a_former_colleague_reads_what_they_signed_and_nothing_later(
    client: Client, school: Organisation
) -> None:
    head = make_head(school)
    policy = make_policy(school, by=head)
    person = make_person()
    post = make_member(person, school, Role.STAFF)
    signature = sign(policy, person)
    signed = signature.acknowledgements.get().version
    membership_services.leave(post, last_day=post.starts_on, by=None)
    make_member(person, make_school(), Role.STAFF)
    later = publish_next(policy, by=head)

    client.force_login(User.objects.get(pk=person.pk))  # as they are now
    assert client.get(signature.get_absolute_url()).status_code == 200
    assert client.get(signed.get_absolute_url()).status_code == 200
    assert client.get(later.get_absolute_url()).status_code == 404
    assert client.get(policy.get_absolute_url()).status_code == 404
