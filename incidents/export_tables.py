"""What an export tells of a case, as rows: for the CSVs, for the JSON and for the printed page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents.export_asked import asked_rows
from incidents.kinds import OUTCOME_WORDS
from incidents.models import Case, CasePerson
from incidents.redaction import Withheld
from web.words import utc

Row = dict[str, Any]
TEXTS = (
    ("what", "What happened"),
    ("where", "Where"),
    ("platform", "Platform"),
    ("handle", "Name of the account"),
    ("when", "When"),
    ("done", "What had been done"),
    ("behalf", "Reported for"),
    ("override", "Why it was assessed in another way"),
    ("set_aside", "Why nothing more was done"),
    ("closing", "How it ended"),
)
# Whoever may not be told of would be found out by these.
OF_THE_REPORTER = {"behalf"}


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    rows: Iterable[Row]

    def in_order(self) -> Iterator[Row]:
        """Each row with its columns in their order, as the verifier compares them."""
        for row in self.rows:
            yield {column: row[column] for column in self.columns}


def tables_of(
    case: Case, hidden: Withheld, people: list[CasePerson], paths: dict[int, str]
) -> dict[str, Table]:
    return {
        "case": Table(("what", "value"), _facts(case, hidden)),
        "people": Table(("role", "who", "name", "year_group"), _people(hidden, people)),
        "chronology": Table(
            ("number", "happened_at", "kind", "written_by", "text"), _chronology(case, hidden)
        ),
        "actions": Table(("text", "owner", "due_at", "done_at", "note"), _actions(case, hidden)),
        "outside": Table(("what", "status", "since", "text"), _outside(case, hidden)),
        "messages": Table(("at", "from", "text"), _messages(case, hidden)),
        "files": Table(
            ("number", "file", "name", "kind", "bytes", "sha256", "source", "platform", "handle",
             "captured_at", "captured_by", "added_at", "added_by", "note"),
            _files(case, hidden, paths),
        ),
    }  # fmt: skip


def _facts(case: Case, hidden: Withheld) -> Iterator[Row]:
    pairs = [
        ("Case", case.reference),
        ("About", case.get_kind_display()),
        ("Reported", utc(case.reported_at)),
        ("Where it stands", case.get_status_display()),
        ("Seriousness", case.get_severity_display() if case.severity else "Not assessed"),
        ("Outcome", OUTCOME_WORDS.get(case.outcome, "")),
        ("Ended", utc(case.ended_at)),
    ]
    for name, label in TEXTS:
        if not (hidden.reporter and name in OF_THE_REPORTER):
            pairs.append((label, hidden.text(case.text(name))))
    yield from ({"what": what, "value": value} for what, value in pairs if value)


def _people(hidden: Withheld, people: list[CasePerson]) -> Iterator[Row]:
    for row in people:
        if hidden.reporter and row.role == CasePerson.Role.REPORTER:
            continue
        is_hidden = row.pk in hidden.rows
        yield {
            "role": row.get_role_display(),
            "who": row.get_relation_display(),
            "name": hidden.rows.get(row.pk) or hidden.text(row.name),
            "year_group": "" if is_hidden or row.year_group is None else str(row.year_group),
        }


def _chronology(case: Case, hidden: Withheld) -> Iterator[Row]:
    for entry in case.chronology.select_related("written_by", "corrects"):
        kind = entry.get_kind_display()
        yield {
            "number": entry.number,
            "happened_at": utc(entry.happened_at),
            "kind": f"{kind} of {entry.corrects.number}" if entry.corrects else kind,
            "written_by": hidden.of(entry.written_by),
            "text": hidden.text(entry.text("body")),
        }


def _actions(case: Case, hidden: Withheld) -> Iterator[Row]:
    for action in case.actions.select_related("owner"):
        yield {
            "text": hidden.text(action.text("text")),
            "owner": hidden.of(action.owner),
            "due_at": utc(action.due_at),
            "done_at": utc(action.done_at),
            "note": hidden.text(action.text("note")),
        }


def _outside(case: Case, hidden: Withheld) -> Iterator[Row]:
    for one in case.referrals.order_by("pk"):
        said = [one.text("why"), one.text("number"), one.text("outcome")]
        yield _run(one.get_body_display(), one, one.added_at, said, hidden)
    for row in case.takedowns.order_by("pk"):
        said = [row.text("where"), row.text("note")]
        yield _run("To be removed", row, row.needed_at, said, hidden)
    yield from asked_rows(case, hidden)


def _run(what: str, one: Any, since: datetime, said: list[str], hidden: Withheld) -> Row:
    return {
        "what": what,
        "status": one.get_status_display(),
        "since": utc(since),
        "text": hidden.text(". ".join(text for text in said if text)),
    }


def _messages(case: Case, hidden: Withheld) -> Iterator[Row]:
    """Not one of them where nobody may learn who reported it: words tell who wrote them."""
    if hidden.reporter:
        return
    for message in case.messages.select_related("sent_by"):
        sender = "Whoever reported it" if message.from_reporter else hidden.of(message.sent_by)
        yield {
            "at": utc(message.at), "from": sender, "text": hidden.text(message.text("body")),
        }  # fmt: skip


def _files(case: Case, hidden: Withheld, paths: dict[int, str]) -> Iterator[Row]:
    """Each file there is; one that stays behind has no path, and one locked away no facts."""
    for row in case.evidence.select_related("added_by").order_by("number"):
        facts = dict.fromkeys(("name", "source", "platform", "handle", "captured_by", "note"), "")
        if not row.is_quarantined:
            facts = {name: hidden.text(row.text(name)) for name in facts}
        yield {
            "number": row.number,
            "file": paths.get(row.pk, ""),
            "kind": row.its_kind.said,
            "bytes": row.size,
            "sha256": "" if row.is_quarantined else row.text("sha256"),
            "captured_at": utc(row.captured_at),
            "added_at": utc(row.added_at),
            "added_by": hidden.of(row.added_by),
            **facts,
        }
