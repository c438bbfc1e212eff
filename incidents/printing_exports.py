"""The printed page of an export."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from django.utils import dateformat

from governance.evidence.archive import Row, Shelf
from incidents.models import Case, CaseExport
from incidents.redaction import Withheld
from web.pdf import pdf


def said(at: datetime) -> str:
    return dateformat.format(at, "j F Y, H:i")


MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")


def readable(row: Row, zone: tzinfo) -> Row:
    """The moments of a row as people write them, in the school's own time."""
    return {
        name: said(datetime.fromisoformat(value).astimezone(zone))
        if isinstance(value, str) and MOMENT.match(value)
        else value
        for name, value in row.items()
    }


def printed(
    case: Case, row: CaseExport, recipient: str, hidden: Withheld, shelves: dict[str, Shelf]
) -> bytes:
    """Chronology, people, what was done and the files, marked with whom it is for."""
    zone = case.organisation.zone
    rows = {name: [readable(row, zone) for row in shelf] for name, shelf in shelves.items()}
    data = {
        "title": f"Case {case.reference}",
        "school": case.organisation.name,
        "recipient": recipient,
        "mark": f"Confidential: for {recipient}",
        "profile": row.get_profile_display(),
        "made": f"{said(row.made_at.astimezone(zone))}, by {row.made_by.name}",
        "reference": row.public_id,
        "withheld": sorted({*hidden.names.values()}),
        "facts": [[one["what"], one["value"]] for one in rows["case"]],
        "people": [
            [one["role"], one["who"], one["name"], one["year_group"]] for one in rows["people"]
        ],
        "chronology": [
            [str(one["number"]), one["happened_at"], one["kind"], one["written_by"], one["text"]]
            for one in rows["chronology"]
        ],
        "actions": [
            [one["text"], one["owner"], one["done_at"] or "open", one["note"]]
            for one in rows["actions"]
        ],
        "outside": [
            [one["what"], one["status"], one["since"], one["text"]] for one in rows["outside"]
        ],
        "messages": [[one["at"], one["from"], one["text"]] for one in rows["messages"]],
        "files": [
            [str(one["number"]), one["name"] or one["kind"], one["file"] or "not in this export",
             one["sha256"]]
            for one in rows["files"]
        ],
    }  # fmt: skip
    return pdf("case_export", data, made_at=row.made_at)
