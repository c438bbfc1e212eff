"""A person's duties as a calendar (iCalendar, RFC 5545): due days, and nothing about what is due.

The address is all that opens it. So it holds no names, titles or schools, and whoever comes upon it
learns that somebody has a task on some day.
"""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from icalendar import Calendar, Event, vDuration, vText

from notices.duties import duties_of
from notices.models import CalendarFeed
from people.duty import Duty
from people.models import Membership, User
from trail import audit
from web.crypto import keyed_hash

PURPOSE = "calendar-feed"
TITLE = "A task on the portal is due"
MORE = "Sign in to see what it is."
DAY = timedelta(days=1)
EVERY = timedelta(hours=6)


@transaction.atomic
def create(person: User) -> str:
    """A new address, which is shown this once. An older one opens nothing any more."""
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.filter(person=person).delete()
    CalendarFeed.objects.create(person=person, token_hash=_hash(token))
    _record("calendar_feed.create", person)
    return settings.SITE_URL + reverse("notices:calendar", args=[token])


@transaction.atomic
def revoke(person: User) -> None:
    """The address opens nothing any more."""
    deleted, _ = CalendarFeed.objects.filter(person=person).delete()
    if deleted:
        _record("calendar_feed.revoke", person)


def person_of(token: str) -> User | None:
    """Whose calendar this is; None for an address that was taken back, or whose owner has left."""
    feed = CalendarFeed.objects.filter(token_hash=_hash(token)).select_related("person").first()
    if feed is None or not feed.person.is_active or not feed.person.posts:
        return None
    return feed.person


def calendar_of(person: User, on: date) -> str:
    """One whole-day event for each duty, under a name that stays when the day moves."""
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", f"-//{settings.PORTAL_NAME}//Tasks//EN")
    calendar.add("X-WR-CALNAME", vText(settings.PORTAL_NAME))
    calendar.add("REFRESH-INTERVAL", EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(EVERY))
    for duty in duties_of(person, on):
        calendar.add_component(_event(duty, on))
    written: bytes = calendar.to_ical(sorted=False)
    return written.decode()


def _event(duty: Duty, on: date) -> Event:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    name = keyed_hash(f"{duty.person_id}:{duty.occasion}", purpose=PURPOSE)[:32]
    event = Event()
    event.add("UID", f"{name}@{host}")
    event.add("DTSTAMP", datetime.combine(on, time(), UTC))
    event.add("DTSTART", duty.due_on)
    event.add("DTEND", duty.due_on + DAY)
    event.add("SUMMARY", TITLE)
    event.add("DESCRIPTION", MORE)
    event.add("URL", f"{settings.SITE_URL}/")
    event.add("CLASS", "PRIVATE")
    event.add("TRANSP", "TRANSPARENT")
    return event


def _hash(token: str) -> str:
    return keyed_hash(token, purpose=PURPOSE)


def _record(verb: str, person: User) -> None:
    posts = Membership.objects.active().filter(person=person).select_related("organisation")
    for post in posts.order_by("organisation_id"):
        audit.record(verb, post, by=person)
