"""What somebody at an office could try with other people's sign-in and names."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from people.models import Organisation, User
from people.roles import Role
from people.services import importing, invitations, organisations, staff
from people.settings_registry import registered
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_superuser("op@portal.example", "Op Erator", "a long pass phrase")


def test_an_office_cannot_take_over_an_operator_by_listing_them_as_staff(
    school: Organisation, operator: User
) -> None:
    office = make_user(Role.OFFICE, at=school)
    post = staff.add(school, name="Op", email=operator.email, by=office)

    with pytest.raises(PermissionDenied):
        staff.change(post, {"email": "office@evil.example"}, {}, by=office)

    operator.refresh_from_db()
    assert operator.email == "op@portal.example"


def test_a_staff_list_cannot_change_an_operator_s_address_either(
    school: Organisation, operator: User
) -> None:
    office = make_user(Role.OFFICE, at=school)
    staff.add(school, name="Op", email=operator.email, by=office, payroll_id="1")
    uploaded = importing.upload(
        school, b"Name,E-mail,Staff number\nOp Erator,office@evil.example,1\n", by=office
    )

    plan = importing.plan_of(uploaded)
    importing.confirm(uploaded, by=office, digest=plan.digest)

    operator.refresh_from_db()
    assert operator.email == "op@portal.example"


def test_every_rule_of_a_school_may_be_set_at_once(school: Organisation) -> None:
    head = make_user(Role.HEAD, at=school)
    values = {
        key: (one.minimum if one.kind == "number" else one.default)
        for key, one in registered().items()
    }

    organisations.change_settings(school, values, by=head)

    school.refresh_from_db()
    assert school.settings.keys() == values.keys()


def test_a_line_break_in_a_school_s_name_stops_no_invitation(
    client: Client, school: Organisation
) -> None:
    head, teacher = make_user(Role.HEAD, at=school), make_user(Role.STAFF, at=school)
    client.force_login(head)
    client.post(
        f"/schools/{school.slug}/settings/details/",
        {
            "name": "A school\nBcc: all@evil.example",
            "colour": "#1d4f91",
            "nation": "ENG",
            "time_zone": "Europe/London",
            "domains": "",
        },
    )
    school.refresh_from_db()

    invitations.invite(teacher, school, by=head)

    assert "\n" not in school.name
