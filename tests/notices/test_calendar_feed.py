"""The calendar of one's own tasks: days, and nothing about what is due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains

from notices import calendar_feed
from notices.models import CalendarFeed
from people.models import Organisation, User
from people.services import membership
from tests.factories import make_user
from tests.notices.conftest import OWED, owe
from tests.queries import visit
from trail.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def zoe(school: Organisation) -> User:
    return make_user(at=school, name="Zoë O'Brien")


def path(address: str) -> str:
    return "/calendar/" + address.rsplit("/", 1)[1]


def uids(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("UID:")]


def test_it_shows_the_due_days_and_nothing_else(
    school: Organisation, zoe: User, client: Client
) -> None:
    owe(zoe, school, 3, title="Read and sign: Secret matters", on=school.today())
    owe(make_user(at=school), school, 4, what="2", on=school.today())
    answer = client.get(path(calendar_feed.create(zoe)))

    text = answer.content.decode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"].startswith("private")
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    due = school.today() + timedelta(days=3)
    assert f"DTSTART;VALUE=DATE:{due:%Y%m%d}\r\n" in text
    assert "SUMMARY:A task on the portal is due\r\n" in text
    assert len(uids(text)) == 1
    for word in ("Secret", "Zoë", school.name, "policy"):
        assert word not in text


def test_a_task_keeps_its_name_when_its_day_moves(
    school: Organisation, zoe: User, client: Client
) -> None:
    address = path(calendar_feed.create(zoe))
    owe(zoe, school, 3, on=school.today())
    before = uids(client.get(address).content.decode())
    OWED.clear()
    owe(zoe, school, 9, on=school.today())
    owe(zoe, school, 9, what="2", on=school.today())
    after = uids(client.get(address).content.decode())
    assert len({*before, *after}) == 2
    assert before[0] in after


def test_an_address_is_shown_once_and_kept_as_a_hash(zoe: User, client: Client) -> None:
    client.force_login(zoe)
    page = client.post(reverse("notices:calendar_create"))
    assertContains(page, "/calendar/")
    assert "no-store" in page["Cache-Control"]
    feed = CalendarFeed.objects.get()
    assert feed.token_hash not in page.content.decode()
    again = client.get(reverse("notices:reminders"))
    assertContains(again, "Take the address back")
    assertNotContains(again, "/calendar/x")
    assert AuditEvent.objects.filter(verb="calendar_feed.create").count() == 1


def test_an_address_that_was_replaced_taken_back_or_guessed_opens_nothing(
    school: Organisation, zoe: User, client: Client
) -> None:
    first = path(calendar_feed.create(zoe))
    second = path(calendar_feed.create(zoe))
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    client.force_login(zoe)
    client.post(reverse("notices:calendar_revoke"))
    assert client.get(second).status_code == 404
    assert client.get("/calendar/guess.ics").status_code == 404


def test_whoever_has_left_has_no_calendar(school: Organisation, zoe: User, client: Client) -> None:
    address = path(calendar_feed.create(zoe))
    yesterday = school.today() - timedelta(days=1)
    membership.leave(zoe.memberships.get(), last_day=yesterday, by=None)
    assert client.get(address).status_code == 404


def test_it_asks_the_same_for_two_tasks_and_for_forty(school: Organisation, zoe: User) -> None:
    address = path(calendar_feed.create(zoe))

    def cost(number: int) -> int:
        for _ in range(number):
            owe(zoe, school, 3, what=str(len(OWED)), on=school.today())
        return len(visit(zoe, address))

    assert cost(2) == cost(38) <= 8


def test_what_means_something_in_a_calendar_is_escaped_and_long_lines_are_folded(
    school: Organisation, zoe: User, settings: Settings
) -> None:
    settings.PORTAL_NAME = "Hill; Dale, Wood\nEND:VCALENDAR " + "日本" * 40
    owe(zoe, school, 3, on=school.today())
    text = calendar_feed.calendar_of(zoe, school.today())
    assert "X-WR-CALNAME:Hill\\; Dale\\, Wood" in text
    assert text.count("\r\nEND:VCALENDAR") == 1
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "日本" * 40 in text.replace("\r\n ", "")


def test_it_reads_back_as_a_whole_day(school: Organisation, zoe: User) -> None:
    due = owe(zoe, school, 3, on=school.today()).due_on
    (event,) = Calendar.from_ical(calendar_feed.calendar_of(zoe, school.today())).walk("VEVENT")
    assert (event.start, event.end) == (due, due + timedelta(days=1))
    assert (event["CLASS"], event["TRANSP"]) == ("PRIVATE", "TRANSPARENT")
