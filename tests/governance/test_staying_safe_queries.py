"""The pages of leavers and of the self-check ask as much for a thousand people as for ten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.leaving import ATTESTING, RECORDING
from governance.models import GuidanceEdition, LeavingStatement, SelfCheck
from governance.self_check import CHECKING
from governance.services import leaving
from notices.health import BEAT
from notices.services import beat
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership
from tests import crowds
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_policy
from tests.test_queries import constant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _worker_runs(db: None) -> None:
    beat(BEAT)


@pytest.fixture
def school() -> Organisation:
    return make_school(trust=make_trust())


@pytest.fixture
def office(school: Organisation) -> User:
    return make_user(Role.OFFICE, at=school)


def many_leavers(school: Organisation, office: User, number: int) -> None:
    """Half of them with a statement on paper, written past the services."""
    people = crowds.many_people(school, number)
    today = school.today()
    Membership.objects.filter(person__in=[one.pk for one in people]).update(
        ends_on=today - timedelta(days=2)
    )
    posts = Membership.objects.filter(person__in=[one.pk for one in people[: number // 2]])
    LeavingStatement.objects.bulk_create(
        LeavingStatement(
            reference=f"L-{post.pk:09}", membership=post, person_id=post.person_id,
            organisation=school, method="paper", statement="x", last_day=post.ends_on,
            counts_until=today, given_on=today, recorded_by=office,
        )
        for post in posts
    )  # fmt: skip


@pytest.mark.parametrize("query", ["", "?state=missing&q=crowd", "?when=all&page=2"])
def test_the_list_of_leavers(school: Organisation, office: User, query: str) -> None:
    url = reverse("governance:leavers", args=[school.slug]) + query
    constant(office, url, lambda more: many_leavers(school, office, more), ceiling=8)


def test_ones_own_leaving(school: Organisation, office: User) -> None:
    teacher = make_user(Role.STAFF, at=school, line_manager=office)
    post = membership.leave(teacher.memberships.get(), last_day=school.today(), by=None)

    def grow(more: int) -> None:
        crowds.many_people(school, more)
        crowds.many_policies(school, teacher, more // 10)

    constant(teacher, reverse("governance:leaving", args=[post.pk]), grow, ceiling=14, many=200)


def test_a_receipt_of_leaving(school: Organisation, office: User) -> None:
    teacher = make_user(Role.STAFF, at=school)
    for _ in range(3):
        make_policy(school, author=teacher)
    post = membership.leave(teacher.memberships.get(), last_day=school.today(), by=None)
    statement = leaving.attest(post, by=teacher, typed_name=teacher.name)
    constant(
        teacher, statement.get_absolute_url(), lambda more: crowds.many_people(school, more),
        ceiling=8, many=100,
    )  # fmt: skip


def many_checks(school: Organisation, number: int) -> None:
    people = crowds.many_people(school, number)
    SelfCheck.objects.bulk_create(
        SelfCheck(
            person=person, organisation=school, edition=1,
            done_on=school.today() - timedelta(days=place % 500),
        )
        for place, person in enumerate(people[: number // 2])
    )  # fmt: skip


@pytest.mark.parametrize("query", ["", "?state=overdue", "?q=crowd&department=Department+1&page=2"])
def test_who_has_done_the_self_check(school: Organisation, office: User, query: str) -> None:
    url = reverse("governance:self_checks", args=[school.slug]) + query
    constant(office, url, lambda more: many_checks(school, more), ceiling=8)


def test_the_same_as_csv(school: Organisation, office: User) -> None:
    url = reverse("governance:self_checks_csv", args=[school.slug])
    page = constant(office, url, lambda more: many_checks(school, more), ceiling=6)
    assert page.response.streaming


def test_the_guidance_of_a_school(school: Organisation, office: User) -> None:
    def grow(more: int) -> None:
        count = GuidanceEdition.objects.filter(organisation=school).count()
        GuidanceEdition.objects.bulk_create(
            GuidanceEdition(
                organisation=school, number=count + number, body="Words.", saved_by=office
            )
            for number in range(1, more + 1)
        )

    # A page of its own with a list at its end.
    constant(office, reverse("governance:guidance", args=[school.slug]), grow, ceiling=12)


def test_what_a_whole_school_owes_is_one_query_of_each_kind(
    school: Organisation, office: User
) -> None:
    many_leavers(school, office, 200)
    many_checks(school, 200)
    for source in (ATTESTING, RECORDING, CHECKING):
        with CaptureQueriesContext(connection) as queries:
            list(source.owed(User.objects.all(), school.today() + timedelta(days=40)))
        assert len(queries) == 1, source.kind
