"""A school's year to look at, and a trust's year that its schools follow."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from people.calendar import SchoolCalendar
from people.models import Closure, Organisation, Term, User
from people.roles import Role
from people.services import calendar
from tests.factories import make_school, make_trust, make_user
from tests.people.year_lists import LIST, WHOLE, confirm, read, url, year_of
from web.errors import RuleBroken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("june")]


@pytest.fixture
def june() -> object:
    with time_machine.travel("2026-06-10 12:00Z", tick=False):
        yield


@pytest.fixture
def office(school: Organisation, client: Client) -> User:
    user = make_user(Role.OFFICE, at=school)
    client.force_login(user)
    return user


# Looking at a year


def test_staff_see_their_schools_year_with_its_totals_and_change_nothing(
    client: Client, school: Organisation, office: User
) -> None:
    confirm(client, school, read(client, school, LIST))
    assertContains(client.get(url("year", school)), "Change terms and closures")
    client.force_login(make_user(Role.STAFF, at=school))
    page = client.get(url("year", school), {"year": "2026"})
    assertContains(page, "School year 2026/27")
    assertContains(page, '<span class="visually-hidden"> INSET day</span>', count=2)
    assertContains(page, '<span class="visually-hidden"> Half-term</span>', count=5)
    assertContains(page, "Bank holiday: Good Friday")
    assertContains(page, "Bank holidays are those of England.")
    assertNotContains(page, "Change terms and closures")
    assertContains(client.get(reverse("overview:home")), url("year", school))


def test_a_year_is_september_to_august_and_in_scotland_august_to_july(
    client: Client, school: Organisation, office: User
) -> None:
    months = client.get(url("year", school)).context["year"].months
    assert [months[0].first, months[-1].first] == [date(2025, 9, 1), date(2026, 8, 1)]
    other = make_school(nation="SCT")
    client.force_login(make_user(Role.STAFF, at=other))
    page = client.get(url("year", other), {"year": "2026"})
    months = page.context["year"].months
    assert [months[0].first, months[-1].first] == [date(2026, 8, 1), date(2027, 7, 1)]
    assertContains(page, "Andrew")
    assertNotContains(page, "Easter Monday")


def test_each_year_shows_its_own_terms(client: Client, school: Organisation, office: User) -> None:
    assertContains(client.get(url("year", school)), "No terms yet")
    confirm(client, school, read(client, school, LIST))
    page = client.get(url("year", school), {"year": "2026"})
    assert [total.term.name for total in page.context["terms"]] == [
        "Autumn term 2026", "Spring term 2027",
    ]  # fmt: skip
    for other in ("2025", "2027"):
        page = client.get(url("year", school), {"year": other})
        assertContains(page, "No terms are entered for this year")
        assert page.context["year"].school_days == 0


def test_a_year_that_is_none_does_not_exist(
    client: Client, school: Organisation, office: User
) -> None:
    for asked in ("1999", "2100", "26", "٢٠٢٦", "2026; --", "99999999999"):
        assert client.get(url("year", school), {"year": asked}).status_code == 404
    assert client.get(url("year", make_school())).status_code == 404


def test_the_numbers_of_a_year_agree_with_the_days_that_are_shown(
    client: Client, school: Organisation, office: User
) -> None:
    confirm(client, school, read(client, school, LIST))
    year = client.get(url("year", school), {"year": "2026"}).context["year"]
    days = SchoolCalendar(school)
    shown = [day for month in year.months for week in month.weeks for day in week if day]
    assert len(shown) == 365
    assert year.school_days == sum(month.school_days for month in year.months)
    assert year.school_days == sum(days.is_school_day(day.day) for day in shown)
    assert year.school_days == sum(total.school_days for total in year.terms)
    assert year.inset_days == 2


def test_a_year_costs_as_many_queries_however_much_is_in_it(
    client: Client, school: Organisation, office: User
) -> None:
    client.get(url("year", school))
    with CaptureQueriesContext(connection) as empty:
        client.get(url("year", school))
    confirm(client, school, read(client, school, LIST))
    client.get(url("year", school))
    with CaptureQueriesContext(connection) as full:
        client.get(url("year", school))
    assert len(full) == len(empty) <= 8


# A trust's year


@pytest.fixture
def pair(client: Client) -> tuple[Organisation, Organisation]:
    """A trust with a year, and a school that follows it."""
    trust = make_trust()
    school = make_school(trust=trust)
    lead = make_user(Role.TRUST_LEAD, at=trust)
    client.force_login(lead)
    confirm(client, trust, read(client, trust, LIST))
    client.force_login(make_user(Role.OFFICE, at=school))
    return trust, school


def test_a_school_that_follows_its_trust_is_told_so_everywhere(
    client: Client, pair: tuple[Organisation, Organisation]
) -> None:
    trust, school = pair
    for name in ("year", "terms", "terms_import"):
        assertContains(client.get(url(name, school)), f"follows the year of {trust.name}")
    assertContains(client.get(url("terms", school)), "The trust’s")


def test_a_school_takes_over_the_trusts_dates_and_changes_them(
    client: Client, pair: tuple[Organisation, Organisation]
) -> None:
    trust, school = pair
    assertContains(client.get(url("terms_take_over", school)), "Take over these dates")
    assert year_of(school) == [], "looking copies nothing"
    page = client.post(url("terms_take_over", school))
    assertRedirects(page, url("terms", school))
    assert year_of(school) == year_of(trust) == WHOLE
    term = Term.objects.get(organisation=school, starts_on=date(2026, 9, 2))
    calendar.change_term(term, by=None, starts_on=date(2026, 9, 3))
    days = SchoolCalendar(school)
    assert not days.follows_trust
    assert not days.is_school_day(date(2026, 9, 2))
    assert SchoolCalendar(trust).is_school_day(date(2026, 9, 2))
    assertContains(client.post(url("terms_take_over", school)), "Nothing to take over")
    assertNotContains(client.get(url("year", school)), "follows the year")


def test_a_school_gives_up_its_own_dates_and_follows_its_trust_again(
    client: Client, pair: tuple[Organisation, Organisation]
) -> None:
    trust, school = pair
    calendar.take_over(school, by=None)
    assertContains(client.get(url("terms", school)), f"Follow the year of {trust.name} again")
    assertContains(client.get(url("terms_follow_trust", school)), "5 entries")
    assert year_of(school) == WHOLE, "looking deletes nothing"
    client.post(url("terms_follow_trust", school))
    assert year_of(school) == []
    assert SchoolCalendar(school).follows_trust
    assertContains(client.get(url("terms_follow_trust", school)), "Nothing to change")
    alone = make_school()
    with pytest.raises(RuleBroken, match="no terms of a trust"):
        calendar.follow_trust(alone, by=None)


def test_what_the_school_had_of_its_own_stays_when_it_takes_over(
    pair: tuple[Organisation, Organisation],
) -> None:
    _, school = pair
    for day, kind in ((date(2026, 11, 5), "closed"), (date(2026, 9, 1), "inset")):
        calendar.add_closure(school, kind=kind, name="Ours", starts_on=day, ends_on=day, by=None)
    done = calendar.take_over(school, by=None)
    assert (done.terms, done.closures, done.there) == (2, 2, 1)
    assert Closure.objects.filter(organisation=school).count() == 4


def test_a_school_without_a_trust_has_nothing_to_take_over(school: Organisation) -> None:
    with pytest.raises(RuleBroken, match="no terms of a trust"):
        calendar.take_over(school, by=None)


def test_a_trust_sees_which_of_its_schools_have_their_own_year(
    client: Client, pair: tuple[Organisation, Organisation]
) -> None:
    trust, school = pair
    client.force_login(make_user(Role.TRUST_LEAD, at=trust))
    assertContains(client.get(url("terms", trust)), "Every school of the trust follows this year.")
    calendar.take_over(school, by=None)
    make_school(trust=trust)
    page = client.get(url("terms", trust))
    assertContains(page, "1 of the 2 schools follows this year")
    assertContains(page, f"With terms of their own: {school.name}.")


def test_services_refuse_whoever_does_not_manage_the_school(school: Organisation) -> None:
    staff = make_user(Role.STAFF, at=school)
    with pytest.raises(PermissionDenied):
        calendar.import_year(school, by=staff, entries=[])
    with pytest.raises(PermissionDenied):
        calendar.take_over(school, by=staff)
