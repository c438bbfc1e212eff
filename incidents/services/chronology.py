"""Writing down what happened. Nothing is changed afterwards: a correction is a new entry."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from incidents.models import Case, ChronologyEntry
from incidents.own_record import record
from incidents.sealing import written
from incidents.services.locking import expect_reason, in_hand
from people.models import User
from web.errors import RuleBroken

K = ChronologyEntry.Kind


@transaction.atomic
def add(
    case: Case, *, by: User, body: str, kind: str = K.NOTE, happened_at: datetime | None = None
) -> ChronologyEntry:
    """What happened, was said or was decided."""
    case = in_hand(case, by=by, verb="chronology.add")
    if kind not in K.values or kind == K.CORRECTION:
        raise RuleBroken("Choose what kind of entry it is.")
    return _write(case, by=by, body=body, kind=kind, happened_at=happened_at)


@transaction.atomic
def correct(entry: ChronologyEntry, *, by: User, body: str) -> ChronologyEntry:
    """What should have been written. The first entry stays beside it."""
    case = in_hand(entry.case, by=by, verb="chronology.correct")
    return _write(
        case, by=by, body=body, kind=K.CORRECTION, happened_at=entry.happened_at, corrects=entry
    )


def _write(
    case: Case, *, by: User, body: str, kind: str, happened_at: datetime | None,
    corrects: ChronologyEntry | None = None,
) -> ChronologyEntry:  # fmt: skip
    expect_reason(body, "Write what happened.")
    now = timezone.now()
    if happened_at is not None and happened_at > now:
        raise RuleBroken("This time has not come yet.")
    entry = ChronologyEntry(
        case=case,
        number=case.chronology.count() + 1,
        kind=kind,
        happened_at=happened_at or now,
        written_by=by,
        written_at=now,
        corrects=corrects,
    )
    written(entry, body=body).save()
    verb = "chronology.correct" if corrects else "chronology.add"
    record(verb, case, by=by, target=entry, content=bytes(entry.sealed_body))
    return entry
