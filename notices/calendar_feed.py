"""A person's duties as a calendar (iCalendar, RFC 5545): due days, and nothing about what is due.

The address is all that opens it. So it holds no names, titles or schools, and whoever comes upon it
learns that somebody has a task on some day.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from notices.duties import duties_of
from notices.models import CalendarFeed
from people.duty import Duty
from people.models import Membership, User
from trail import audit
from web.crypto import keyed_hash

PURPOSE = "calendar-feed"
TITLE = "A task on the portal is due"
MORE = "Sign in to see what it is."
LINE = 75  # octets, after which a line is folded
DAY = timedelta(days=1)


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
    return "".join(f"{fold(line)}\r\n" for line in _lines(duties_of(person, on), on))


def _lines(duties: Iterable[Duty], on: date) -> Iterator[str]:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    yield from (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{escape(settings.PORTAL_NAME)}//Tasks//EN",
        f"X-WR-CALNAME:{escape(settings.PORTAL_NAME)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    )
    for duty in duties:
        name = keyed_hash(f"{duty.person_id}:{duty.occasion}", purpose=PURPOSE)[:32]
        yield from (
            "BEGIN:VEVENT",
            f"UID:{name}@{host}",
            f"DTSTAMP:{on:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{duty.due_on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{duty.due_on + DAY:%Y%m%d}",
            f"SUMMARY:{TITLE}",
            f"DESCRIPTION:{MORE}",
            f"URL:{settings.SITE_URL}/",
            "CLASS:PRIVATE",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        )
    yield "END:VCALENDAR"


def escape(text: str) -> str:
    """Text as a value of a property."""
    for character in ("\\", ";", ","):
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def fold(line: str) -> str:
    """A long line in pieces of at most 75 octets, none of which cuts a letter in two."""
    pieces: list[str] = []
    piece = ""
    for character in line:
        # What follows a fold begins with a space, which counts.
        if len(f"{piece}{character}".encode()) > LINE - bool(pieces):
            pieces.append(piece)
            piece = ""
        piece += character
    return "\r\n ".join([*pieces, piece])


def _hash(token: str) -> str:
    return keyed_hash(token, purpose=PURPOSE)


def _record(verb: str, person: User) -> None:
    posts = Membership.objects.active().filter(person=person).select_related("organisation")
    for post in posts.order_by("organisation_id"):
        audit.record(verb, post, by=person)
