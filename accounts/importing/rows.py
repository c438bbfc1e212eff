"""One row of a list of accounts, read field by field. An empty cell says nothing at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from accounts import no_passwords
from accounts.importing import values
from accounts.importing.columns import LABELS, is_secret
from accounts.platforms import Address, read_address
from people.importing.cells import CellReader
from people.importing.columns import Columns
from people.importing.values import Unclear, a_day, an_address, yes_or_no
from web.csv import as_written
from web.errors import RuleBroken

LONGEST = {"name": 100, "department": 100, "aim": 2000, "audience": 1000, "agreed_note": 300}
# Columns that hold what mixes letters, digits and signs by nature.
KNOWN = ("address", "handle", "email", "platform", "since", "name", "runners", "school")
# Stands where a cell held what looks like a password: that is never kept.
TAKEN_OUT = "\u2042"
NOT_KEPT = "this looks like a password. The portal never keeps one: it was taken out of the list."


@dataclass
class Row:
    """What the file says of one account. None: it says nothing."""

    number: int
    name: str = ""
    platform: str = ""
    where: Address | None = None
    written: str = ""  # the address or handle as the file has it
    runners: list[str] = field(default_factory=list)
    department: str = ""
    aim: str = ""
    audience: str = ""
    access: str | None = None
    comments: str | None = None
    email: str = ""
    faces_pupils: bool | None = None
    shows_pupils: bool | None = None
    since: date | None = None
    agreed_note: str = ""
    status: str = ""
    school: str = ""
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def parse(rows: Iterable[tuple[int, list[str]]], columns: Columns, *, today: date) -> list[Row]:
    """Read every row; what is wrong with a row is kept in the row."""
    return [_Reader(number, cells, columns, today).row for number, cells in rows]


class _Reader(CellReader):
    labels, longest = LABELS, LONGEST

    def __init__(self, number: int, cells: list[str], columns: Columns, today: date) -> None:
        self.row = row = Row(number)
        super().__init__(cells, columns, row.errors)
        self.today = today
        for name in LONGEST:
            setattr(row, name, self.short_text(name) or "")
        row.runners = values.some_people(self.text("runners"))
        row.school = self.text("school")
        row.status = values.a_status(self.text("status"))
        row.platform = self.read("platform", values.a_platform) or ""
        row.access = self.read("access", values.an_access)
        row.comments = self.read("comments", values.comments)
        row.email = self.read("email", an_address) or ""
        row.faces_pupils = self.read("faces_pupils", yes_or_no)
        row.shows_pupils = self.read("shows_pupils", yes_or_no)
        row.since = self.read("since", self._past_day)
        self._where()
        row.name = row.name or (row.where.handle[:100] if row.where else "")

    def text(self, name: str) -> str:
        text = super().text(name)
        if text == TAKEN_OUT:
            self.row.errors.append(f"{LABELS[name]}: {NOT_KEPT}")
            return ""
        return as_written(text)

    def _past_day(self, text: str) -> date:
        day = a_day(text, today=self.today)
        if day > self.today:
            raise Unclear("this day has not come yet.")
        return day

    def _where(self) -> None:
        """The account's address, else its handle, as one key for every spelling."""
        row = self.row
        row.written = self.text("address") or self.text("handle")
        if not row.written:
            return
        try:
            row.where = read_address(row.written, row.platform)
        except RuleBroken as problem:
            row.errors += [f"{LABELS['address']}: {reason}" for reason in problem.reasons]
            return
        row.platform = row.where.platform
        if row.where.url.rstrip("/") != row.written.rstrip("/") and "?" in row.written:
            row.notes.append("What copying had added to its address is left out.")


def without_secrets(
    rows: Iterable[tuple[int, list[str]]], headings: list[str], columns: Columns
) -> tuple[list[tuple[int, list[str]]], int]:
    """The rows without what looks like a password, and how many cells that was.

    Addresses and names are looked at as what they are; a column of passwords goes as a whole.
    """
    secret = {at for at, heading in enumerate(headings) if is_secret(heading)}
    known = {columns[name] for name in KNOWN if name in columns}
    kept, count = [], 0
    for number, cells in rows:
        clean = []
        for at, cell in enumerate(cells):
            bad = bool(cell) and (
                at in secret or (at not in known and bool(no_passwords.problem(cell)))
            )
            count += bad
            clean.append(("" if at in secret else TAKEN_OUT) if bad else cell)
        kept.append((number, clean))
    return kept, count
