"""What is held of a case, entry by entry: each is given, given in part, or stays back.

Read from the same tables as an export. An entry is known by a hash of what it says, by the key of
its case: what is changed or added later is another entry, and nobody has decided upon that.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from incidents.access_rest import rest_of
from incidents.export_tables import TEXTS, Row, Table, tables_of
from incidents.models import Case, CaseExport, CasePerson, Evidence, SubjectRequest
from incidents.names import may_be
from incidents.printing_exports import readable
from incidents.redaction import Withheld, withheld
from people.models import User

P = CaseExport.Profile
SECTIONS = {
    "case": "What was reported, and how it ended",
    "people": "People in it",
    "chronology": "Chronology",
    "actions": "What was to be done",
    "outside": "Referrals and removal",
    "support": "Assessment, support, access and the rest",
    "messages": "Messages",
    "files": "Files",
}
WORDS = {
    "what": "What", "value": "Text", "role": "Part in it", "who": "Who", "name": "Name",
    "year_group": "Year group", "number": "Number", "happened_at": "When", "kind": "Kind",
    "written_by": "Written by", "text": "Text", "owner": "For whom", "due_at": "Due",
    "done_at": "Done", "note": "Note", "status": "Where it stands", "since": "Since", "at": "When",
    "from": "From", "file": "File", "bytes": "Size in bytes", "sha256": "Fingerprint (SHA-256)",
    "source": "Where it was", "platform": "Platform", "handle": "Name of the account",
    "captured_at": "Captured", "captured_by": "Captured by", "added_at": "Added",
    "added_by": "Added by",
}  # fmt: skip
LENGTH = 32
FREE = {label for _, label in TEXTS}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is held. `number` is its place in its section, from 1."""

    key: str
    section: str
    number: int
    rows: tuple[Row, ...]
    file: Evidence | None = None
    locked: bool = False

    @property
    def title(self) -> str:
        return f"{SECTIONS[self.section]}, {self.number}"

    @property
    def texts(self) -> list[str]:
        """Everything it says, as words."""
        return [value for row in self.rows for value in row.values() if isinstance(value, str)]

    def pairs(self) -> list[tuple[str, str]]:
        """What it says, each with what it is called."""
        return pairs_of(self.section, self.rows)


def pairs_of(section: str, rows: Iterable[Row]) -> list[tuple[str, str]]:
    """Rows in words, without what they leave empty."""
    if section == "case":
        return [(str(row["what"]), str(row["value"])) for row in rows]
    return [
        (WORDS[name], str(value))
        for row in rows
        for name, value in row.items()
        if value != "" and name != "number"  # which is that of the entry
    ]


@dataclass(slots=True)
class _Names:
    """Hands out the key of each entry; two that say the same are told apart."""

    case: Case
    given: dict[str, int] = field(default_factory=dict)

    def key(self, section: str, rows: Iterable[Row]) -> str:
        said = json.dumps([section, list(rows)], ensure_ascii=True, separators=(",", ":"))
        twin = self.given[said] = self.given.get(said, 0) + 1
        content = f"incidents.entry\0{twin}\0{said}".encode()
        return hmac.new(self.case.data_key, content, sha256).hexdigest()[:LENGTH]


def entries_of(case: Case, by: User) -> list[Entry]:
    """Everything that is held of the case, in the order in which it is read.

    The same for everybody who sees the case: a reporter who asked to stay unknown is in nothing of
    it, for its owner neither.
    """
    people = list(case.people.current().select_related("user"))
    profile = P.WITHOUT_REPORTER if case.hide_reporter else P.FULL
    hidden = withheld(case, profile, people, by)
    tables = tables_of(case, hidden, people, {})
    tables["support"] = Table(("what", "who", "status", "text"), rest_of(case, hidden))
    files = {row.number: row for row in case.evidence.order_by("number")}
    names, found = _Names(case), []
    for section in SECTIONS:
        groups = _grouped(section, tables[section])
        for number, rows in enumerate(groups, start=1):
            file = files.get(rows[0]["number"]) if section == "files" else None
            locked = file is not None and not file.may_be_opened
            key, zone = names.key(section, rows), case.organisation.zone
            said = tuple(readable(row, zone) for row in rows)
            found.append(Entry(key, section, number, said, file, locked))
    return found


def _grouped(section: str, table: Table) -> list[list[Row]]:
    """One row each; of the case itself the bare facts belong together."""
    rows = list(table.in_order())
    if section != "case":
        return [[row] for row in rows]
    facts = [row for row in rows if row["what"] not in FREE]
    return [facts, *([row] for row in rows if row["what"] in FREE)]


def is_about(asked: SubjectRequest, row: CasePerson) -> bool:
    """Whether this may be the person whom the request is about."""
    if asked.person_id is not None and row.user_id is not None:
        return asked.person_id == row.user_id
    same_child = bool(asked.index) and row.index == asked.index
    return same_child or may_be(row.name, asked.name)


def others_of(case: Case, asked: SubjectRequest) -> Withheld:
    """The names of everybody in the case but the person it is about and whoever asks for them."""
    names, kept = {}, [asked.name, asked.text("asked_by")]
    for row in case.people.current().select_related("user"):
        row.case = case
        if not is_about(asked, row):
            names[row.name] = "other"
    reporter = case.reporter
    if reporter is not None and reporter.pk not in (asked.person_id, asked.asker_id):
        names[reporter.name] = "other"
    return Withheld(names=names, kept=tuple(kept))


def named_in(entry: Entry, others: Withheld) -> list[str]:
    """The words in this entry that name somebody else: to be blacked out, unless it is decided."""
    found: dict[str, None] = {}
    for text in entry.texts:
        found.update(dict.fromkeys(others.found_in(text)))
    return list(found)


def blank(row: Row, change: Any) -> Row:
    """The same row with each of its texts changed."""
    return {name: change(value) if isinstance(value, str) else value for name, value in row.items()}
