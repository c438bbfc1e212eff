"""The log of an account as it is read: narrowed, and as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from accounts.forms.log import OUTSIDE
from accounts.models import LogEntry, SocialAccount
from accounts.rotation import start_of
from people.models import User

EXPORT_HEADER = (
    "When", "What", "What it says", "Address", "Outside the hours", "Audience told",
    "Platform told", "Entered by", "Entered", "Remark",
)  # fmt: skip
A_DAY = timedelta(days=1)


def entries_of(
    account: SocialAccount, user: User, filters: Mapping[str, Any]
) -> QuerySet[LogEntry]:
    """Its entries that fit, the newest first, with what each says and what put it right."""
    at = account.organisation
    found = LogEntry.objects.visible_to(user).filter(account=account)
    if kind := filters.get("kind"):
        outside = kind == OUTSIDE
        found = found.exclude(outside_hours="") if outside else found.filter(kind=kind)
    if since := filters.get("since"):
        found = found.filter(happened_at__gte=start_of(since, at))
    if until := filters.get("until"):
        found = found.filter(happened_at__lt=start_of(until + A_DAY, at))
    if words := filters.get("q"):
        found = found.filter(words__text__icontains=words)
    return found.select_related("words", "by", "put_right_by__by")


def export_rows(entries: QuerySet[LogEntry], account: SocialAccount) -> Iterator[tuple[Any, ...]]:
    """Rows under EXPORT_HEADER. Made safe for a spreadsheet where they are written."""
    zone = account.organisation.zone
    for one in entries.iterator(chunk_size=500):
        words = getattr(one, "words", None)
        yield (
            f"{one.happened_at.astimezone(zone):%d/%m/%Y %H:%M}",
            one.get_kind_display(),
            words.text if words else "",
            words.link if words else "",
            one.get_outside_hours_display(),
            _told(one.audience_told),
            _told(one.platform_told),
            one.by.name,
            f"{one.at.astimezone(zone):%d/%m/%Y %H:%M}",
            _remark(one),
        )


def _told(told: bool | None) -> str:
    return {None: "", True: "yes", False: "no need"}[told]


def _remark(entry: LogEntry) -> str:
    if entry.is_mistake:
        return "says that an entry was a mistake"
    if getattr(entry, "put_right_by", None):
        return "put right by a later entry"
    return "puts an earlier entry right" if entry.corrects_id else ""
