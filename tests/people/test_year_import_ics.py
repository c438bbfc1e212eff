"""Calendar files: which days their events mean, and what is refused in words."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from people.year_import.ics import MOST_EVENTS, NOT_OURS, REPEATS
from people.year_import.reading import read
from people.year_import.rows import Listed
from web.errors import RuleBroken

pytestmark = pytest.mark.once


def listed(*events: str, zone: str = "Europe/London") -> Listed:
    """A calendar with these events, each given by its lines."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//A school//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", "UID:1", *event.strip().splitlines(), "END:VEVENT"]
    text = "\r\n".join([*lines, "END:VCALENDAR", ""])
    return read(text, today=date(2026, 6, 1), zone=ZoneInfo(zone))


def rows(*events: str) -> list[tuple[str, str, str]]:
    found = listed(*events)
    assert found.unit == "event"
    return [(row.kind, *map(date.isoformat, row.readings[0])) for row in found.rows]


def why(*events: str) -> list[str]:
    return [one.why for one in listed(*events).left]


HALF_TERM = [("half_term", "2026-10-26", "2026-10-30")]


@pytest.mark.parametrize(
    "event",
    [
        "SUMMARY:Half-term\nDTSTART;VALUE=DATE:20261026\nDTEND;VALUE=DATE:20261031",
        "summary:Half\n  term\ndtstart;value=date:20261026\ndtend;value=date:20261031",
        "SUMMARY;LANGUAGE=en:Half-term\\, all pupils\nDTSTART;VALUE=DATE:20261026\nDURATION:P5D",
        "SUMMARY:Half-term\nDTSTART;TZID=Europe/London:20261026T083000\n"
        "DTEND;TZID=Europe/London:20261030T160000",
        "SUMMARY:Half-term\nDTSTART;TZID=GMT Standard Time:20261026T000000\n"
        'DTEND;TZID="Europe/London":20261031T000000',
        "SUMMARY:Half-term\nDTSTART:20261026T000000\nDTEND:20261031T000000",
        "BEGIN:VALARM\nSUMMARY:INSET\nDTSTART;VALUE=DATE:20250101\nEND:VALARM\n"
        "SUMMARY:Half-term\nDTSTART;VALUE=DATE:20261026\nDTEND;VALUE=DATE:20261031",
    ],
)
def test_the_end_of_an_event_is_the_first_day_after_it(event: str) -> None:
    assert rows(event) == HALF_TERM


@pytest.mark.demand("G5")
def test_days_given_in_utc_are_those_of_the_school_in_summer_and_in_winter() -> None:
    summer = "SUMMARY:INSET\nDTSTART:20260831T230000Z\nDTEND:20260901T230000Z"
    winter = "SUMMARY:INSET\nDTSTART:20270104T000000Z\nDTEND:20270105T000000Z"
    both = "SUMMARY:Half-term\nDTSTART:20261023T230000Z\nDTEND:20261101T000000Z"
    assert rows(summer, winter, both) == [
        ("inset", "2026-09-01", "2026-09-01"),
        ("inset", "2027-01-04", "2027-01-04"),
        ("half_term", "2026-10-24", "2026-10-31"),
    ]


def test_a_day_without_an_end_is_one_day() -> None:
    assert rows("SUMMARY:INSET\nDTSTART;VALUE=DATE:20280229") == [
        ("inset", "2028-02-29", "2028-02-29")
    ]


def test_a_first_and_a_last_day_of_term_are_put_together() -> None:
    begins = "SUMMARY:Spring term begins\nDTSTART;VALUE=DATE:20270104"
    ends = "SUMMARY:Last day of spring term\nDTSTART;VALUE=DATE:20270326"
    assert rows(begins, "SUMMARY:Concert\nDTSTART;VALUE=DATE:20270201", ends) == [
        ("term", "2027-01-04", "2027-03-26")
    ]


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ("SUMMARY:Sports day\nDTSTART;VALUE=DATE:20270612", NOT_OURS),
        ("SUMMARY:INSET\nDTSTART;VALUE=DATE:20260901\nRRULE:FREQ=WEEKLY", REPEATS),
        ("SUMMARY:INSET\nDTSTART;VALUE=DATE:20260901\nRDATE;VALUE=DATE:20260902", REPEATS),
        ("SUMMARY:INSET", "This event has no first day."),
        ("SUMMARY:INSET\nDTSTART;VALUE=DATE:20260931", "“20260931” is not a date."),
        ("SUMMARY:INSET\nDTSTART:tomorrow", "“tomorrow” is not a date."),
        ("SUMMARY:INSET\nDTSTART;TZID=Middle-earth:20260901T000000",
         "Its time zone “Middle-earth” is not known."),
        ("SUMMARY:INSET\nDTSTART;TZID=../../etc/passwd:20260901T000000",
         "Its time zone “../../etc/passwd” is not known."),
        ("SUMMARY:INSET\nDTSTART;VALUE=DATE:20260902\nDTEND;VALUE=DATE:20260901",
         "This event ends before it begins."),
        ("SUMMARY:INSET\nDTSTART;VALUE=DATE:20260902\nDURATION:-P1D",
         "“-P1D” is not a length of time."),
        ("SUMMARY:INSET\nDTSTART;VALUE=DATE:20620902", "The year 2062 is too far away."),
        ("SUMMARY:INSET\nDTSTART;VALUE=DATE:20260901\nSTATUS:CANCELLED",
         "This event is cancelled."),
    ],
)  # fmt: skip
def test_an_event_that_is_not_read_is_named_with_its_reason(event: str, sentence: str) -> None:
    assert rows(event) == []
    assert why(event) == [sentence]


def test_ten_thousand_events_are_refused_at_once() -> None:
    event = "SUMMARY:INSET\nDTSTART;VALUE=DATE:20260901"
    with pytest.raises(RuleBroken, match=f"10,000 events. The limit is {MOST_EVENTS:,}"):
        listed(*[event] * 10_000)


def test_what_is_no_term_date_is_told_by_number_where_there_is_much_of_it() -> None:
    found = listed(*["SUMMARY:Sports day\nDTSTART;VALUE=DATE:20270612"] * 300)
    assert len(found.left) == 100
    assert found.notes == ["200 more events were not understood."]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("BEGIN:VCALENDAR\nEND:VCALENDAR", "holds no events"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:INSET\n", "ends too early"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT", "damaged"),
    ],
)
def test_a_file_that_is_no_whole_calendar_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        read(text, today=date(2026, 6, 1), zone=ZoneInfo("Europe/London"))
