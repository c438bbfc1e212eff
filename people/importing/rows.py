"""One row of a staff list, read field by field. An empty cell says nothing at all."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from people.importing import values
from people.importing.cells import CellReader
from people.importing.columns import LABELS, Columns, words_of
from people.models import Membership
from people.roles import TRUST_ROLES, Role

LONGEST = {"name": 150, "payroll_id": 40, "job_title": 150, "department": 100}
APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "ʼ": "'"})


def name_key(name: str) -> str:
    """What two spellings of the same name have in common: capitals and apostrophes differ."""
    return unicodedata.normalize("NFC", name).translate(APOSTROPHES).casefold()


@dataclass
class Row:
    """What the file says of one person. None: it says nothing."""

    number: int
    name: str = ""
    sort_name: str | None = None
    email: str | None = None
    payroll_id: str | None = None
    job_title: str | None = None
    department: str | None = None
    employment: str | None = None
    term_time_only: bool | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    line_manager: str | None = None
    roles: set[Role] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def parse(
    rows: Iterable[tuple[int, list[str]]], columns: Columns, *, today: date, at_trust: bool
) -> list[Row]:
    """Read every row; what is wrong with a row is kept in the row."""
    found = [_Reader(number, cells, columns, today, at_trust).row for number, cells in rows]
    _mark_twins(found, "email", "the same e-mail address")
    _mark_twins(found, "payroll_id", "the same staff number")
    return found


class _Reader(CellReader):
    labels, longest = LABELS, LONGEST

    def __init__(
        self, number: int, cells: list[str], columns: Columns, today: date, at_trust: bool
    ) -> None:
        self.row = row = Row(number)
        super().__init__(cells, columns, row.errors)
        self.today, self.at_trust = today, at_trust
        self._names()
        row.email = self.read("email", values.an_address)
        for name in ("payroll_id", "job_title", "department"):
            setattr(row, name, self.short_text(name))
        row.employment = self.read("employment", values.an_employment)
        row.term_time_only = self.read("term_time_only", values.yes_or_no)
        row.starts_on = self.read("starts_on", self._day)
        row.ends_on = self.read("ends_on", self._day)
        row.line_manager = self.text("line_manager") or None
        self._roles()
        if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
            row.errors.append("The leaving date is before the start date.")

    def _day(self, text: str) -> date:
        return values.a_day(text, today=self.today)

    def _names(self) -> None:
        surname = self.text("surname")
        parts = (self.text("name"), self.text("first_name"), surname)
        name = unicodedata.normalize("NFC", " ".join(part for part in parts if part))
        if not name:
            self.row.errors.append("The name is missing.")
        elif len(name) > LONGEST["name"]:
            self.row.errors.append(
                f"The name has more than {LONGEST['name']} characters. Shorten it."
            )
            name = name[: LONGEST["name"]]
        elif "," in name and "name" in self.columns:
            family, _, given = name.partition(",")
            if given.strip() and "," not in given:
                name, surname = f"{given.strip()} {family.strip()}", family.strip()
        self.row.name, self.row.sort_name = name, surname[:150] or None

    def _roles(self) -> None:
        text = self.text("roles")
        if not text:
            return
        roles, unknown = values.some_roles(text)
        if not self.at_trust and roles & TRUST_ROLES:
            labels = ", ".join(sorted(role.label for role in roles & TRUST_ROLES))
            self.row.errors.append(f"{labels}: a role at a trust, not at a school.")
        if unknown:
            roles.add(Role.STAFF)
            words = ", ".join(f"“{word[:60]}”" for word in unknown)
            self.row.warnings.append(f"{words} is not a role of the portal: taken as Staff.")
        if "job_title" not in self.columns and roles == {Role.STAFF}:
            self.row.job_title = _job_title(text)
        self.row.roles = roles
        if self.row.employment is None and roles and roles <= {Role.GOVERNOR, Role.CHAIR}:
            self.row.employment = Membership.Employment.GOVERNOR.value


def _job_title(text: str) -> str | None:
    """Many lists call the job title "role"."""
    if words_of(text) in {"staff", "user", "employee", "member of staff"}:
        return None
    return text[: LONGEST["job_title"]]


def _mark_twins(rows: list[Row], name: str, what: str) -> None:
    seen: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        if (value := getattr(row, name)) is not None:
            seen[value.casefold()].append(row)
    for twins in seen.values():
        if len(twins) > 1:
            numbers = [str(row.number) for row in twins]
            which = f"{', '.join(numbers[:-1])} and {numbers[-1]}"
            for row in twins:
                row.errors.append(f"Rows {which} have {what}.")
