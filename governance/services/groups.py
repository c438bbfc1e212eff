"""How many of a group of parents or pupils signed: recorded, and corrected by another row (D9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import IntegrityError, transaction

from files.purposes import Purpose
from files.services import store
from governance.models import GroupRecord, GroupScan, PolicyVersion
from people.models import Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

MOST_SCANS = 20


class RecordedAlready(RuleBroken):
    """This group has a record under this version, which is corrected instead."""

    def __init__(self, existing: GroupRecord) -> None:
        self.existing = existing
        super().__init__(
            f"{existing} is recorded already: {existing.signed} of {existing.asked} signed. "
            "Correct that record instead."
        )


def record(
    place: Organisation,
    version: PolicyVersion,
    *,
    by: User,
    audience: str,
    group: str,
    asked: int,
    signed: int,
    counted_on: date,
    how: str,
    note: str = "",
    scans: Iterable[File] = (),
) -> GroupRecord:
    """Put the figures of a group on record.

    Raises RecordedAlready for a group that has figures under this version, and RuleBroken. A group
    whose record was taken back may be recorded anew: it follows that record.
    """
    new = GroupRecord(
        organisation=place,
        version=version,
        audience=audience,
        group=" ".join(group.split()),
        asked=asked,
        signed=signed,
        counted_on=counted_on,
        how=how,
        note=note.strip(),
        recorded_by=by,
    )
    try:
        with transaction.atomic():
            _require(by, place)
            last = _last_word(new)
            if last is not None and not last.is_void:
                raise RecordedAlready(last)
            new.corrects = last
            return _write(new, scans, by=by, verb="group.record")
    except IntegrityError:  # a colleague recorded the same group at this moment
        raise RecordedAlready(_last_word(new) or new) from None


def correct(
    old: GroupRecord,
    *,
    by: User,
    asked: int,
    signed: int,
    counted_on: date,
    how: str,
    note: str = "",
    is_void: bool = False,
    scans: Iterable[File] = (),
) -> GroupRecord:
    """New figures for the same group. `is_void`: the group should not have been recorded.

    Raises RuleBroken when somebody has corrected it meanwhile.
    """
    new = GroupRecord(
        organisation=old.organisation,
        version=old.version,
        audience=old.audience,
        group=old.group,
        asked=asked,
        signed=signed,
        counted_on=counted_on,
        how=how,
        note=note.strip(),
        is_void=is_void,
        corrects=old,
        recorded_by=by,
    )
    meanwhile = RuleBroken("A colleague has corrected this meanwhile. Look at the newest figures.")
    try:
        with transaction.atomic():
            _require(by, old.organisation)
            if GroupRecord.objects.filter(corrects=old).exists():
                raise meanwhile
            return _write(new, scans, by=by, verb="group.correct")
    except IntegrityError:
        raise meanwhile from None


def wrong_day(day: date, version: PolicyVersion, place: Organisation) -> str:
    """Why nothing can have been counted that day; empty when it can."""
    assert version.published_at is not None
    if day > place.today():
        return "This day lies in the future."
    since = version.published_at.astimezone(place.zone).date()
    if day < since:
        return f"Version {version.number} was published on {since:%-d %B %Y}."
    return ""


def _write(new: GroupRecord, scans: Iterable[File], *, by: User, verb: str) -> GroupRecord:
    files = list(scans)
    RuleBroken.if_any(_problems(new, len(files)))
    new.save(force_insert=True)
    for file in files:
        stored = store(file, organisation=new.organisation, by=by, purpose=Purpose.SIGNATURE_SCAN)
        GroupScan.objects.create(record=new, file=stored)
    audit.record(
        verb,
        new,
        by=by,
        version=str(new.version_id),
        audience=new.audience,
        asked=str(new.asked),
        signed=str(new.signed),
        void=str(new.is_void),
        scans=str(len(files)),
    )
    return new


def _problems(new: GroupRecord, files: int) -> Iterable[str]:
    if not new.group:
        yield "Name the group, such as Year 4."
    if new.signed > new.asked:
        yield "No more can have signed than were asked."
    if reason := wrong_day(new.counted_on, new.version, new.organisation):
        yield reason
    if files > MOST_SCANS:
        yield f"{MOST_SCANS} files at most. Put the pages into one PDF."


def _last_word(new: GroupRecord) -> GroupRecord | None:
    return (
        GroupRecord.objects.last_word()
        .filter(
            organisation=new.organisation,
            version=new.version,
            audience=new.audience,
            group__iexact=new.group,
        )
        .first()
    )


def _require(by: User, place: Organisation) -> None:
    if not by.can(Permission.RECORD_SIGNATURES, at=place):
        raise PermissionDenied
