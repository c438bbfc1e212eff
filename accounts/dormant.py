"""Accounts that have fallen asleep: no post on their log for thirty school days.

Holidays never count, nor does what was before the portal knew the account.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.models import LogEntry, SocialAccount
from accounts.rotation import known_since
from accounts.workflow import RUNNING
from people.calendar import SchoolCalendar, calendars
from people.calendar.days import DAY, days_of
from web.json_rows import AmongIds
from web.prepared import prepared

SETTING = "accounts.dormant_after"
# Longer ago is asleep in any case: no school's thirty days take so long.
AT_MOST = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Asleep:
    """Since when an account counts as asleep, and when it last posted, if its log knows."""

    since: date
    last_post_on: date | None


def asleep(
    accounts: Iterable[SocialAccount],
    now: datetime | None = None,
    years: Mapping[int, SchoolCalendar] | None = None,
) -> dict[int, Asleep]:
    """Those of these accounts that are asleep, by id. Three queries; one with their schools' years.

    Their organisations and those above have to be loaded with them.
    """
    now = now or timezone.now()
    rows = [row for row in accounts if row.status in RUNNING and row.organisation.setting(SETTING)]
    last = _last_posts([row.pk for row in rows])
    places = {row.organisation_id: row.organisation for row in rows}
    if years is None:
        years = calendars(places.values())
    # Worked out once for all schools that are open on the same days.
    known: dict[tuple[Any, ...], list[date]] = {}
    in_school: dict[int, list[date]] = {}
    for pk, at in places.items():
        today = now.astimezone(at.zone).date()
        key = (today, years[pk].facts)
        if key not in known:
            known[key] = _school_days(years[pk], today)
        in_school[pk] = known[key]
    found: dict[int, Asleep] = {}
    for row in rows:
        at, posted = row.organisation, last.get(row.pk)
        posted_on = posted.astimezone(at.zone).date() if posted else None
        days = in_school[at.pk]
        begins = bisect_right(days, max(filter(None, (posted_on, known_since(row)))))
        ends = begins + int(at.setting(SETTING)) - 1
        if ends < len(days):
            found[row.pk] = Asleep(days[ends], posted_on)
    return found


def dormant_since(account: SocialAccount, now: datetime | None = None) -> date | None:
    """The school day on which this account fell asleep; None while it is awake."""
    found = asleep([account], now).get(account.pk)
    return found.since if found else None


def _last_posts(ids: list[int]) -> dict[int, datetime]:
    return dict(_posted(ids=json.dumps(ids)))


@prepared
def _posted(*, ids: str) -> QuerySet[LogEntry, tuple[int, datetime]]:
    posts = LogEntry.objects.posts().filter(AmongIds("account", ids)).order_by()
    return posts.values_list("account").annotate(at=Max("happened_at"))


def _school_days(year: SchoolCalendar, today: date) -> list[date]:
    """Every school day that could count, up to yesterday: today is not over."""
    return [day for day in days_of(today - AT_MOST, today - DAY) if year.is_school_day(day)]
