"""What happened to an account, line by line, from the record: with names and days in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import RotationCause, SocialAccount
from accounts.platforms import PLATFORMS
from accounts.workflow import Status
from trail.models import AuditEvent, AuditEventQuerySet
from trail.words import plain
from web.words import day_in_words, listed

REASONS = dict(RotationCause.Reason.choices)
# What a line keeps for the machinery. So are numbers: they name rows.
UNSAID = frozenset({"key", "step"})
COUNTS = {"found": "found"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, who, what they did, and what more is known of it."""

    at: datetime
    who: str
    what: str
    more: str


def events_of(account: SocialAccount) -> AuditEventQuerySet:
    """Its lines of the record, newest first."""
    found = AuditEvent.objects.filter(organisation=account.organisation_id)
    about = found.about("accounts.socialaccount", account.pk)
    return about.select_related("actor").order_by("-number")


def in_words(events: Iterable[AuditEvent], names: Mapping[int, str]) -> list[Line]:
    """As people read them. `names` of those the lines may be about: whoever ever ran it."""
    return [
        Line(
            row.at,
            row.actor.name if row.actor else "The portal",
            _what(row, names),
            "; ".join(_details(row, names)),
        )
        for row in events
    ]


def _what(row: AuditEvent, names: Mapping[int, str]) -> str:
    """ "made Jo Rivers a runner of this account"."""
    what, person = (
        row.in_words.replace(" an account", " this account"),
        row.details.get("person", ""),
    )
    name = names.get(int(person), "") if person.isdigit() else ""
    return what.replace("somebody", name, 1) if name else what


def _details(row: AuditEvent, names: Mapping[int, str]) -> Iterator[str]:
    for name, value in row.details.items():
        said_before = name == "person" and "somebody" in row.in_words
        if value and name not in UNSAID and not said_before:
            yield from filter(None, [_detail(name, value, names)])


def _detail(name: str, value: str, names: Mapping[int, str]) -> str:
    match name:
        case "person":
            return names.get(int(value), "") if value.isdigit() else ""
        case "last_day" | "until":
            return f"{plain(name)} {_day(value)}"
        case "reason":
            return REASONS.get(value, plain(value))
        case "status":
            return Status(value).label if value in Status.values else plain(value)
        case "platform":
            return PLATFORMS[value].label if value in PLATFORMS else plain(value)
        case "fields":
            return listed((_field(one) for one in value.split()), "and")
        case "witnessed":
            return "as a witness" if value == "yes" else ""
        case "from" | "to":
            return f"{name} {Status(value).label.lower()}" if value in Status.values else ""
    if value.isdigit():
        return f"{value} {COUNTS[name]}" if name in COUNTS else ""
    return f"{plain(name)}: {plain(value)}"


def _field(name: str) -> str:
    try:
        field = SocialAccount._meta.get_field(name)
    except LookupError:
        return plain(name)
    return str(getattr(field, "verbose_name", plain(name))).lower()


def _day(value: str) -> str:
    try:
        return day_in_words(date.fromisoformat(value))
    except ValueError:
        return value
