"""The school's year: which days are what, the hours between two moments, a year to look at."""

from people.calendar.days import (
    DayKind,
    SchoolCalendar,
    bank_holiday_names,
    bank_holidays,
    calendars,
    is_weekday,
)

__all__ = [
    "DayKind",
    "SchoolCalendar",
    "bank_holiday_names",
    "bank_holidays",
    "calendars",
    "is_weekday",
]
