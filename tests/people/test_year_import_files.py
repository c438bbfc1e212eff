"""Lists of term dates as CSV, and files that are no list at all."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from people.year_import.reading import read, text_of
from people.year_import.rows import Listed
from web.errors import RuleBroken

pytestmark = pytest.mark.once
AUTUMN = ("term", "2026-09-02", "2026-12-18")
OCTOBER = ("half_term", "2026-10-26", "2026-10-30")


def listed(text: str) -> Listed:
    return read(text, today=date(2026, 6, 1), zone=ZoneInfo("Europe/London"))


def rows(text: str) -> list[tuple[str, str, str]]:
    return [(row.kind, *map(date.isoformat, row.readings[0])) for row in listed(text).rows]


def why(text: str) -> list[str]:
    return [one.why for one in listed(text).left]


@pytest.mark.parametrize(
    "text",
    [
        "name,kind,first,last\nAutumn term,term,2026-09-02,2026-12-18\n"
        ",half_term,2026-10-26,2026-10-30\n",
        "Name;Kind;First day;Last day\nAutumn term;Term;02/09/2026;18/12/2026\n"
        "x;Half-term;26/10/2026;30/10/2026\n",
        "Title\tStart date\tEnd date\nAutumn term\t2 Sept 2026\t18 Dec 2026\n"
        "Half term\t26 Oct 2026\t30 Oct 2026\n",
        'Term dates 2026/27\n"Event","Start","End"\n"Autumn","Wed, 2 September","Fri, 18 Dec"\n'
        '"Half-term","26-Oct-26","30-Oct-26"\n',
    ],
)
def test_a_csv_list_is_understood_with_any_delimiter_and_spelling(text: str) -> None:
    assert rows(text) == [AUTUMN, OCTOBER]


def test_rows_of_a_csv_list_are_refused_one_by_one() -> None:
    text = (
        "name,kind,first,last\n"
        "Fair,party,1/1/2027,\n"
        "Spring,term,4/1/2027,\n"
        "INSET,inset,soon,\n"
        "INSET,inset,,\n"
        "INSET day,inset,1/9/2026,\n"
    )
    assert why(text) == [
        "“party” is none of: term, half-term, INSET, closed.",
        "This term has no last day.",
        "“soon” is not a date.",
        "There is no first day in this row.",
    ]
    assert rows(text) == [("inset", "2026-09-01", "2026-09-01")]


def test_quotation_marks_that_do_not_match_are_said() -> None:
    with pytest.raises(RuleBroken, match="quotation marks do not match"):
        listed('name,kind,first,last\n"Autumn" term,term,1/9/2026,2/9/2026\n')


def test_a_file_from_windows_is_read() -> None:
    text = "Half-term: 26 – 30 October 2026"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert rows(text_of(text.encode(encoding))) == [OCTOBER]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"PK\x03\x04rest of an xlsx", "This is an Excel or Word file, whatever its name says."),
        (b"\xd0\xcf\x11\xe0old", "This is an Excel or Word file"),
        (b"%PDF-1.7", "This is a PDF."),
        (b"\x00\x01\x02\x03", "This is not a text file."),
        (b"\x81\x8d\xff", "This is not a text file."),
        (b"x" * (1024 * 1024 + 1), "too large"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(data: bytes, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        text_of(data)
