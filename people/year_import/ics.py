"""A calendar file (.ics): its events' days and summaries, and nothing else.

Strict and small: what repeats, what has an unknown time zone and what is no date is refused in
words. All-day events end on the day before their DTEND.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from people.year_import import words
from people.year_import.rows import Found, Left, shown
from people.year_import.spans import YEARS_AHEAD, YEARS_BACK, Span
from web.errors import RuleBroken

MOST_EVENTS = 1_000
DAY = timedelta(days=1)
NOT_OURS = "This is no term, half-term, INSET day or closure."
REPEATS = "This event repeats. Add its days by hand."
_PROPERTY = re.compile(
    r"(?P<name>[A-Z-]+)(?P<parameters>(?:;[A-Z-]+=(?:\"[^\"]*\"|[^:;\"]*))*):(?P<value>.*)",
    re.IGNORECASE,
)
_MOMENT = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
# What Windows calls the time here.
_ZONES = {"GMT Standard Time": "Europe/London", "GMT": "UTC", "UTC": "UTC"}
_REPEATING = {"RRULE", "RDATE", "RECURRENCE-ID"}


@dataclass
class Event:
    """The properties of one VEVENT, each with its parameters."""

    number: int
    values: dict[str, tuple[str, str]] = field(default_factory=dict)


class Unclear(Exception):
    """Why an event's days cannot be told, in a sentence."""


def is_calendar(text: str) -> bool:
    return text.lstrip().upper().startswith("BEGIN:VCALENDAR")


def read_calendar(text: str, zone: ZoneInfo, today: date) -> tuple[list[Found], list[Left]]:
    """What each event says. Raises RuleBroken for a file that is no whole calendar."""
    _count(text)
    found, left = [], []
    for event in _events(text):
        summary = shown(_plain(event.values.get("SUMMARY", ("", ""))[1])) or "(no title)"
        kind, role = words.kind_of(summary), words.role_of(summary)
        if event.values.get("STATUS", ("", ""))[1].upper() == "CANCELLED":
            left.append(Left(event.number, summary, "This event is cancelled."))
            continue
        if not kind and not (words.LEAVES.search(summary) or words.COMES.search(summary)):
            left.append(Left(event.number, summary, NOT_OURS))
            continue
        try:
            first, last = _days(event, zone)
        except Unclear as why:
            left.append(Left(event.number, summary, str(why)))
            continue
        if not today.year - YEARS_BACK <= first.year <= last.year <= today.year + YEARS_AHEAD:
            left.append(Left(event.number, summary, f"The year {last.year} is too far away."))
            continue
        span = Span(((first, last),))
        role = role if first == last else ""
        found.append(Found(event.number, summary, summary, kind or words.TERM, role, span))
    return found, left


def _events(text: str) -> Iterator[Event]:
    """Each VEVENT; what is nested in it, such as an alarm, is passed over."""
    inside: list[str] = []
    number = 0
    event = Event(0)
    for name, parameters, value in _properties(text):
        if name == "BEGIN":
            inside.append(value.upper())
            if inside[1:] == ["VEVENT"]:
                number += 1
                event = Event(number)
        elif name == "END":
            if not inside or inside.pop() != value.upper():
                raise RuleBroken("This calendar file is damaged. Export it again.")
            if value.upper() == "VEVENT":
                yield event
        elif inside[1:] == ["VEVENT"]:
            event.values.setdefault(name, (parameters, value))
    if inside:
        raise RuleBroken("This calendar file ends too early. Export it again.")


def _properties(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, parameters and value of each line, folded lines put together again."""
    for line in re.sub(r"\n[ \t]", "", text.strip()).split("\n"):
        if match := _PROPERTY.fullmatch(line):
            yield match["name"].upper(), match["parameters"], match["value"].strip()


def _count(text: str) -> None:
    events = len(re.findall(r"^BEGIN:VEVENT\s*$", text, re.IGNORECASE | re.MULTILINE))
    if events > MOST_EVENTS:
        raise RuleBroken(
            f"This calendar has {events:,} events. The limit is {MOST_EVENTS:,}: "
            "export only the calendar of term dates."
        )
    if not events:
        raise RuleBroken("This calendar holds no events.")


def _days(event: Event, zone: ZoneInfo) -> tuple[date, date]:
    if _REPEATING & set(event.values):
        raise Unclear(REPEATS)
    if "DTSTART" not in event.values:
        raise Unclear("This event has no first day.")
    starts, whole_day = _moment(event.values["DTSTART"], zone)
    if "DTEND" in event.values:
        ends, _ = _moment(event.values["DTEND"], zone)
    elif "DURATION" in event.values:
        ends = starts + _duration(event.values["DURATION"][1])
    else:
        ends = starts + DAY if whole_day else starts
    if ends < starts:
        raise Unclear("This event ends before it begins.")
    # The end is the first moment that is no longer part of it.
    last = ends.date() if ends.time() != time(0) or ends == starts else ends.date() - DAY
    return starts.date(), last


def _moment(prop: tuple[str, str], zone: ZoneInfo) -> tuple[datetime, bool]:
    """When by the school's clock, and whether a whole day is meant."""
    parameters, value = prop
    match = _MOMENT.fullmatch(value)
    if not match:
        raise Unclear(f"“{shown(value)}” is not a date.")
    day, clock, utc = match.groups()
    try:
        moment = datetime.strptime(day + (clock or "000000"), "%Y%m%d%H%M%S")
    except ValueError:
        raise Unclear(f"“{shown(value)}” is not a date.") from None
    if not clock:
        return moment, True
    if utc:
        return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None), False
    named = re.search(r";TZID=\"?([^\";:]+)", parameters, re.IGNORECASE)
    if named:
        there = _zone(named[1])
        moment = moment.replace(tzinfo=there).astimezone(zone).replace(tzinfo=None)
    return moment, False


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(_ZONES.get(name, name))
    except (KeyError, ValueError, OSError):
        raise Unclear(f"Its time zone “{shown(name)}” is not known.") from None


def _duration(value: str) -> timedelta:
    match = re.fullmatch(
        r"P(?:(\d{1,3})W|(?:(\d{1,3})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,3})M)?)?)", value
    )
    if not match or value in ("P", "PT"):
        raise Unclear(f"“{shown(value)}” is not a length of time.")
    weeks, days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)


def _plain(text: str) -> str:
    return re.sub(r"\\([nN,;\\])", lambda m: " " if m[1] in "nN" else m[1], text)
