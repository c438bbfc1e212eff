"""Somebody is asked for the next year's terms before the last known one ends (R2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from notices.duties import duties_for, duties_of
from people.models import Organisation, User
from people.roles import Role
from people.services import calendar
from tests.factories import make_school, make_trust, make_user

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2027, 4, 19), date(2027, 7, 20)
KIND = "calendar.plan"


def tasks(person: User, on: date) -> list[str]:
    alone = duties_for(User.objects.filter(pk=person.pk), on)
    found = [(duty.kind, duty.due_on, duty.note) for duty in duties_of(person, on)]
    assert sorted(found) == sorted((duty.kind, duty.due_on, duty.note) for duty in alone)
    return [note for kind, due, note in found if kind == KIND and due == LAST]


@pytest.mark.demand("E7")
def test_the_office_is_asked_sixty_days_before_and_until_the_terms_are_there() -> None:
    school = make_school()
    office, teacher = make_user(Role.OFFICE, at=school), make_user(Role.STAFF, at=school)
    calendar.add_term(school, by=office, name="Summer", starts_on=FIRST, ends_on=LAST)

    assert tasks(office, LAST - timedelta(days=60)) == []
    assert tasks(office, LAST - timedelta(days=59)) == [
        "The last term that is known ends on 20 July 2027"
    ]
    assert tasks(office, LAST + timedelta(days=200))
    assert tasks(teacher, LAST) == []

    autumn = {"starts_on": date(2027, 9, 2), "ends_on": date(2027, 12, 17)}
    calendar.add_term(school, by=office, name="Autumn", **autumn)
    assert tasks(office, LAST) == []


def test_a_school_that_goes_by_its_trusts_terms_leaves_it_to_the_trust() -> None:
    trust = make_trust()
    school: Organisation = make_school(trust=trust)
    lead, office = make_user(Role.TRUST_LEAD, at=trust), make_user(Role.OFFICE, at=school)
    calendar.add_term(trust, by=lead, name="Summer", starts_on=FIRST, ends_on=LAST)

    assert tasks(office, LAST) == []
    assert tasks(lead, LAST)
