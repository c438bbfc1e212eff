"""The dashboard's figures, checked against a slow count that shares no code with them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from governance.models import Acknowledgement, Exemption, Policy
from governance.progress import Figures
from governance.services import exemptions, publishing
from overview.dashboards import school_dashboard, trust_dashboard
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import organisations
from tests.factories import make_member, make_person, make_school, make_trust, make_user
from tests.governance.factories import make_head, make_policy, publish_next, sign

pytestmark = pytest.mark.django_db
START = "2026-09-07 10:00"


def counted(school: Organisation, on: date) -> dict[str, Figures]:
    """Policy title to figures, one person and one policy at a time."""
    grace, joiner = (
        int(school.setting(f"policies.{name}")) for name in ("grace_days", "joiner_grace_days")
    )
    found = {}
    for policy in Policy.objects.in_force().reaching(school).select_related("asking", "current"):
        signed = exempt = overdue = total = 0
        for post in Membership.objects.filter(organisation=school).prefetch_related("roles"):
            if post.starts_on > on or (post.ends_on and post.ends_on < on):
                continue
            roles = {row.role for row in post.roles.all()}
            if not any(
                (not rule.role or rule.role in roles)
                and (not rule.employment or rule.employment == post.employment)
                and (rule.organisation_id in (None, school.pk))
                for rule in policy.current.audience.all()
            ):
                continue
            total += 1
            mine = Acknowledgement.objects.filter(person=post.person, policy=policy)
            free = [
                one
                for one in Exemption.objects.filter(person=post.person, organisation=school)
                if one.policy_id in (None, policy.pk)
            ]
            days = [
                timezone.localdate(policy.asking.published_at) + timedelta(days=grace),
                post.starts_on + timedelta(days=joiner),
            ]
            days += [
                one.ends_on + timedelta(days=1 + joiner)
                for one in free
                if one.ends_on and one.ends_on < on
            ]
            if any(one.ordinal >= policy.asking.ordinal for one in mine):
                signed += 1
            elif any(
                one.starts_on <= on and (not one.ends_on or one.ends_on >= on) for one in free
            ):
                exempt += 1
            elif max(days) < on:
                overdue += 1
        found[policy.title] = Figures(signed, exempt, overdue, total)
    return found


@pytest.fixture
def busy() -> Organisation:
    """A school with signatures, joiners, leavers, exemptions and two kinds of change."""
    trust = make_trust()
    school = make_school(trust=trust)
    lead, head = make_head(trust), make_head(school)
    people = [make_user(Role.STAFF, at=school, department="Arts") for _ in range(6)]
    people += [make_user(Role.STAFF, at=school, employment="agency") for _ in range(2)]
    make_user(Role.STAFF, at=school, since=date(2026, 10, 12))
    make_user(Role.STAFF, at=school, since=date(2026, 9, 20))
    leaver = make_person()
    make_member(leaver, school, Role.STAFF, ends_on=date(2026, 10, 1))
    with time_machine.travel(START, tick=False):
        first = make_policy(trust, by=lead)
        second = make_policy(school, by=head, audience=[{"employment": "agency"}, {"role": "head"}])
        for person in people[:5]:
            sign(first, person)
        sign(second, people[6])
        sign(first, leaver)
        exemptions.allow(
            people[5],
            school,
            by=head,
            reason="other",
            starts_on=date(2026, 9, 7),
            ends_on=date(2026, 9, 30),
        )
        exemptions.allow(people[7], school, by=head, reason="other", starts_on=date(2026, 9, 7))
    with time_machine.travel("2026-09-28 10:00", tick=False):
        publish_next(second, by=head, change="minor")
    with time_machine.travel("2026-10-05 10:00", tick=False):
        publish_next(first, by=lead, change="material")
        sign(first, people[0])
    return school


DAYS = [
    "2026-09-08",
    "2026-09-21",
    "2026-09-22",
    "2026-10-01",
    "2026-10-05",
    "2026-10-14",
    "2026-10-15",
    "2026-10-19",
    "2026-10-20",
    "2026-10-26",
    "2026-10-27",
    "2026-12-01",
]


@pytest.mark.parametrize("day", DAYS)
def test_the_figures_are_those_of_a_slow_count(busy: Organisation, day: str) -> None:
    with time_machine.travel(f"{day} 12:00", tick=False):
        board = school_dashboard(busy, with_names=True)
        expected = counted(busy, date.fromisoformat(day))

    assert {line.policy.title: line.figures for line in board.policies} == expected
    assert board.total == sum(expected.values(), Figures())
    assert board.total == sum((row for _, row in board.departments), Figures())
    assert sum(late for _, late in board.late_people) == board.total.overdue


def test_a_trust_sees_each_school_by_its_own_rules(busy: Organisation) -> None:
    assert busy.parent is not None
    patient = make_school(trust=busy.parent)
    make_user(Role.STAFF, at=patient)
    patient = organisations.change_settings(
        patient, {"policies.grace_days": 90}, by=make_user(Role.HEAD, at=patient)
    )
    with time_machine.travel("2026-10-27 12:00", tick=False):
        lines = {line.school.pk: line for line in trust_dashboard(busy.parent)}
        expected = {
            school.pk: sum(counted(school, date(2026, 10, 27)).values(), Figures())
            for school in (busy, patient)
        }

    assert {pk: lines[pk].figures for pk in expected} == expected
    assert lines[patient.pk].figures.overdue == 0
    assert lines[busy.pk].figures.overdue > 0


@pytest.mark.demand("D10")
def test_exempt_people_are_left_out_of_the_percentage(school: Organisation) -> None:
    head = make_head(school)
    policy = make_policy(school, by=head)
    sign(policy, head)
    away = make_user(Role.STAFF, at=school)
    assert school_dashboard(school, with_names=False).total.percent == 50

    exemptions.allow(away, school, by=head, reason="long_leave", starts_on=school.today())

    total = school_dashboard(school, with_names=False).total
    assert (total.percent, total.exempt, total.expected) == (100, 1, 1)


@pytest.mark.parametrize(
    ("signed", "expected", "percent"), [(999, 1000, 99), (0, 3, 0), (3, 3, 100)]
)
def test_100_per_cent_means_everyone(signed: int, expected: int, percent: int) -> None:
    assert Figures(signed=signed, total=expected).percent == percent


def test_a_governor_sees_figures_and_no_names(client: Client, school: Organisation) -> None:
    late = make_user(Role.STAFF, at=school, name="Lateria Example")
    with time_machine.travel(START, tick=False):
        make_policy(school)

    for role, shown in ((Role.GOVERNOR, False), (Role.HEAD, True)):
        client.force_login(make_user(role, at=school))
        page = client.get(f"/schools/{school.slug}/")
        (assertContains if shown else assertNotContains)(page, late.name)


def test_a_review_that_is_near_or_late_is_listed(client: Client, school: Organisation) -> None:
    head = make_head(school)
    policy = make_policy(school, by=head, title="Playground policy")
    publishing.review_without_change(
        policy, by=head, next_due_on=school.today() + timedelta(days=30)
    )

    assert [line.policy for line in school_dashboard(school, with_names=False).reviews] == [policy]
    client.force_login(head)
    assertContains(client.get(f"/schools/{school.slug}/"), "Due for review")


def test_a_school_without_policies_is_told_how_to_begin(
    client: Client, school: Organisation
) -> None:
    client.force_login(make_head(school))
    assertContains(client.get(f"/schools/{school.slug}/"), "Import a policy")


def test_who_owes_nothing_reads_that_they_are_up_to_date(
    client: Client, school: Organisation
) -> None:
    teacher: User = make_user(Role.STAFF, at=school)
    client.force_login(teacher)
    assertContains(client.get("/"), "You are up to date")


def test_the_first_page_lists_what_is_most_urgent_first(
    client: Client, school: Organisation
) -> None:
    head = make_head(school)
    teacher = make_user(Role.STAFF, at=school)
    with time_machine.travel(START, tick=False):
        make_policy(school, by=head, title="Older policy")
    make_policy(school, by=head, title="Newer policy")

    client.force_login(teacher)
    page = client.get("/").content.decode()

    assert 0 < page.index("Older policy") < page.index("Newer policy")
    assert "overdue" in page
