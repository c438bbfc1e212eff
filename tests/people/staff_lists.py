"""Staff lists as files, for the tests of the import."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from openpyxl import Workbook

PEOPLE = """Surname,Forename,Work email,Job title,Faculty,Line manager,Start date,Staff number
O'Brien,Anna,anna@school.example,Teacher,Maths,Zoë Müller,01/09/2024,101
Müller,Zoë,zoe@school.example,Head of Maths,Maths,,31-Aug-23,102
Cher,,cher@school.example,Music teacher,Arts,zoe@school.example,2025-01-06,103
"""


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def bomb() -> bytes:
    """A workbook of a few kilobytes that unpacks to 200 MB."""
    stream = io.BytesIO(workbook(["Name"], ["Anna"]))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/x.bin", b"\0" * 200 * 1024 * 1024)
    return stream.getvalue()
