"""From the bytes of an uploaded file to rows of text. Says in a sentence why it cannot.

Nothing in a cell is ever computed: a formula is the text of the formula.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from openpyxl import load_workbook

from people.importing.columns import recognise
from web.errors import RuleBroken

MAX_ROWS = 5_000
MAX_COLUMNS = 60
MAX_CELL = 2_000
# Physical rows looked at in a spreadsheet, blank ones included.
MAX_SHEET_ROWS = 20_000
MAX_UNPACKED_BYTES = 60 * 1024 * 1024
MAX_PARTS = 1_000
HEADINGS_WITHIN = 10
DELIMITERS = ",;\t"

Cells = list[str]


@dataclass(frozen=True)
class Sheet:
    """What a file holds: its headings and the rows below them, numbered as a spreadsheet does."""

    headings: Cells
    rows: list[tuple[int, Cells]]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """A kind of list: how its headings are recognised, and what stands below them."""

    recognise: Callable[[Sequence[str]], Mapping[str, int]] = recognise
    rows: str = "people"


STAFF = Kind()


def read(data: bytes, kind: Kind = STAFF) -> Sheet:
    """Read a CSV file or an Excel workbook.

    Raises RuleBroken with one sentence for the person who chose the file.
    """
    if not data.strip():
        raise RuleBroken("This file is empty.")
    if len(data) > settings.MAX_UPLOAD_BYTES:
        limit = filesizeformat(settings.MAX_UPLOAD_BYTES).replace("\xa0", " ")
        raise RuleBroken(f"This file is too large. The limit is {limit}.")
    if data.startswith(b"%PDF"):
        raise RuleBroken("This is a PDF. Choose a CSV file or an Excel workbook (.xlsx).")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise RuleBroken(
            "This is an old Excel file, or one with a password. "
            "Save it without a password as Excel workbook (.xlsx) or CSV."
        )
    if data.startswith(b"PK\x03\x04"):
        rows, notes = _read_workbook(data)
    else:
        rows, notes = _read_csv(_decode(data), kind), []
    return _with_headings(rows, notes, kind)


def _with_headings(rows: Iterable[tuple[int, Cells]], notes: list[str], kind: Kind) -> Sheet:
    """Find the row of headings, which may stand below a title, and bound what follows."""
    filled = [(number, _trimmed(cells)) for number, cells in rows if any(cells)]
    if not filled:
        raise RuleBroken("This file is empty.")
    best = max(
        range(min(HEADINGS_WITHIN, len(filled))),
        key=lambda at: (len(kind.recognise(filled[at][1])), -at),
    )
    headings = filled[best][1]
    body = filled[best + 1 :]
    if not body:
        raise RuleBroken(f"This file has headings, but no {kind.rows} below them.")
    if len(body) > MAX_ROWS:
        raise RuleBroken(f"This file has more than {MAX_ROWS:,} rows. Split it into smaller files.")
    width = max(len(headings), *(len(cells) for _, cells in body))
    if width > MAX_COLUMNS:
        raise RuleBroken(f"This file has more than {MAX_COLUMNS} columns. Leave out the others.")
    return Sheet(_padded(headings, width), [(n, _padded(c, width)) for n, c in body], notes)


def _trimmed(cells: Cells) -> Cells:
    """Without the empty cells at the end, which a workbook may count by the thousand."""
    last = max(at for at, cell in enumerate(cells) if cell)
    return cells[: last + 1]


def _padded(cells: Cells, width: int) -> Cells:
    return cells + [""] * (width - len(cells))


def _clean(text: str) -> str:
    """One line of printable text: control characters and runs of spaces become one space."""
    if len(text) > MAX_CELL:
        raise RuleBroken(f"A cell holds more than {MAX_CELL:,} characters. Is this the list?")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


# --- CSV -----------------------------------------------------------------------------------------


def _decode(data: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, then UTF-8, then what Excel in Britain writes (cp1252)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif data.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if any(ord(c) < 32 and c not in "\t\r\n\f" for c in text):
            break
        return text
    raise RuleBroken(
        "This is not a text file. Choose a CSV file (CSV UTF-8) or an Excel workbook (.xlsx)."
    )


def _read_csv(text: str, kind: Kind) -> list[tuple[int, Cells]]:
    first_line = text.split("\n", 1)[0].strip()
    skip = 0
    if first_line.lower().startswith("sep=") and len(first_line) == 5:
        delimiters, skip = first_line[4], 1
    else:
        delimiters = DELIMITERS
    delimiter = max(delimiters, key=lambda one: _fit(text, one, kind))
    return list(islice(_records(text, delimiter, strict=True), skip, None))


def _fit(text: str, delimiter: str, kind: Kind) -> tuple[int, int]:
    """How well this character separates the first rows: headings known, then columns."""
    top = list(islice(_records(text, delimiter, strict=False), HEADINGS_WITHIN))
    return (
        max((len(kind.recognise(cells)) for _, cells in top), default=0),
        max((len(cells) for _, cells in top), default=0),
    )


def _records(text: str, delimiter: str, *, strict: bool) -> Iterator[tuple[int, Cells]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number > MAX_SHEET_ROWS:
                raise RuleBroken(
                    f"This file has more than {MAX_ROWS:,} rows. Split it into smaller files."
                )
            yield number, [_clean(cell) for cell in cells]
    except csv.Error:
        if strict:
            raise RuleBroken(
                f"Row {number + 1} cannot be read: its quotation marks do not match."
            ) from None


# --- Excel ---------------------------------------------------------------------------------------


def _read_workbook(data: bytes) -> tuple[list[tuple[int, Cells]], list[str]]:
    _check_package(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        filled = {}
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                rows = [row for row in _sheet_rows(sheet) if any(row[1])]
                if rows:
                    filled[sheet.title] = rows
    except RuleBroken:
        raise
    except Exception:  # openpyxl raises whatever its parsers do
        raise RuleBroken(
            "This workbook cannot be read. Open it in Excel and save it again, or save it as CSV."
        ) from None
    if not filled:
        raise RuleBroken("This file is empty.")
    title, rows = next(iter(filled.items()))
    notes = []
    if len(filled) > 1:
        notes.append(f"The workbook has {len(filled)} sheets. Only “{_clean(title)}” was read.")
    return rows, notes


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, Cells]]:
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    cells = sheet.iter_rows(max_row=MAX_SHEET_ROWS + 1, max_col=MAX_COLUMNS + 1, values_only=True)
    for number, row in enumerate(cells, start=1):
        if number > MAX_SHEET_ROWS:
            raise RuleBroken(
                f"This file has more than {MAX_ROWS:,} rows. Split it into smaller files."
            )
        yield number, [_clean(_as_text(value)) for value in row]


def _as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _check_package(data: bytes) -> None:
    """A workbook is a zip file: refuse what is none, and what would unpack to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise RuleBroken(
                    "This is not an Excel workbook. Choose a CSV file or a workbook (.xlsx)."
                )
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise RuleBroken(
                    "This workbook is too large when unpacked. "
                    "Copy the list into a new workbook, or save it as CSV."
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with package.open(part) as stream:
                        if b"<!" in stream.read(1024).replace(b"<!--", b""):
                            raise RuleBroken("This workbook holds something that no list needs.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise RuleBroken("This workbook is damaged. Save it again, or save it as CSV.") from None
