"""From what was pasted or uploaded to rows. Says in a sentence why it cannot."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.template.defaultfilters import filesizeformat

from people.year_import import ics, table
from people.year_import.assemble import assemble
from people.year_import.lines import Lines
from people.year_import.rows import Listed
from people.year_import.spans import Years
from web.errors import RuleBroken

MAX_BYTES = 1024 * 1024
MAX_LINES = 400
MAX_ROWS = 150
MAX_LEFT = 100
EMPTY = "There is nothing in it."


def text_of(data: bytes) -> str:
    """The text of an uploaded file.

    Raises RuleBroken with one sentence for the person who chose the file.
    """
    if len(data) > MAX_BYTES:
        limit = filesizeformat(MAX_BYTES).replace("\xa0", " ")
        raise RuleBroken(f"This file is too large for a list of term dates. The limit is {limit}.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise RuleBroken(
            "This is an Excel or Word file, whatever its name says. "
            "Open it, copy the dates and paste them here, or save it as CSV."
        )
    if data.startswith(b"%PDF"):
        raise RuleBroken("This is a PDF. Open it, copy the dates and paste them here.")
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if not any(ord(c) < 32 and c not in "\t\r\n\f" for c in text):
            return text
        break
    raise RuleBroken("This is not a text file. Choose a CSV file or a calendar file (.ics).")


def read(text: str, *, today: date, zone: ZoneInfo, starts: int | None = None) -> Listed:
    """Read a list of term dates: a calendar, a table with headings, or lines.

    `starts` is the school year to suppose where the list names none. Raises RuleBroken for what
    cannot be read at all or is too much to be looked through.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff\n ")
    if not text.strip():
        raise RuleBroken(EMPTY)
    if len(text) > MAX_BYTES:
        raise RuleBroken("This is too much text for a list of term dates.")
    if ics.is_calendar(text):
        listed = assemble(*ics.read_calendar(text, zone, today), "event")
    else:
        listed = _read_lines(text, Years(today, chosen=starts))
    if len(listed.rows) > MAX_ROWS:
        raise RuleBroken(
            f"This list has more than {MAX_ROWS} entries with dates. "
            "Leave out what is no term, half-term, INSET day or closure."
        )
    if len(listed.left) > MAX_LEFT:
        more = len(listed.left) - MAX_LEFT
        del listed.left[MAX_LEFT:]
        listed.notes.append(f"{more:,} more {listed.unit}s were not understood.")
    return listed


def _read_lines(text: str, years: Years) -> Listed:
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise RuleBroken(
            f"This list has {len(lines):,} lines. The limit is {MAX_LINES}: "
            "paste the term dates only."
        )
    rows, columns = table.records(text)
    if columns is not None:
        return assemble(*table.read_table(rows, columns, years), "row")
    reader = Lines(years)
    for number, line in enumerate(lines, start=1):
        reader.line(number, line)
    return assemble(reader.found, reader.left)


def _encodings(data: bytes) -> list[str]:
    """UTF-8 or UTF-16 by their marks, then UTF-8, then what Excel in Britain writes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    if data.startswith(b"\xef\xbb\xbf"):
        return ["utf-8-sig"]
    return ["utf-8", "cp1252"]
