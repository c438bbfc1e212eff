"""Lists of term dates as schools publish them, and what is understood of each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people.year_import import words
from people.year_import.assemble import NO_FIRST, NO_LAST
from people.year_import.reading import MAX_LINES, read
from people.year_import.rows import Listed
from web.errors import RuleBroken

pytestmark = pytest.mark.once
TODAY = date(2026, 6, 1)
LONDON = ZoneInfo("Europe/London")
Understood = list[tuple[str, str, str]]


def listed(text: str, starts: int | None = None) -> Listed:
    return read(text, today=TODAY, zone=LONDON, starts=starts)


def rows(text: str, starts: int | None = None) -> Understood:
    """Each row: its kind, its first and its last day, the likeliest where it is in doubt."""
    return [(row.kind, *map(date.isoformat, row.readings[0])) for row in listed(text, starts).rows]


def why(text: str) -> list[str]:
    return [one.why for one in listed(text).left]


AUTUMN = ("term", "2026-09-02", "2026-12-18")
OCTOBER = ("half_term", "2026-10-26", "2026-10-30")
SPRING = ("term", "2027-01-04", "2027-03-26")
FEBRUARY = ("half_term", "2027-02-15", "2027-02-19")


@pytest.mark.parametrize(
    "line",
    [
        "Autumn term 2026: Wednesday 2 September to Friday 18 December",
        "Autumn Term: Wednesday 2nd September – Friday 18th December 2026",
        "• Autumn term begins Wed 2 Sept 2026 and ends on Fri 18 Dec 2026",
        "•\tAutumn term: 2 September – 18 December 2026",
        "o\tAutumn term: 2 September – 18 December 2026",
        "1. Autumn term: 2 September – 18 December 2026",
        "Autumn 2026 - 02/09/2026 - 18/12/2026",
        "Autumn term 2.9.26 until 18.12.26",
        "Autumn term, 2-Sep-26 to 18-Dec-26",
        "Autumn term: 2026-09-02 to 2026-12-18",
        "Autumn term (15 weeks): Wednesday, 2nd of September to Friday, 18 December 2026 (1.30pm)",
        "Term 1: Wednesday 2 September 2026 — Friday 18 December 2026 inclusive",
        "Wednesday 2 September 2026 to Friday 18 December 2026: Autumn term",
        "Autumn term\tWednesday 2 September 2026\tFriday 18 December 2026",
        "Autumn term | 2 September 2026 | 18 December 2026",
        "Autumn Term 2026/27: September 2nd to December 18th",
        "Autumn\u00a0term 2026:\u00a0Wednesday 2 September at 8.45am – Friday 18 December at 13:30",
        "Autumn term opens Wednesday 2 September 2026; closes Friday 18 December 2026",
    ],
)
def test_a_term_is_understood_however_it_is_written(line: str) -> None:
    assert rows(line) == [AUTUMN]
    assert why(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "Half-term Monday 26 – Friday 30 October 2026",
        "Half term: 26-30 October 2026",
        "HALF TERM: Mon 26th October to Fri 30th October '26",
        "Autumn half-term 2026: 26 October – Friday 30th",
        "October half term 26/10/2026 to 30/10/2026",
        "Mid-term break: 26 Oct - 30 Oct 2026",
        "26 to 30 October 2026 – Half Term",
        "Half-term Mon-Fri 26-30 October 2026",
        "Half-term: w/c Monday 26 October 2026",
        "October half-term 2026: week commencing 26 October",
        "Half-term: Monday 26th until the Friday 30th October 2026",
    ],
)
def test_a_half_term_is_understood_however_it_is_written(line: str) -> None:
    assert rows(line) == [OCTOBER]


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("INSET days: 1 September, 4 January 2027", ["2026-09-01", "2027-01-04"]),
        ("INSET: 1, 2 and 3 September 2026", ["2026-09-01", "2026-09-02", "2026-09-03"]),
        ("Staff training day – Tuesday 1st September 2026", ["2026-09-01"]),
        ("Tuesday 1 September 2026 (INSET)", ["2026-09-01"]),
        ("INSET day 1: Tuesday 1 September 2026", ["2026-09-01"]),
        ("In-service days 2026/27: 17 August; 12 October", ["2026-08-17", "2026-10-12"]),
        ("Non-pupil day: 25/06/2027", ["2027-06-25"]),
    ],
)
def test_inset_days_are_understood_one_by_one(line: str, days: list[str]) -> None:
    assert rows(line) == [("inset", day, day) for day in days]


LISTS = {
    "headings with bullets below them": (
        """Term dates 2026/27

        AUTUMN TERM 2026
        • INSET day: Tuesday 1st September
        • Term begins: Wednesday 2nd September
        • Half Term: Monday 26th October – Friday 30th October
        • Term ends: Friday 18th December (1.15pm)

        SPRING TERM 2027
        Starts:
        Monday 4th January 2027
        Half term: Monday 15 February to Friday 19 February
        Ends:
        Friday 26th March 2027
        """
    ),
    "a table whose rows are terms": (
        "Academic year 2026-2027\n"
        "Term\tINSET\tStart date\tHalf term\tEnd date\n"
        "Autumn\t1 Sept\tWed 2 Sept\t26th–30th Oct\tFri 18 Dec\n"
        "Spring\t\tMon 4 Jan\t15–19 Feb\tFri 26 March\n"
    ),
    "a table whose columns are terms": (
        "\tAutumn 2026\tSpring 2027\n"
        "INSET\t1 September\t-\n"
        "Term starts\tWednesday 2 September\tMonday 4 January\n"
        "Half term\t26–30 October\t15-19 February\n"
        "Term ends\tFriday 18 December\tFriday 26 March\n"
    ),
    "a table pasted from a calendar": (
        "From\tTo\tEvent\n"
        "01/09/2026\t\tINSET day\n"
        "02/09/2026\t18/12/2026\tAutumn term\n"
        "26/10/2026\t30/10/2026\tHalf-term\n"
        "04/01/2027\t26/03/2027\tSpring term\n"
        "15/02/2027\t19/02/2027\tHalf-term\n"
    ),
    "sentences": (
        "The autumn term starts on Wednesday 2 September 2026 (INSET Tuesday 1 September 2026). "
        "Half-term is from 26 to 30 October 2026. The autumn term ends on 18 December 2026.\n"
        "The spring term starts on 4 January 2027. Half-term is from 15 to 19 February 2027. "
        "The spring term ends on 26 March 2027."
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_a_whole_list_is_understood_in_each_of_its_shapes(text: str) -> None:
    found = rows("\n".join(line.lstrip(" ") for line in text.splitlines()))
    inset = ("inset", "2026-09-01", "2026-09-01")
    assert sorted(found) == sorted([AUTUMN, OCTOBER, SPRING, FEBRUARY, inset])
    assert why(text) == []


def test_terms_have_names_with_their_year() -> None:
    names = {
        "Autumn term 2026: 2 September to 18 December": "Autumn term 2026",
        "Spring: 4 January to 26 March 2027": "Spring term 2027",
        "Term dates: 12 April to 21 July 2027": "Summer term 2027",
        "Term 3: 4 January to 26 March 2027": "Term 3 2027",
        "AUTUMN TERM: 2 September to 18 December 2026": "Autumn term 2026",
        "Michaelmas: 2 September to 18 December 2026": "Michaelmas term 2026",
        "Start of Autumn Term 1: 2 September to 18 December 2026": "Autumn term 1 2026",
    }
    for text, name in names.items():
        (row,) = listed(text).rows
        assert words.term_name(row.label, row.readings[0][0]) == name


def test_days_without_pupils_have_a_name_only_where_the_list_says_more() -> None:
    names = {
        "Half-term: 26–30 October 2026": "",
        "Autumn half term 2026: 26–30 October": "",
        "October mid-term break: 26–30 October 2026": "October mid-term break",
        "INSET day 2: 4 January 2027": "",
        "Half-term: w/c 26 October 2026": "",
        "Polling day: Thursday 6 May 2027": "Polling day",
        "School closed: 6 May 2027": "",
    }
    for text, name in names.items():
        (row,) = listed(text).rows
        assert words.closure_name(row.label, row.kind) == name, text


# Years


def test_a_year_given_once_holds_for_the_list() -> None:
    text = "Academic year 2026–27\nAutumn term: 2 September – 18 December\nINSET: 4 January\n"
    assert rows(text) == [AUTUMN, ("inset", "2027-01-04", "2027-01-04")]


def test_without_any_year_the_one_chosen_on_the_page_counts() -> None:
    text = "Spring term: Monday 4 January to Friday 26 March"
    assert listed(text).rows == []
    assert "The year is missing" in why(text)[0]
    assert rows(text, starts=2026) == [SPRING]


def test_a_holiday_over_new_year_and_one_to_the_end_of_august_cross_no_wrong_year() -> None:
    text = (
        "2026/27\nChristmas holiday: 21 December – 1 January\nSummer holiday: 22 July – 31 August"
    )
    assert rows(text) == [
        ("holiday", "2026-12-21", "2027-01-01"),
        ("holiday", "2027-07-22", "2027-08-31"),
    ]


def test_a_year_that_stands_behind_the_last_day_only_is_that_days() -> None:
    text = "Christmas holiday: 21 December – 1 January 2027"
    assert rows(text) == [("holiday", "2026-12-21", "2027-01-01")]


def test_a_last_day_that_names_no_term_belongs_to_the_term_that_has_begun() -> None:
    assert rows("Autumn term starts 2 September 2026\nTerm ends 18 December") == [AUTUMN]


def test_a_heading_for_one_day_holds_for_one_day() -> None:
    text = "Spring term\nStarts:\n4 January 2027\nEnds:\n26 March 2027\n12 April 2027"
    assert rows(text) == [SPRING, ("term", "2027-04-12", "2027-04-12")]
    assert why(text) == []


def test_a_scottish_year_begins_in_august() -> None:
    text = "Session 2026/27\nTerm 1: Monday 17 August – Friday 9 October\nIn-service: 16 August"
    assert rows(text)[0] == ("term", "2026-08-17", "2026-10-09")


def test_two_digits_are_a_year_of_this_century_and_it_is_said() -> None:
    (row,) = listed("INSET 04/01/27").rows
    assert row.readings[0][0] == date(2027, 1, 4)
    assert row.notes == ("Its year is written with two digits and was read as 2027.",)


# What is wrong


def test_a_weekday_that_does_not_fit_its_date_is_said_and_the_nearest_day_offered() -> None:
    (row,) = listed("INSET: Monday 17 July 2026").rows
    assert row.doubts == ("Monday 17 July 2026 is a Friday.",)
    assert [first for first, _ in row.readings] == [date(2026, 7, 17), date(2026, 7, 20)]


def test_the_nearest_day_may_lie_before_the_date() -> None:
    (row,) = listed("INSET: Thursday 17 July 2026").rows
    assert [first for first, _ in row.readings][:2] == [date(2026, 7, 17), date(2026, 7, 16)]


def test_a_list_of_last_years_weekdays_offers_the_other_year() -> None:
    (row,) = listed("Half-term: Monday 25 October 2026 to Friday 30 October 2026").rows
    assert row.doubts == ("Monday 25 October 2026 is a Sunday.",)
    assert (date(2026, 10, 26), date(2026, 10, 30)) in row.readings
    (row,) = listed("INSET: Friday 4 September 2025").rows
    assert date(2026, 9, 4) in [first for first, _ in row.readings]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("INSET 31 June 2027", "There is no 31 June: June has 30 days."),
        ("INSET 29 February 2027", "There is no 29 February in 2027."),
        ("INSET 30 February 2028", "There is no 30 February: February has 29 days."),
        ("INSET 09/22/2026", "9/22 is not a date: there is no month 22. Day comes first."),
        ("Term 1: 2 September 2062 – 1 December 2062", "The year 2062 is too far away. Check it."),
        ("INSET 1 September 1926", "The year 1926 is too far away. Check it."),
        ("Autumn term: 18 December 2026 – 2 September 2026", "The last day is before the first."),
        ("Autumn term starts 2 September 2026", NO_LAST),
        ("Autumn term ends 18 December 2026", NO_FIRST),
        ("Please see the website.", "There is no date in this line."),
        ("INSET " + "1 September 2026, " * 40, "This line is too long to be read."),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_said_with_its_reason(line: str, sentence: str) -> None:
    assert rows(line) == []
    assert why(line) == [sentence]


def test_closing_for_half_term_is_not_guessed_at() -> None:
    (reason,) = why("School closes for half-term Friday 23 October 2026")
    assert "leave open which days are meant" in reason


def test_the_29th_of_february_of_a_leap_year_is_a_day() -> None:
    assert rows("INSET 29 February 2028") == [("inset", "2028-02-29", "2028-02-29")]


def test_sports_day_is_a_day_of_no_known_kind() -> None:
    assert rows("Autumn Term 2026\nSports day: 12 June 2027")[0][0] == ""


def test_five_thousand_lines_are_refused_in_words() -> None:
    with pytest.raises(RuleBroken, match=f"5,000 lines. The limit is {MAX_LINES}"):
        listed("\n".join(["INSET 1 September 2026"] * 5_000))


def test_an_empty_list_is_refused_in_words() -> None:
    with pytest.raises(RuleBroken, match="nothing in it"):
        listed(" \n\t\n ")


# Nothing that is pasted breaks the page.

BITS = st.sampled_from(
    ["Autumn term", "half-term", "INSET", "starts", "ends", "2 September 2026", "30 Oct", "26",
     "–", "to", "\t", "\n", ":", "31/12/2026", "2026/27", "Monday", "(", ")", ",", "29 February",
     "closes", "BEGIN:VCALENDAR", "name,first,last\n", "1/1", "Easter Monday", "•", "٣ September"]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(BITS | st.text(max_size=8), max_size=25).map(" ".join))
def test_whatever_is_pasted_gets_rows_or_sentences(text: str) -> None:
    try:
        found = listed(text, starts=2026)
    except RuleBroken:
        return
    assert all(first <= last or row.doubts for row in found.rows for first, last in row.readings)
    assert all(one.why.endswith(".") for one in found.left)


days = st.dates(date(2025, 9, 1), date(2028, 8, 31))
SHAPES = st.sampled_from(
    ["{0.day} {0:%B} {0.year}", "{0:%A} {0.day} {0:%b} {0.year}", "{0:%d/%m/%Y}", "{0:%Y-%m-%d}",
     "{0:%a} {0.day}. {0:%B} {0.year}", "{0:%d.%m.%y}", "{0:%d-%b-%y}", "{0:%B} {0.day}, {0.year}"]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(days, st.integers(0, 90), SHAPES, st.sampled_from([" to ", " – ", " - ", "\t", " until "]))
def test_a_span_is_read_as_it_was_written(
    first: date, length: int, shape: str, between: str
) -> None:
    last = date.fromordinal(first.toordinal() + length)
    line = f"Half-term: {shape.format(first)}{between}{shape.format(last)}"
    assert rows(line) == [("half_term", first.isoformat(), last.isoformat())]


def test_the_examples_of_the_user_guide_are_understood() -> None:
    guide = Path(__file__).parents[2] / "docs" / "user-guide" / "school-year.md"
    example = guide.read_text().split("```")[1]
    assert why(example) == []
    assert len(rows(example)) == 11
