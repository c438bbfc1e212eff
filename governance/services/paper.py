"""Preparing a sheet of signatures on paper: nothing of it counts until it is put on record."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from files.models import StoredFile
from files.purposes import Purpose
from files.services import forget, store
from governance import sheets
from governance.models import PaperScan, PaperSheet, PaperSigner
from governance.sheets import MOST_PEOPLE, MOST_SCANS, Edition
from people.models import Organisation, User
from people.roles import Permission
from web.errors import RuleBroken

# How long a sheet that nobody finished is kept.
KEPT = timedelta(days=30)


class OnRecordAlready(RuleBroken):
    """A sheet on record cannot be changed."""

    def __init__(self) -> None:
        super().__init__("This sheet is on record already, so it cannot be changed.")


@transaction.atomic
def start(
    place: Organisation,
    edition: Edition,
    *,
    by: User,
    signed_on: date,
    witness: User,
    reason: str,
    note: str = "",
) -> PaperSheet:
    """Begin a sheet. Raises RuleBroken for a day, a witness or a reason that cannot be."""
    _require(by, place)
    sheet = PaperSheet(organisation=place, started_by=by)
    return _describe(sheet, edition, signed_on, witness, reason, note)


@transaction.atomic
def describe(
    sheet: PaperSheet,
    edition: Edition,
    *,
    by: User,
    signed_on: date,
    witness: User,
    reason: str,
    note: str = "",
) -> PaperSheet:
    """Correct what a sheet says of itself. Raises RuleBroken, also once it is on record."""
    sheet = locked(sheet, by=by)
    return _describe(sheet, edition, signed_on, witness, reason, note)


@transaction.atomic
def choose(sheet: PaperSheet, *, by: User, shown: Collection[int], chosen: Collection[int]) -> None:
    """Keep the ticks of one page: of the people `shown`, exactly the `chosen` are on the sheet.

    Ids of people who cannot be on it are no choice. Raises RuleBroken past MOST_PEOPLE.
    """
    sheet = locked(sheet, by=by)
    sheet.signers.filter(person__in=set(shown) - set(chosen)).delete()
    allowed = sheets.people_for(sheet, by).filter(person__in=set(shown) & set(chosen))
    _add(sheet, allowed.values_list("person", flat=True))


@transaction.atomic
def choose_all(sheet: PaperSheet, *, by: User, department: str = "", words: str = "") -> None:
    """Everybody of a department, or of the whole list, is on the sheet, or nobody more."""
    sheet = locked(sheet, by=by)
    found = sheets.matching(sheets.people_for(sheet, by), department, words)
    _add(sheet, found.values_list("person", flat=True))


@transaction.atomic
def choose_nobody(sheet: PaperSheet, *, by: User) -> None:
    """Begin the choice of people anew."""
    locked(sheet, by=by).signers.all().delete()


@transaction.atomic
def add_scans(sheet: PaperSheet, *, by: User, files: Iterable[File]) -> None:
    """Add pages. Raises RuleBroken for a file of the wrong kind or size: then none is added."""
    sheet = locked(sheet, by=by)
    files = list(files)
    if sheet.scans.count() + len(files) > MOST_SCANS:
        raise RuleBroken(f"A sheet takes {MOST_SCANS} files at most. Put the pages into one PDF.")
    reasons = []
    for file in files:
        try:
            stored = store(
                file, organisation=sheet.organisation, by=by, purpose=Purpose.SIGNATURE_SCAN
            )
        except RuleBroken as problem:
            reasons.append(f"{file.name}: {problem}")
        else:
            PaperScan.objects.create(sheet=sheet, file=stored)
    RuleBroken.if_any(reasons)


@transaction.atomic
def remove_scan(sheet: PaperSheet, scan_id: int, *, by: User) -> None:
    """Take a file off a sheet that is not on record yet; it is erased."""
    sheet = locked(sheet, by=by)
    _erase(sheet.scans.filter(pk=scan_id), by=by)


@transaction.atomic
def throw_away(sheet: PaperSheet, *, by: User) -> None:
    """Forget a sheet that is not on record, and erase its scan."""
    sheet = locked(sheet, by=by)
    _erase(sheet.scans.all(), by=by)
    sheet.delete()


def forget_unfinished() -> int:
    """Throw away sheets that nobody finished. Returns how many."""
    gone = 0
    for sheet in PaperSheet.objects.unfinished().filter(started_at__lt=timezone.now() - KEPT):
        with transaction.atomic():
            found = PaperSheet.objects.unfinished().filter(pk=sheet.pk)
            if found.select_for_update(of=("self",), no_key=True).exists():
                _erase(sheet.scans.all(), by=None)
                found.delete()
                gone += 1
    return gone


def locked(sheet: PaperSheet, *, by: User) -> PaperSheet:
    """The sheet, held until the end of the transaction, for somebody who may work on it.

    Raises RuleBroken when it is gone, OnRecordAlready when it is on record.
    """
    rows = PaperSheet.objects.select_for_update(of=("self",), no_key=True)
    related = "organisation__parent", "version__policy__owner", "appendix__policy", "witness"
    found = rows.select_related(*related).filter(pk=sheet.pk).first()
    if found is None:
        raise RuleBroken("A colleague has thrown this sheet away.")
    _require(by, found.organisation)
    if found.is_recorded:
        raise OnRecordAlready
    return found


def _require(by: User, place: Organisation) -> None:
    if not by.can(Permission.RECORD_SIGNATURES, at=place):
        raise PermissionDenied


def _describe(
    sheet: PaperSheet, edition: Edition, signed_on: date, witness: User, reason: str, note: str
) -> PaperSheet:
    place = sheet.organisation
    reasons = [sheets.wrong_day(signed_on, edition, place)]
    if not sheets.may_witness(witness, place, signed_on):
        reasons.append(f"{witness} was not at {place} that day. Choose another witness.")
    if reason == PaperSheet.Reason.OTHER and not note.strip():
        reasons.append("Say in a few words why they signed on paper.")
    RuleBroken.if_any(filter(None, reasons))
    sheet.version, sheet.appendix = edition.version, edition.appendix
    sheet.signed_on, sheet.witness = signed_on, witness
    sheet.reason, sheet.note = reason, note.strip()
    sheet.save()
    sheet.signers.filter(person=witness).delete()
    return sheet


def _add(sheet: PaperSheet, person_ids: Iterable[int]) -> None:
    wanted = set(person_ids)
    there = set(sheet.signers.values_list("person", flat=True))
    if len(wanted | there) > MOST_PEOPLE:
        raise RuleBroken(
            f"A sheet holds {MOST_PEOPLE} people at most; these would be {len(wanted | there)}. "
            "Choose a department, or record them in two parts."
        )
    PaperSigner.objects.bulk_create(
        PaperSigner(sheet=sheet, person_id=person_id) for person_id in sorted(wanted - there)
    )


def _erase(scans: Iterable[PaperScan], *, by: User | None) -> None:
    found = list(scans)
    PaperScan.objects.filter(pk__in=[scan.pk for scan in found]).delete()
    forget(StoredFile.objects.filter(pk__in=[scan.file_id for scan in found]), by=by)
