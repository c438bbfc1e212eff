"""Days away: who may enter them, what is refused, and who is told on a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains

from people.cover import cover_on
from people.models import Absence, Membership, Organisation, User
from people.roles import Role
from people.services import absence as absences
from people.services import membership as memberships
from tests.factories import make_school, make_user
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = timedelta(days=1)


class Staffroom:
    """Ann is away for ten days from tomorrow; Dan and Eve are there. Max is Ann's line manager."""

    def __init__(self, school: Organisation) -> None:
        self.school, self.first = school, school.today() + DAY
        self.last = self.first + 9 * DAY
        self.max = make_user(at=school, name="Max Manager")
        self.ann = make_user(at=school, name="Ann Away", line_manager=self.max)
        self.dan, self.eve = (
            make_user(at=school, name=name) for name in ("Dan Deputy", "Eve Else")
        )

    def post(self, person: User) -> Membership:
        return Membership.objects.select_related("organisation", "person").get(person=person)

    def away(self, person: User, deputy: User, **more: Any) -> Absence:
        facts = {"starts_on": self.first, "ends_on": self.last, "by": person, **more}
        return absences.set_cover(self.post(person), deputy=self.post(deputy), **facts)

    def told(self, person: User, on: date | None = None) -> int | None:
        return cover_on(on or self.first).stand_in(person.pk, self.school)


@pytest.fixture
def staff(school: Organisation) -> Staffroom:
    return Staffroom(school)


def test_from_the_first_day_to_the_last_the_deputy_is_told(staff: Staffroom) -> None:
    staff.away(staff.ann, staff.dan)
    days = [staff.first - DAY, staff.first, staff.last, staff.last + DAY]
    assert [staff.told(staff.ann, day) for day in days] == [None, staff.dan.pk, staff.dan.pk, None]
    assert AuditEvent.objects.filter(verb="absence.set").count() == 1


def test_the_office_enters_it_for_anybody_and_a_colleague_for_nobody(staff: Staffroom) -> None:
    with pytest.raises(PermissionDenied):
        staff.away(staff.ann, staff.dan, by=staff.dan)
    staff.away(staff.ann, staff.dan, by=make_user(Role.OFFICE, at=staff.school))
    assert staff.told(staff.ann) == staff.dan.pk


@pytest.mark.parametrize(
    ("deputy", "words"),
    [("ann", "Nobody can stand in for themselves."), ("far", "does not work at"),
     ("leaver", "last day is"), ("away", "Eve Else is away themselves then")],
)  # fmt: skip
def test_some_cannot_stand_in(staff: Staffroom, deputy: str, words: str) -> None:
    people = {"ann": staff.ann, "away": staff.eve, "leaver": staff.dan}
    staff.away(staff.eve, staff.dan, ends_on=staff.first)
    if deputy == "leaver":
        memberships.leave(staff.post(staff.dan), last_day=staff.last - DAY, by=None)
    person = people.get(deputy) or make_user(at=make_school(), name="Fay Far")
    with pytest.raises(RuleBroken, match=words):
        staff.away(staff.ann, person)


def test_overlapping_days_and_days_that_are_over_are_refused(staff: Staffroom) -> None:
    staff.away(staff.ann, staff.dan)
    with pytest.raises(RuleBroken, match="overlap"):
        staff.away(staff.ann, staff.eve, starts_on=staff.last, ends_on=staff.last + DAY)
    gone = staff.first - 9 * DAY
    with pytest.raises(RuleBroken, match="are over"):
        staff.away(staff.ann, staff.eve, starts_on=gone, ends_on=gone)
    with pytest.raises(RuleBroken, match="cannot be before"):
        staff.away(staff.ann, staff.eve, ends_on=staff.first - DAY)
    staff.away(staff.ann, staff.eve, starts_on=staff.last + DAY, ends_on=staff.last + 2 * DAY)


def test_a_deputy_who_is_away_hands_on_to_their_own(staff: Staffroom) -> None:
    staff.away(staff.ann, staff.dan)
    staff.away(staff.dan, staff.eve, ends_on=staff.first)
    assert staff.told(staff.ann) == staff.eve.pk
    assert staff.told(staff.ann, staff.first + DAY) == staff.dan.pk


def test_when_the_deputy_leaves_the_line_manager_is_told_and_then_nobody(staff: Staffroom) -> None:
    staff.away(staff.ann, staff.dan)
    memberships.leave(staff.post(staff.dan), last_day=staff.first, by=None)
    assert staff.told(staff.ann, staff.first) == staff.dan.pk
    assert staff.told(staff.ann, staff.last) == staff.max.pk
    memberships.leave(staff.post(staff.max), last_day=staff.first, by=None)
    assert staff.told(staff.ann, staff.last) is None
    assert cover_on(staff.last).away(staff.ann.pk, staff.school) is not None


def test_back_early_it_ends_yesterday_and_before_it_began_it_never_was(staff: Staffroom) -> None:
    planned = staff.away(staff.ann, staff.dan)
    assert absences.end(planned, by=staff.ann).withdrawn_at is not None
    today = staff.school.today()
    running = staff.away(staff.ann, staff.dan, starts_on=today - 3 * DAY)
    assert absences.end(running, by=staff.ann).ends_on == today - DAY
    assert staff.told(staff.ann, today) is None
    with pytest.raises(RuleBroken, match="over"):
        absences.end(running, by=staff.ann)


def test_the_database_refuses_what_no_form_would_offer(staff: Staffroom) -> None:
    post = staff.post(staff.ann)
    for wrong in ({"deputy": post}, {"ends_on": staff.first - DAY}):
        facts = {"membership": post, "deputy": staff.post(staff.dan), "set_by": staff.ann}
        days = {"starts_on": staff.first, "ends_on": staff.last}
        with pytest.raises(IntegrityError), transaction.atomic():
            Absence.objects.create(**facts | days | wrong)


@pytest.mark.parametrize("number", [3, 30])
def test_who_stands_in_is_one_query_for_everybody(
    staff: Staffroom, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        staff.away(make_user(at=staff.school), staff.dan)
    with django_assert_num_queries(1):
        cover = cover_on(staff.first)
        people = cover.people
    assert len(people) == number
    assert {cover.stand_in(pk, staff.school) for pk in people} == {staff.dan.pk}


def typed(staff: Staffroom, deputy: User, **more: Any) -> dict[str, Any]:
    return {
        "starts_on": staff.first.isoformat(),
        "ends_on": staff.last.isoformat(),
        "deputy": staff.post(deputy).pk,
        **more,
    }


def test_a_person_enters_changes_and_takes_out_their_own_days(
    staff: Staffroom, client: Client
) -> None:
    client.force_login(staff.ann)
    page = client.post(reverse("people:cover_add"), typed(staff, staff.dan), follow=True)
    assertContains(page, "Dan Deputy stands in for you and is told so.")
    absence = Absence.objects.get()
    changed = client.post(
        reverse("people:cover_change", args=[absence.pk]), typed(staff, staff.eve), follow=True
    )
    assertContains(changed, "Eve Else")
    client.force_login(staff.eve)
    assertContains(client.get(reverse("people:cover")), "For whom you stand in")
    assert client.post(reverse("people:cover_end", args=[absence.pk])).status_code == 404
    client.force_login(staff.ann)
    client.post(reverse("people:cover_end", args=[absence.pk]))
    assertContains(client.get(reverse("people:cover")), "No days away")


def test_what_was_typed_stays_when_it_is_refused(staff: Staffroom, client: Client) -> None:
    staff.away(staff.dan, staff.eve)
    client.force_login(staff.ann)
    page = client.post(reverse("people:cover_add"), typed(staff, staff.dan))
    assertContains(page, "Dan Deputy is away themselves then")
    assertContains(page, staff.first.isoformat())
    assert Absence.objects.count() == 1


def test_the_office_sees_who_is_told_where_a_deputy_has_left(
    staff: Staffroom, client: Client
) -> None:
    today = staff.school.today()
    staff.away(staff.ann, staff.dan, starts_on=today)
    memberships.leave(staff.post(staff.dan), last_day=today - DAY, by=None)
    client.force_login(make_user(Role.OFFICE, at=staff.school))
    page = client.get(reverse("people:cover_list", args=[staff.school.slug]))
    assertContains(page, "Dan Deputy is away or has left: Max Manager is told instead.")
    client.force_login(make_user(Role.OFFICE, at=make_school()))
    page = client.get(reverse("people:cover"))
    assertNotContains(page, "Ann Away")
