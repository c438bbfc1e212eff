"""How long a case waits, counted in school days: a holiday is nobody's fault (E10)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from people.calendar.days import days_of

if TYPE_CHECKING:
    from approvals.models import BusinessCase
    from people.calendar import SchoolCalendar

DAY = timedelta(days=1)
FAR = 120  # days: longer than any holiday


def sent_on(case: BusinessCase) -> date:
    """The day it went to the leadership team."""
    assert case.submitted_at is not None
    return timezone.localdate(case.submitted_at, case.organisation.zone)


def nth_school_day(year: SchoolCalendar, after: date, n: int) -> date:
    """The nth school day after that day; where no term lies ahead, the nth day after it."""
    day, left = after, n
    for _ in range(FAR):
        day += DAY
        left -= year.counts(day)
        if left == 0:
            return day
    return after + n * DAY


def school_days_since_sent(case: BusinessCase, year: SchoolCalendar) -> int:
    """Today counts, the day it was sent does not."""
    days = days_of(sent_on(case) + DAY, case.organisation.today())
    return sum(map(year.counts, days))
