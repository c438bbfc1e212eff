"""What the import makes of the files that schools really have, and of those it must refuse."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from people.importing import values
from people.importing.columns import problems, recognise
from people.importing.reading import MAX_ROWS, read
from people.importing.values import Unclear
from people.roles import Role
from tests.people.staff_lists import PEOPLE, bomb, workbook
from web.errors import RuleBroken

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_encoding_and_separator_reads_the_same(
    encoding: str, delimiter: str, line_end: str
) -> None:
    text = PEOPLE.replace(",", delimiter).replace("\n", line_end)
    sheet = read(text.encode(encoding))
    assert sheet.headings[:3] == ["Surname", "Forename", "Work email"]
    assert [cells[0] for _, cells in sheet.rows] == ["O'Brien", "Müller", "Cher"]
    assert sheet.rows[1][1][1] == "Zoë"
    assert [number for number, _ in sheet.rows] == [2, 3, 4]


def test_a_workbook_reads_dates_numbers_and_formulas_as_text() -> None:
    sheet = read(
        workbook(
            ["Name", "Start date", "Staff number", "Term time only", "Job title"],
            ["Zoë", datetime(2026, 9, 1), 12345.0, True, '=HYPERLINK("http://x.example")'],
        )
    )
    assert sheet.rows == [
        (2, ["Zoë", "2026-09-01", "12345", "yes", '=HYPERLINK("http://x.example")'])
    ]


def test_headings_below_a_title_are_found_and_rows_keep_their_numbers() -> None:
    sheet = read(b"Staff of Oak School,,\n\nName,E-mail address,Dept\n\nAnna,a@x.example,Maths\n")
    assert sheet.headings == ["Name", "E-mail address", "Dept"]
    assert sheet.rows == [(5, ["Anna", "a@x.example", "Maths"])]


def test_excels_separator_line_is_understood() -> None:
    assert read(b"sep=;\r\nName;Email\r\nAnna;a@x.example\r\n").headings == ["Name", "Email"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"  \r\n \n", "empty"),
        (b",,,\n,,\n", "empty"),
        (b"Name,Email\n", "no people below"),
        (b"%PDF-1.7 rest", "PDF"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (bytes(range(256)) * 20, "not a text file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a text file"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"PK\x03\x04garbage", "damaged"),
        (b'Name,Email\n"Anna,a@x.example\n', "Row 2 cannot be read: its quotation marks"),
        (b"Name\n" + b"Anna\n" * (MAX_ROWS + 1), "more than 5,000 rows"),
        (b"Name\n" + b"\n" * 20_001 + b"Anna\n", "more than 5,000 rows"),
        (b"Name\n" + b"x" * 3000, "Is this the list"),
        (b"Name" + b",x" * 80 + b"\nAnna\n", "more than 60 columns"),
        (b"x" * (20 * 1024 * 1024 + 1), "too large. The limit is 20.0 MB"),
    ],
)
def test_what_is_no_staff_list_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence) as refused:
        read(data)
    assert len(refused.value.reasons) == 1


def test_a_zip_bomb_is_not_unpacked() -> None:
    data = bomb()
    assert len(data) < 1024 * 1024
    with pytest.raises(RuleBroken, match="too large when unpacked"):
        read(data)


def test_another_zip_file_is_no_workbook() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    with pytest.raises(RuleBroken, match="not an Excel workbook"):
        read(stream.getvalue())


def test_a_workbook_that_declares_entities_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    with pytest.raises(RuleBroken, match="no list needs"):
        read(stream.getvalue())


def test_a_workbook_too_long_is_refused() -> None:
    with pytest.raises(RuleBroken, match="more than 5,000 rows"):
        read(workbook(["Name"], *[["Anna"]] * (MAX_ROWS + 1)))


def test_an_empty_workbook_and_one_with_two_sheets() -> None:
    with pytest.raises(RuleBroken, match="empty"):
        read(workbook())
    book = Workbook()
    book.active.append(["Name"])
    book.active.append(["Anna"])
    book.create_sheet("Other").append(["x"])
    stream = io.BytesIO()
    book.save(stream)
    assert "2 sheets" in read(stream.getvalue()).notes[0]


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["Full name", "E-mail"], {"name": 0, "email": 1}),
        (["FORENAME", "Last Name", "Email", "Work Email"],
         {"first_name": 0, "surname": 1, "email": 3}),
        (["email address", "Name", "Line Manager's Email"], {"name": 1, "email": 0}),
        (["Name", "Forename", "Surname"], {"first_name": 1, "surname": 2}),
        (["Employee", "Payroll No.", "Reports to"],
         {"name": 0, "payroll_id": 1, "line_manager": 2}),
        (
            ["Name", "Role", "Job title", "Faculty", "Leaving date", "Contract type", "TTO"],
            {"name": 0, "roles": 1, "job_title": 2, "department": 3, "ends_on": 4,
             "employment": 5, "term_time_only": 6},
        ),
        (["x", "", "y"], {}),
    ],
)  # fmt: skip
def test_headings_are_recognised_in_many_words(
    headings: list[str], expected: dict[str, int]
) -> None:
    assert recognise(headings) == expected


def test_a_mapping_needs_names_once() -> None:
    assert problems({"email": 0}, 2) == ["Choose the column that holds people's names."]
    assert problems({"name": 0, "surname": 1}, 2)
    assert problems({"name": 5}, 2) == ["One of the columns is not in this file."]
    assert problems({"first_name": 0, "surname": 1}, 2) == []


@pytest.mark.parametrize(
    "text",
    ["31/08/2026", "31-Aug-26", "2026-08-31", "31.8.2026", "31 August 2026", "46265",
     "31/8/26", "2026-08-31 00:00:00", "31st August 2026", "Monday 31 August 2026",
     "31-August-2026", "20260831"],
)  # fmt: skip
def test_a_day_in_the_ways_people_write_it(text: str) -> None:
    assert values.a_day(text, today=TODAY) == date(2026, 8, 31)


@pytest.mark.parametrize(
    "text",
    ["31/02/2026", "29/02/2026", "08/31/2026", "soon", "0", "1/1/0001", "01/01/2126", "99999",
     "=TODAY()", "32/01/2026", "2026"],
)  # fmt: skip
def test_impossible_days_are_refused(text: str) -> None:
    with pytest.raises(Unclear):
        values.a_day(text, today=TODAY)


def test_the_29th_of_february_exists_in_leap_years() -> None:
    assert values.a_day("29/02/2024", today=TODAY) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("Headteacher", {Role.HEAD}),
        ("Head teacher", {Role.HEAD}),
        ("DSL", {Role.DSL}),
        ("Deputy DSL", {Role.DEPUTY_DSL}),
        ("SLT", {Role.SLT}),
        ("SLT; DSL", {Role.SLT, Role.DSL}),
        ("Office and IT", {Role.OFFICE, Role.IT}),
        ("Governor", {Role.GOVERNOR}),
        ("Chair of Governors", {Role.CHAIR}),
        ("teacher", {Role.STAFF}),
        ("Clerk to the governors", {Role.CLERK}),
    ],
)
def test_roles_by_their_labels_and_by_other_words(text: str, roles: set[Role]) -> None:
    assert values.some_roles(text) == (roles, [])


def test_words_that_name_no_role_are_given_back() -> None:
    assert values.some_roles("Wizard, DSL") == ({Role.DSL}, ["Wizard"])
    assert values.some_roles("Headless") == (set(), ["Headless"])


def test_kinds_of_employment_and_yes_and_no() -> None:
    assert values.an_employment("Supply") == "agency"
    assert values.an_employment("Agency or supply") == "agency"
    assert values.an_employment("VOLUNTEER") == "volunteer"
    assert values.an_employment("Parent governor") == "governor"
    with pytest.raises(Unclear, match="kind of employment"):
        values.an_employment("mystery")
    assert values.yes_or_no("Y") is True
    assert values.yes_or_no("All year round") is False
    with pytest.raises(Unclear):
        values.yes_or_no("perhaps")
