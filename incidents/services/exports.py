"""What leaves the portal of one case: chronology, files, their hashes, and who it was for.

The same form as an evidence pack: `verify_pack.py`, which goes along, checks it without the portal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from governance.evidence import manifest
from governance.evidence.archive import Row, Shelf, write_csv, write_json
from governance.evidence.packing import VERIFIER, portal_version, verifier
from incidents import sealed_files
from incidents.export_tables import tables_of
from incidents.models import Case, CaseExport, CaseView, Evidence
from incidents.own_record import record
from incidents.printing_exports import printed
from incidents.redaction import Withheld, withheld
from incidents.sealed_files import ORIGINAL, Damaged
from incidents.sealing import written
from incidents.services import evidence
from incidents.services.locking import expect_reason, in_hand
from incidents.services.looking import look_within
from incidents.streaming import LARGEST, Parts, length_of, zipped
from people.models import User
from web.errors import RuleBroken
from web.words import utc

README = Path(__file__).parents[1] / "export_readme.txt"
P = CaseExport.Profile


@dataclass(frozen=True, slots=True)
class Made:
    """An export that is on record and can be sent: `pieces` reads the files as it goes."""

    row: CaseExport
    size: int
    pieces: Iterator[bytes]


@transaction.atomic
def make(
    case: Case, *, by: User, profile: str, recipient: str, why: str, files: Iterable[str] = ()
) -> Made:
    """Everything of the case that this profile lets out, with these files as they came.

    Raises Hidden, CaseRefused, and RuleBroken for a file that is locked away or damaged.
    """
    case = in_hand(case, by=by, verb="export.make")
    if profile not in P.values or profile == P.SUBJECT_ACCESS:
        raise RuleBroken("Choose how much of it leaves.")
    recipient = expect_reason(recipient, "Say for whom it is.")
    why = expect_reason(why, "Say why it leaves the portal.")
    look_within(case.reference, by=by, what=CaseView.What.EXPORT)
    chosen = _chosen(case, list(files), by)
    people = list(case.people.current().select_related("user"))
    hidden = withheld(case, profile, people, by)
    row = CaseExport(case=case, profile=profile, files=len(chosen), made_by=by)
    parts = _parts(case, row, chosen, hidden, people, recipient)
    listed = parts.members[-2]
    row.fingerprint = manifest.fingerprint(b"".join(listed.pieces()))
    written(row, why=why, recipient=recipient).save()
    record(
        "export.make", case, by=by, target=row, content=bytes(row.sealed_why), profile=profile,
        fingerprint=row.fingerprint,
    )  # fmt: skip
    return Made(row, length_of(parts.members), zipped(parts.members, row.made_at))


def _chosen(case: Case, ids: list[str], by: User) -> list[Evidence]:
    rows = list(case.evidence.filter(public_id__in=ids).order_by("number"))
    if len(rows) != len(set(ids)):
        raise RuleBroken("Choose files from the list.")
    if sum(row.size for row in rows) > LARGEST // 2:
        raise RuleBroken("These files are too many for one export. Choose fewer, and make two.")
    for row in rows:
        evidence.export_within(row, by=by)
    return rows


def path_of(row: Evidence) -> str:
    """How a file is called in an export: its number, never a name that somebody sent."""
    return f"files/{row.number:03}.{row.its_kind.ending}"


def _parts(
    case: Case, row: CaseExport, chosen: list[Evidence], hidden: Withheld, people: Any,
    recipient: str,
) -> Parts:  # fmt: skip
    parts = Parts()
    tables = tables_of(case, hidden, people, {one.pk: path_of(one) for one in chosen})
    shelves = {name: Shelf(table.in_order()) for name, table in tables.items()}
    head = _head(case, row, recipient, shelves)
    for name, shelf in shelves.items():
        write_csv(parts, f"{name}.csv", tables[name].columns, shelf)
    write_json(parts, "evidence.json", head, shelves)
    for one in chosen:
        put(parts, case, one, path_of(one))
    parts.add("case.pdf", printed(case, row, recipient, hidden, shelves))
    parts.add("README.txt", README.read_bytes())
    parts.add(VERIFIER, verifier())
    listed = manifest.sealed(head, parts.entries)
    parts.add(manifest.NAME, listed)
    parts.add(manifest.HASH_NAME, manifest.hash_file(listed))
    return parts


def put(parts: Parts, case: Case, row: Evidence, path: str) -> None:
    """The original of a file under this path. Raises RuleBroken for one that is damaged."""
    pieces = partial(sealed_files.pieces, case, row.blob, ORIGINAL)
    try:
        entry = parts.put(path, row.size, pieces)
        if entry.sha256 != row.text("sha256"):
            raise Damaged("Other bytes than were sealed.")
    except (Damaged, ValueError):
        raise RuleBroken(
            f"File {row.number} is damaged and cannot leave. Tell whoever looks after computers."
        ) from None


def _head(case: Case, row: CaseExport, recipient: str, shelves: dict[str, Shelf]) -> Row:
    made = utc(row.made_at)
    posts = [
        post for post in row.made_by.posts
        if post.organisation.pk in (case.organisation_id, case.organisation.parent_id)
    ]  # fmt: skip
    return {
        "form": manifest.FORM,
        "pack": row.public_id,
        "kind": "case",
        "school": case.organisation.name,
        "policy": "",
        "person": "",
        "case_reference": case.reference,
        "profile": row.profile,
        "recipient": recipient,
        "as_at": made,
        "time_zone": case.organisation.time_zone,
        "made_at": made,
        "made_by": sorted({label for post in posts for label in post.role_labels}),
        "portal": {
            "name": settings.PORTAL_NAME,
            "version": portal_version(),
            "address": settings.SITE_URL,
        },
        "tables": {
            name: {"file": f"{name}.csv", "rows": shelf.count} for name, shelf in shelves.items()
        },
    }


def offered(case: Case) -> list[tuple[str, str]]:
    """The files that can go along: (id, words)."""
    return [
        (row.public_id, f"{row.number}: {row.text('name')} ({row.its_kind.said})")
        for row in case.evidence.openable().order_by("number")
    ]


def made_at_all(case: Case) -> list[CaseExport]:
    """What left so far, the newest first."""
    rows = list(case.exports.select_related("made_by")[:100])
    for row in rows:
        row.for_whom, row.why = row.text("recipient"), row.text("why")  # type: ignore[attr-defined]
    return rows
