"""Taking evidence in, handing it out, locking it away (I5, I6).

Every way out writes a row of custody in the transaction that hands out: no row, no file. What is
locked away, waits for the virus scanner or was found infected has no way out at all.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

import structlog
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from files.names import clean_name
from incidents import scanning, sealed_files
from incidents.copies import Copy, copy_of
from incidents.file_kinds import FileKind, kind_of
from incidents.models import Case, CaseView, Custody, Evidence
from incidents.own_record import record
from incidents.sealed_files import ORIGINAL
from incidents.sealing import written
from incidents.services.locking import expect_reason, in_hand, locked, seen
from incidents.services.looking import look_within
from incidents.visibility import Hidden
from people.models import User
from web.errors import RuleBroken

log = structlog.get_logger(__name__)
MOST_OF_A_REPORTER = 20
AT_ONCE = 20
ORPHAN_AGE = 24 * 60 * 60
BATCH = 500
STOP = (
    "Nothing can be attached here, because there could be a nude or sexual picture of somebody "
    "under 18. Do not look at it, copy it or send it on. Tell the safeguarding lead now."
)
What, Scan = Custody.What, Evidence.Scan


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read: what it is, and the copy to look at. Nothing of it is kept yet."""

    name: str
    kind: FileKind
    content: bytes
    copy: Copy


@dataclass(frozen=True, slots=True)
class Facts:
    """Where a file came from: as text, never as something the portal would open."""

    source: str = ""
    platform: str = ""
    handle: str = ""
    captured_by: str = ""
    note: str = ""
    captured_at: datetime | None = None


def prepare(file: IO[bytes] | bytes, name: str) -> Prepared:
    """Read a file outside of any transaction: it can take seconds.

    Raises RuleBroken with a sentence for whatever is not taken.
    """
    content = file if isinstance(file, bytes) else file.read()
    kind = kind_of(content, name)
    return Prepared(clean_name(name), kind, content, copy_of(kind, content))


def refuse_past_gate(case: Case, gate: str) -> None:
    """Raises RuleBroken unless both the report and whoever adds the file said no (F2)."""
    if case.no_uploads or gate != Case.Gate.NO:
        raise RuleBroken(STOP)


@transaction.atomic
def answer_gate(case: Case, *, by: User, answer: str) -> None:
    """What somebody said when asked about the picture, before anything could be chosen."""
    case = in_hand(case, by=by, verb="evidence.gate")
    if answer not in Case.Gate.values:
        raise RuleBroken("Say whether a picture could be of somebody under 18.")
    record("evidence.gate", case, by=by, answer=answer)


@transaction.atomic
def add(
    case: Case, prepared: Prepared, *, by: User, gate: str, facts: Facts | None = None,
    supersedes: Evidence | None = None,
) -> Evidence:  # fmt: skip
    """Somebody who works on the case adds a file, or a better one in the place of another."""
    case = in_hand(case, by=by, verb="evidence.add")
    refuse_past_gate(case, gate)
    if supersedes is not None:
        supersedes = case.evidence.get(pk=supersedes.pk)
        if case.evidence.filter(supersedes=supersedes).exists():
            raise RuleBroken("A better file took the place of this one already.")
    return _keep(case, prepared, facts or Facts(), by=by, supersedes=supersedes)


@transaction.atomic
def add_as_reporter(
    reference: str, prepared: Prepared, *, by: User, gate: str, facts: Facts | None = None
) -> Evidence:
    """Whoever reported it adds a file. Raises Hidden for another's report.

    Somebody who has since been kept out, too, as they may write a message: were it refused, that
    would tell them.
    """
    found = Case.objects.filter(reference=reference, reporter=by, disposed_at=None).first()
    if found is None:
        raise Hidden
    case = locked(found)
    refuse_past_gate(case, gate)
    who = None if case.hide_reporter else by
    if case.evidence.filter(Q(added_by=by) | Q(added_by=None)).count() >= MOST_OF_A_REPORTER:
        raise RuleBroken(f"{MOST_OF_A_REPORTER} files are enough. Write to us if there are more.")
    return _keep(case, prepared, facts or Facts(), by=who)


def _keep(
    case: Case, prepared: Prepared, facts: Facts, *, by: User | None,
    supersedes: Evidence | None = None,
) -> Evidence:  # fmt: skip
    row = Evidence(
        case=case,
        number=case.evidence.count() + 1,
        kind=prepared.kind.code,
        size=len(prepared.content),
        view=prepared.copy.view,
        pages=len(prepared.copy.pages),
        more_pages=prepared.copy.more,
        scan=Scan.PENDING if scanning.is_configured() else Scan.NOT_ASKED,
        captured_at=facts.captured_at,
        added_by=by,
        supersedes=supersedes,
    )
    if facts.captured_at is not None and facts.captured_at > row.added_at:
        raise RuleBroken("This time has not come yet.")
    kept = sealed_files.put(case, row.blob, ORIGINAL, io.BytesIO(prepared.content))
    for number, page in enumerate(prepared.copy.pages, start=1):
        sealed_files.put(case, row.blob, _page(number), io.BytesIO(page))
    written(
        row, name=prepared.name, sha256=kept.sha256, source=facts.source, platform=facts.platform,
        handle=facts.handle, captured_by=facts.captured_by, note=facts.note,
    ).save()  # fmt: skip
    _note(row, What.ADDED, by=by)
    record("evidence.add", case, by=by, target=row, content=bytes(row.sealed_sha256))
    return row


def _page(number: int) -> str:
    return f"page{number}"


def _note(row: Evidence, what: str, *, by: User | None) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("Custody belongs in the transaction of what is done with the file.")
    Custody.objects.create(case=row.case, evidence=row, person=by, what=what)


# Ways out


def _given(reference: str, public_id: str, what: str, *, by: User) -> Evidence:
    """A file that may be opened, with its look written down. Raises Hidden for any other."""
    case = look_within(reference, by=by, what=CaseView.What.FILE)
    row: Evidence | None = case.evidence.openable().filter(public_id=public_id).first()
    if row is None:
        raise Hidden
    row.case = case
    _note(row, what, by=by)
    return row


@transaction.atomic
def look_at(reference: str, public_id: str, number: int, *, by: User) -> tuple[Evidence, bytes]:
    """A page of the copy. Raises Hidden, or sealed_files.Damaged."""
    row = _given(reference, public_id, What.LOOKED, by=by)
    if not 1 <= number <= row.pages:
        raise Hidden
    return row, sealed_files.whole(row.case, row.blob, _page(number))


@transaction.atomic
def take(reference: str, public_id: str, *, by: User) -> tuple[Evidence, Iterator[bytes]]:
    """The original, byte for byte, for whoever works on the case. Raises Hidden, CaseRefused."""
    row = _given(reference, public_id, What.TAKEN, by=by)
    row.case = in_hand(row.case, by=by, verb="evidence.take")
    return row, sealed_files.pieces(row.case, row.blob, ORIGINAL)


def export_within(row: Evidence, *, by: User) -> None:
    """It goes into an export, whose transaction this is."""
    if not row.may_be_opened:
        raise RuleBroken("A file that is locked away, or not checked yet, cannot leave the portal.")
    _note(row, What.EXPORTED, by=by)


# Locking away


@transaction.atomic
def quarantine(row: Evidence, *, by: User, why: str = "") -> Evidence:
    """Nobody opens, looks at or exports it from now on. Whoever sees the case may do this.

    Nothing undoes it: what was locked away by mistake is added again.
    """
    case = seen(row.case, by=by)
    row = _locked(case, row)
    if row.quarantined_at is None:
        row.quarantined_at, row.quarantined_by = timezone.now(), by
        written(row, quarantine=why).save()
        _note(row, What.QUARANTINED, by=by)
        record("evidence.quarantine", case, by=by, target=row)
    return row


@transaction.atomic
def ask_to_destroy(row: Evidence, *, by: User, why: str) -> Evidence:
    """The first of two people: such as that the police have what they need."""
    case = in_hand(row.case, by=by, verb="evidence.ask_destroy")
    row = _locked(case, row)
    expect_reason(why, "Say who agreed, such as the police and their reference.")
    if row.quarantined_at is None:
        raise RuleBroken("Only a file that is locked away can be destroyed.")
    if case.holds.standing().exists():
        raise RuleBroken("A legal hold stands on this case.")
    row.destroy_asked_at, row.destroy_asked_by = timezone.now(), by
    written(row, destroy=why).save()
    _note(row, What.DESTROY_ASKED, by=by)
    record("evidence.ask_destroy", case, by=by, target=row)
    return row


@transaction.atomic
def destroy(row: Evidence, *, by: User) -> Evidence:
    """The second. The bytes go; that there was a file, and who did this, stays."""
    case = in_hand(row.case, by=by, verb="evidence.destroy")
    row = _locked(case, row)
    if row.destroy_asked_by_id is None:
        raise RuleBroken("Somebody has to ask for it first.")
    if row.destroy_asked_by_id == by.pk:
        raise RuleBroken("You asked for this. Another person has to carry it out.")
    if case.holds.standing().exists():
        raise RuleBroken("A legal hold stands on this case.")
    if row.destroyed_at is None:
        row.destroyed_at, row.destroyed_by = timezone.now(), by
        row.save(update_fields=["destroyed_at", "destroyed_by"])
        _note(row, What.DESTROYED, by=by)
        record("evidence.destroy", case, by=by, target=row)
        transaction.on_commit(lambda: sealed_files.remove([row.blob]))
    return row


def _locked(case: Case, row: Evidence) -> Evidence:
    rows = Evidence.objects.select_for_update(of=("self",), no_key=True)
    found: Evidence = rows.get(case=case, pk=row.pk)
    found.case = case
    return found


def left_locked_away(case: Case) -> bool:
    """Whether a file is locked away and not destroyed: then the case cannot be disposed of."""
    return case.evidence.filter(quarantined_at__isnull=False, destroyed_at=None).exists()


# The worker


def scan_waiting() -> int:
    """Ask the scanner about what waits. Says how many were answered; the others wait on."""
    if not scanning.is_configured():
        return 0
    waiting = Evidence.objects.filter(
        scan=Scan.PENDING, destroyed_at=None, case__disposed_at=None
    ).select_related("case__key")
    done = 0
    # What could not be answered comes last the next time: one file never keeps the others waiting.
    for row in waiting.order_by(F("scanned_at").asc(nulls_first=True), "added_at")[:AT_ONCE]:
        try:
            clean = scanning.is_clean(sealed_files.pieces(row.case, row.blob, ORIGINAL))
        except scanning.ScannerAway:
            log.warning("virus_scanner_away")
            Evidence.objects.filter(pk=row.pk, scan=Scan.PENDING).update(scanned_at=timezone.now())
            break
        except sealed_files.Damaged:
            log.error("evidence_damaged")
            continue
        done += _answered(row, clean)
    return done


@transaction.atomic
def _answered(row: Evidence, clean: bool) -> int:
    case = locked(row.case)
    row = _locked(case, row)
    if row.scan != Scan.PENDING:
        return 0
    row.scan, row.scanned_at = Scan.CLEAN if clean else Scan.INFECTED, timezone.now()
    row.save(update_fields=["scan", "scanned_at"])
    _note(row, What.CLEAN if clean else What.INFECTED, by=None)
    record("evidence.scan", case, by=None, target=row, found=row.scan)
    return 1


def forget(case: Case) -> None:
    """The key of the case goes, in the caller's transaction: its bytes go with it."""
    blobs = list(case.evidence.values_list("blob", flat=True))
    transaction.on_commit(lambda: sealed_files.remove(blobs))


def sweep(*, older_than: float = ORPHAN_AGE) -> int:
    """Take away bytes of which no row speaks, whose case is gone or that were destroyed.

    Never those of a file that is locked away. Safe to run at any time; says how many went.
    """
    gone = 0
    found = list(sealed_files.blobs(older_than=older_than))
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        kept = Evidence.objects.filter(
            blob__in=batch, destroyed_at=None, case__disposed_at=None
        ).values_list("blob", flat=True)
        left = set(batch) - set(kept)
        sealed_files.remove(left)
        gone += len(left)
    return gone
