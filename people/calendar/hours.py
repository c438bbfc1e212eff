"""How many school hours lie between two moments, and when so many hours are over.

Asked in the school's own zone. Sums are made in UTC, so that the two nights on which the clock
changes count for what they last: subtracting times of one zone from each other would not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from people.calendar.days import DAY, HORIZON_DAYS, SchoolCalendar, days_of
from people.models import Organisation

NONE = timedelta(0)


class SchoolClock:
    """The hours in which a school is open.

    They run on school days, or with `working_days` on every day on which staff are at work.
    `organisation.parent` is read for the trust's hours: select it along.
    """

    def __init__(
        self,
        organisation: Organisation,
        calendar: SchoolCalendar | None = None,
        *,
        working_days: bool = False,
        term_time_only: bool = False,
    ) -> None:
        self.calendar = calendar or SchoolCalendar(organisation)
        self.zone: ZoneInfo = organisation.zone
        self.opens = time.fromisoformat(organisation.setting("people.day_opens"))
        self.closes = time.fromisoformat(organisation.setting("people.day_closes"))
        self._working_days = working_days
        self._term_time_only = term_time_only

    def counts(self, day: date) -> bool:
        """Whether the clock runs on this day."""
        if self._working_days:
            return self.calendar.is_working_day(day, term_time_only=self._term_time_only)
        return self.calendar.is_school_day(day)

    def hours_of(self, day: date) -> tuple[datetime, datetime]:
        """When the school opens and closes on this day, in UTC."""
        return (
            datetime.combine(day, self.opens, self.zone).astimezone(UTC),
            datetime.combine(day, self.closes, self.zone).astimezone(UTC),
        )

    def school_hours_between(self, start: datetime, end: datetime) -> timedelta:
        """The school hours from one moment to the other; none when the end is not after the start.

        Raises ValueError for a moment without a zone.
        """
        start, end = _in_utc(start), _in_utc(end)
        total = NONE
        for day in days_of(self._date(start), self._date(end)):
            if self.counts(day):
                opens, closes = self.hours_of(day)
                total += max(NONE, min(end, closes) - max(start, opens))
        return total

    def add_school_hours(self, start: datetime, hours: timedelta) -> datetime | None:
        """The first moment at which so many school hours have passed, in the school's zone.

        None where no day counts for so long that the year ahead is not known yet. Raises
        ValueError for a moment without a zone, or for less than no time.
        """
        start = _in_utc(start)
        if hours < NONE:
            raise ValueError("Hours cannot be taken away.")
        if not hours:
            return start.astimezone(self.zone)
        for day in self._days_from(self._date(start)):
            opens, closes = self.hours_of(day)
            begins = max(start, opens)
            if begins + hours <= closes:
                return (begins + hours).astimezone(self.zone)
            hours -= max(NONE, closes - begins)
        return None

    def _days_from(self, first: date) -> Iterator[date]:
        """The days that count, until none has for longer than any holiday."""
        day, idle = first, 0
        while idle <= HORIZON_DAYS:
            if self.counts(day):
                idle = 0
                yield day
            else:
                idle += 1
            day += DAY

    def _date(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A moment needs its zone.")
    return moment.astimezone(UTC)
