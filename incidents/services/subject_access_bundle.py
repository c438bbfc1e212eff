"""The bundle: what is given of the cases of a request, written while it is sent.

In the form of an export, with its manifest and its verifier. It holds the cases that its maker
sees, and each of them once more under the names that were given: nobody's who was blacked out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from governance.evidence import manifest
from governance.evidence.archive import Row, Shelf, write_csv, write_json
from governance.evidence.packing import VERIFIER, portal_version, verifier
from incidents.access_entries import SECTIONS, Entry, blank, entries_of, pairs_of
from incidents.blacking_out import black_out
from incidents.export_tables import Table
from incidents.models import (
    BundledCase,
    CaseExport,
    CaseView,
    EntryDecision,
    Evidence,
    RequestBundle,
    RequestedCase,
    SubjectRequest,
)
from incidents.own_record import record
from incidents.printing_access import printed
from incidents.sealing import written
from incidents.services import evidence, exports
from incidents.services.locking import expect_reason, in_hand
from incidents.services.looking import look_within
from incidents.services.subject_access import open_request
from incidents.services.subject_access_cases import decisions_of, is_checked, still_open
from incidents.streaming import LARGEST, Parts, length_of, zipped
from incidents.subject_access import Choice, Ground
from people.models import User
from web.errors import RuleBroken
from web.words import utc

README = Path(__file__).parents[1] / "access_readme.txt"
GIVEN = ("matter", "part", "entry", "what", "text")
WITHHELD = ("matter", "part", "entry", "how_much", "ground")
REPORTER = "Whatever would tell who reported it"


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle that is on record and can be sent: `pieces` reads the files as it goes."""

    row: RequestBundle
    size: int
    pieces: Iterator[bytes]


@dataclass(slots=True)
class Matter:
    """One case as it is given.

    `given`: by section, each entry's number and words; `withheld`: section, entry, how much, why.
    """

    number: int
    requested: RequestedCase
    given: dict[str, list[tuple[int, list[tuple[str, str]]]]] = field(default_factory=dict)
    withheld: list[tuple[str, str, str, str]] = field(default_factory=list)
    files: dict[str, Evidence] = field(default_factory=dict)


@transaction.atomic
def make(asked: SubjectRequest, *, by: User, recipient: str) -> Made:
    """What may be given of the cases that this person sees.

    Raises Hidden, CaseRefused, and RuleBroken while anything is not decided upon or not checked.
    """
    asked = open_request(asked, by=by)
    recipient = expect_reason(recipient, "Say to whom it is sent.")
    rows = _rows(asked, by)
    RuleBroken.if_any(not_ready(asked, rows, by))
    chosen = [row for row in rows if not row.left_out]
    matters = [_matter(row, number, by) for number, row in enumerate(chosen, start=1)]
    if sum(file.size for one in matters for file in one.files.values()) > LARGEST // 2:
        raise RuleBroken("These files are too many for one bundle. Give some of them another way.")
    bundle = RequestBundle(request=asked, made_by=by, made_at=timezone.now())
    parts = _parts(asked, bundle, matters, recipient)
    listed = b"".join(parts.members[-2].pieces())
    bundle.fingerprint = manifest.fingerprint(listed)
    bundle.keep(listed)
    bundle.save()
    for matter in matters:
        _put_on_record(bundle, matter, recipient, by)
    return Made(bundle, length_of(parts.members), zipped(parts.members, bundle.made_at))


def _rows(asked: SubjectRequest, by: User) -> list[RequestedCase]:
    """The cases of the request that this person sees, each locked, in one order for everybody."""
    found = RequestedCase.objects.visible_to(by).filter(request=asked).select_related("case")
    rows = list(found.order_by("case"))
    for row in rows:
        row.request = asked
        row.case = in_hand(row.case, by=by, verb="access_request.bundle")
    return sorted(rows, key=lambda row: row.pk)


def not_ready(asked: SubjectRequest, rows: Iterable[RequestedCase], by: User) -> list[str]:
    """What stands in the way: everything is decided upon, and somebody else has checked it."""
    problems = []
    second = is_checked(asked.organisation)
    if asked.waits_for_identity and asked.identity_on is None:
        problems.append("It is not confirmed who asks.")
    for row in rows:
        if row.ready_at is None:
            problems.append(f"Case {row.case.reference} is not decided upon.")
        elif second and row.checked_at is None:
            problems.append(f"Another person has to check case {row.case.reference}.")
        else:
            problems += still_open(row, by)
    return problems


def _matter(row: RequestedCase, number: int, by: User) -> Matter:
    """Raises RuleBroken for an entry that nobody decided upon: it was added a moment ago."""
    matter, made = Matter(number, row), decisions_of(row)
    for entry in entries_of(row.case, by):
        decision = made.get(entry.key)
        if decision is None:
            raise RuleBroken(f"Something new stands in case {row.case.reference}.")
        _take(matter, entry, decision, by)
    if row.case.hide_reporter:
        third = Ground.THIRD_PARTY.label
        matter.withheld.append((SECTIONS["messages"], "", REPORTER, str(third)))
    return matter


def _take(matter: Matter, entry: Entry, made: EntryDecision, by: User) -> None:
    if made.choice != Choice.GIVE:
        much = "Words" if made.choice == Choice.BLACK_OUT else "All of it"
        ground = str(Ground(made.ground).label)
        matter.withheld.append((SECTIONS[entry.section], str(entry.number), much, ground))
    if made.choice == Choice.WITHHOLD:
        return
    given = matter.given.setdefault(entry.section, [])
    pairs = given_of(entry, made)
    if entry.file is not None:
        entry.file.case = matter.requested.case
        evidence.export_within(entry.file, by=by)
        path = f"matter-{matter.number}/{exports.path_of(entry.file)}"
        matter.files[path] = entry.file
        pairs.append(("In this bundle", path))
    given.append((entry.number, pairs))


def given_of(entry: Entry, made: EntryDecision) -> list[tuple[str, str]]:
    """What leaves of an entry, in words; nothing of one that is withheld."""
    if made.choice == Choice.WITHHOLD:
        return []
    if made.choice == Choice.GIVE:
        return entry.pairs()
    change = partial(black_out, passages=made.words)
    return pairs_of(entry.section, [blank(row, change) for row in entry.rows])


def _parts(
    asked: SubjectRequest, bundle: RequestBundle, matters: list[Matter], recipient: str
) -> Parts:
    parts = Parts()
    tables = {
        "given": Table(GIVEN, _given(matters)),
        "withheld": Table(WITHHELD, _withheld(matters)),
    }
    shelves = {name: Shelf(table.in_order()) for name, table in tables.items()}
    head = _head(asked, bundle, recipient, shelves)
    parts.add("what-is-given.pdf", printed(asked, bundle, recipient, matters))
    for name, shelf in shelves.items():
        write_csv(parts, f"{name}.csv", tables[name].columns, shelf)
    write_json(parts, "evidence.json", head, shelves)
    for matter in matters:
        for path, file in matter.files.items():
            exports.put(parts, matter.requested.case, file, path)
    parts.add("README.txt", README.read_bytes())
    parts.add(VERIFIER, verifier())
    listed = manifest.sealed(head, parts.entries)
    parts.add(manifest.NAME, listed)
    parts.add(manifest.HASH_NAME, manifest.hash_file(listed))
    return parts


def _given(matters: list[Matter]) -> Iterator[Row]:
    for matter in matters:
        for section, entries in matter.given.items():
            for number, pairs in entries:
                for what, text in pairs:
                    yield {
                        "matter": matter.number, "part": SECTIONS[section], "entry": number,
                        "what": what, "text": text,
                    }  # fmt: skip


def _withheld(matters: list[Matter]) -> Iterator[Row]:
    for matter in matters:
        for part, entry, much, ground in matter.withheld:
            yield {
                "matter": matter.number, "part": part, "entry": entry, "how_much": much,
                "ground": ground,
            }  # fmt: skip


def _head(
    asked: SubjectRequest, bundle: RequestBundle, recipient: str, shelves: dict[str, Shelf]
) -> dict[str, Any]:
    made = utc(bundle.made_at)
    return {
        "form": manifest.FORM,
        "pack": bundle.public_id,
        "kind": "subject access",
        "school": asked.organisation.name,
        "policy": "",
        "person": asked.name,
        "recipient": recipient,
        "as_at": made,
        "time_zone": asked.organisation.time_zone,
        "made_at": made,
        "portal": {
            "name": settings.PORTAL_NAME,
            "version": portal_version(),
            "address": settings.SITE_URL,
        },
        "tables": {
            name: {"file": f"{name}.csv", "rows": shelf.count} for name, shelf in shelves.items()
        },
    }


def _put_on_record(bundle: RequestBundle, matter: Matter, recipient: str, by: User) -> None:
    """Each case says for itself that something of it left."""
    case = matter.requested.case
    look_within(case.reference, by=by, what=CaseView.What.EXPORT)
    row = CaseExport(
        case=case, profile=CaseExport.Profile.SUBJECT_ACCESS, files=len(matter.files),
        fingerprint=bundle.fingerprint, made_by=by, made_at=bundle.made_at,
    )  # fmt: skip
    written(row, why="Somebody asked what is held about them.", recipient=recipient).save()
    BundledCase.objects.create(bundle=bundle, case=case, export=row)
    record(
        "export.make", case, by=by, target=row, content=bytes(row.sealed_why),
        profile=row.profile, fingerprint=bundle.fingerprint,
    )  # fmt: skip
