"""Whoever is asked to assess the risks finds it among their tasks until they have signed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.assess_duties import ASSESSING
from approvals.models import BusinessCase, Side
from approvals.services import cases
from people.duty import Duty
from people.models import User
from people.roles import Role
from people.services import membership
from tests.approvals.considering import a_case, ask, list_risk, sign
from tests.approvals.factories import set_rule
from tests.factories import make_school

EDU, TECH = Side.EDUCATIONAL, Side.TECHNICAL


@pytest.fixture
def case(db: None) -> BusinessCase:
    return a_case(make_school())


def owed(person: User, case: BusinessCase) -> list[Duty]:
    gate = ASSESSING.gate
    assert gate is not None
    on = case.organisation.today()
    duties = list(ASSESSING.of(person, on))
    assert gate(person.pk, on).exists() or not duties
    return duties


def test_an_assessor_owes_a_signature_for_each_list_of_risks(case: BusinessCase) -> None:
    teacher = ask(case, EDU, Role.STAFF)
    assert owed(teacher, case) == []  # nothing to read yet
    list_risk(case)
    (first,) = owed(teacher, case)
    assert first.title == "Assess the risks of “Drama department”"
    assert first.due_on == case.organisation.today() + timedelta(days=7)
    assert first.note == ""
    sign(case, EDU, teacher)
    assert owed(teacher, case) == []
    list_risk(case, what="Somebody takes it over")
    (again,) = owed(teacher, case)
    assert again.occasion != first.occasion
    assert again.note == "The risks have changed since you signed them."


def test_a_school_says_how_long_they_have(case: BusinessCase) -> None:
    set_rule(case.organisation, assess_within=3)
    list_risk(case)
    (duty,) = owed(ask(case, EDU, Role.STAFF), case)
    assert duty.due_on == case.organisation.today() + timedelta(days=3)


def test_nobody_owes_it_for_a_case_that_is_over_or_after_leaving(case: BusinessCase) -> None:
    list_risk(case)
    teacher, expert = ask(case, EDU, Role.STAFF), ask(case, TECH, Role.IT)
    yesterday = case.organisation.today() - timedelta(days=1)
    membership.leave(teacher.memberships.get(), last_day=yesterday, by=None)
    assert owed(teacher, case) == []
    assert len(owed(expert, case)) == 1
    cases.withdraw(case, by=case.author)
    assert owed(expert, case) == []


def test_many_cases_take_no_more_queries_than_one(case: BusinessCase) -> None:
    list_risk(case)
    teacher = ask(case, EDU, Role.STAFF)
    people, on = User.objects.filter(pk=teacher.pk), case.organisation.today()
    with CaptureQueriesContext(connection) as one:
        assert len(list(ASSESSING.owed(people, on))) == 1
    from approvals.services import risks

    for _ in range(5):
        other = a_case(case.organisation, case.author)
        list_risk(other)
        risks.set_assessor(other, by=other.author, side=EDU, person=teacher)
    with CaptureQueriesContext(connection) as many:
        assert len(list(ASSESSING.owed(people, on))) == 6
    assert len(one) == len(many) == 3
