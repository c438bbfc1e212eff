"""Putting signatures on paper on record: all of a sheet, or nothing (P5, D11)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from governance import sheets
from governance.models import (
    Acknowledgement,
    PaperSheet,
    Policy,
    PolicyVersion,
    Signature,
    WitnessedSignature,
)
from governance.services import paper, signing
from governance.services.signing import Act
from governance.sheets import MOST_PEOPLE
from notices.services import News, notify, notify_many
from people.models import User
from trail import audit
from web.errors import RuleBroken

NAMED = 10


class ChangedMeanwhile(RuleBroken):
    """The sheet, or the policy, is not what was looked at. Nothing was recorded."""

    def __init__(self) -> None:
        super().__init__(
            "Something on this sheet, or the policy itself, has changed since you opened this "
            "page. Nothing was recorded. Check it again, then record it."
        )


@dataclass(frozen=True)
class OnRecord:
    """What recording a sheet came to: who was recorded, and who had signed meanwhile."""

    sheet: PaperSheet
    signatures: list[Signature]
    skipped: list[User]


def record(sheet: PaperSheet, *, by: User, displayed: str) -> OnRecord:
    """Make one signature for each person on the sheet.

    `displayed` is the digest of what was checked. Whoever has signed meanwhile is left out and
    named. A second click finds the sheet on record. Raises ChangedMeanwhile, or RuleBroken with
    everything that is in the way.
    """
    try:
        with transaction.atomic():
            sheet = paper.locked(sheet, by=by)
            _hold_the_policies(sheet)
            if sheets.digest_of(sheet) != displayed:
                raise ChangedMeanwhile
            RuleBroken.if_any(problems(sheet, by))
            return _write(sheet, by=by)
    except paper.OnRecordAlready:
        return on_record(sheet)


def on_record(sheet: PaperSheet) -> OnRecord:
    """The same of a sheet that is on record. Two queries."""
    related = "person", "annulment", "dispute"
    signatures = list(signatures_of(sheet).select_related(*related))
    signed = {signature.person_id for signature in signatures}
    chosen = sheet.signers.select_related("person").exclude(person__in=signed)
    return OnRecord(sheet, signatures, [signer.person for signer in chosen])


def signatures_of(sheet: PaperSheet) -> QuerySet[Signature]:
    return Signature.objects.filter(witnessed__sheet=sheet).order_by(
        "person__sort_name", "person__name", "pk"
    )


def problems(sheet: PaperSheet, by: User) -> Iterator[str]:
    """Everything that stands in the way of recording this sheet, in sentences."""
    edition = sheets.edition_of(sheet)
    place = sheet.organisation
    if edition is None:
        yield "These texts were never in force together. Choose the version again."
    elif reason := sheets.wrong_day(sheet.signed_on, edition, place):
        yield reason
    if not sheets.may_witness(sheet.witness, place, sheet.signed_on):
        yield f"{sheet.witness} was not at {place} that day. Choose another witness."
    yield from _scan_problems(sheet, by)
    yield from _people_problems(sheet, by)


def _scan_problems(sheet: PaperSheet, by: User) -> Iterator[str]:
    """Without a scan two people have to stand behind what is recorded."""
    if sheet.scans.exists():
        return
    if sheet.organisation.setting(sheets.NEEDS_SCAN):
        yield "Add the scan of the signed sheet."
    elif sheet.witness_id == by.pk:
        yield "Without a scan, somebody else than you has to be the witness. Or add the scan."


def _people_problems(sheet: PaperSheet, by: User) -> Iterator[str]:
    chosen = dict(sheet.signers.values_list("person", "person__name"))
    if not chosen:
        yield "Nobody is on this sheet. Choose the people who signed."
    if len(chosen) > MOST_PEOPLE:
        yield f"A sheet holds {MOST_PEOPLE} people at most. Take some off, and use a second one."
    if sheet.witness_id in chosen:
        yield "The witness is on the sheet, too. Nobody is a witness of their own signature."
    if by.pk in chosen:
        yield "You are on the sheet yourself. Sign in the portal, or let a colleague record it."
    there = set(sheets.covered(sheet).filter(person__in=chosen).values_list("person", flat=True))
    away = [name for pk, name in chosen.items() if pk not in there]
    if away:
        yield (
            f"On {sheet.signed_on:%-d %B %Y} this was not for {_listed(away)}: they were not at "
            f"{sheet.organisation} that day, or this version was not for them. Take them off the "
            "sheet, or correct the day."
        )


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED])
    more = len(names) - NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _hold_the_policies(sheet: PaperSheet) -> None:
    """Nobody publishes, withdraws or signs these while the sheet is recorded.

    In the order in which signing takes them: the trust's policy came before its appendices.
    """
    held = Policy.objects.filter(pk__in=[one.policy_id for one in sheet.versions]).order_by("pk")
    current = dict(held.select_for_update(no_key=True).values_list("pk", "current"))
    for version in sheet.versions:  # as they are now that they are held
        version.policy.current_id = current[version.policy_id]


def _write(sheet: PaperSheet, *, by: User) -> OnRecord:
    acts, skipped = _acts(sheet)
    if not acts:
        raise RuleBroken("Everybody on this sheet has signed meanwhile. There is nothing to add.")
    now = timezone.now()
    sheet.recorded_by, sheet.recorded_at, sheet.scan_hash = by, now, _scan_hash(sheet)
    sheet.save(update_fields=["recorded_by", "recorded_at", "scan_hash"])
    signatures = signing.make(acts)
    WitnessedSignature.objects.bulk_create(
        WitnessedSignature(
            signature=signature,
            person_id=signature.person_id,
            witness=sheet.witness,
            recorded_by=by,
            recorded_at=now,
            sheet=sheet,
        )
        for signature in signatures
    )
    _tell(sheet, signatures, by)
    _put_on_record(sheet, acts, signatures, skipped, by)
    return OnRecord(sheet, signatures, skipped)


def _acts(sheet: PaperSheet) -> tuple[list[Act], list[User]]:
    """What is still to be signed of the sheet by each, and who has signed all of it meanwhile."""
    people = [signer.person for signer in sheet.signers.select_related("person")]
    done, annulled = records_of(sheet.versions, people)
    at = end_of_day(sheet)
    acts, skipped = [], []
    for person in people:
        versions = [one for one in sheet.versions if (person.pk, one.pk) not in done]
        if not versions:
            skipped.append(person)
            continue
        again = {one.pk: annulled[person.pk, one.pk] for one in versions}
        method = Signature.Method.PAPER
        acts.append(Act(person, sheet.organisation, versions, person.name, method, at, again))
    return acts, skipped


def records_of(
    versions: list[PolicyVersion], people: list[User]
) -> tuple[set[tuple[int, int]], Counter[tuple[int, int]]]:
    """(person, version) of what counts, and how often it was annulled. Two queries."""
    rows = Acknowledgement.objects.filter(version__in=versions, person__in=people)
    every = Counter(rows.order_by().values_list("person", "version"))
    done = set(rows.counting().order_by().values_list("person", "version"))
    return done, every


def end_of_day(sheet: PaperSheet) -> datetime:
    """When it was signed, as far as the paper says: by the end of that day at the latest."""
    last = datetime.combine(sheet.signed_on, time.max, sheet.organisation.zone)
    return min(last.replace(microsecond=0), timezone.now())


def _scan_hash(sheet: PaperSheet) -> str:
    pages = list(sheet.scans.order_by("pk").values_list("file__sha256", flat=True))
    return hashlib.sha256("\n".join(pages).encode()).hexdigest() if pages else ""


def _tell(sheet: PaperSheet, signatures: list[Signature], by: User) -> None:
    """Everybody whose signature was recorded, and the witness, unless it was they who did it."""
    place, text = sheet.organisation, f"“{sheet.version.title}”, version {sheet.version.number}"
    kind = "signature.recorded"
    title = f"Recorded for you from paper: {text}. If this is not right, say so on the receipt."
    notify_many(
        (News(one.person, f"{kind}:{one.pk}", title, one.get_absolute_url()) for one in signatures),
        organisation=place,
        kind=kind,
    )
    if sheet.witness_id != by.pk:
        number = "1 signature" if len(signatures) == 1 else f"{len(signatures)} signatures"
        notify(
            sheet.witness,
            organisation=place,
            kind="signature.witnessed",
            occasion=f"signature.witnessed:{sheet.pk}",
            title=f"You are named as the witness of {number} on paper: {text}. "
            f"If you did not see them sign, tell {by}.",
            url="/notices/",
        )


def _put_on_record(
    sheet: PaperSheet,
    acts: list[Act],
    signatures: list[Signature],
    skipped: list[User],
    by: User,
) -> None:
    shared = {
        "sheet": str(sheet.pk),
        "witness": str(sheet.witness_id),
        "signed_on": sheet.signed_on.isoformat(),
    }
    lines = [
        audit.Entry("signature.paper", signature, by, signing.what(act) | shared)
        for signature, act in zip(signatures, acts, strict=True)
    ]
    counted = {
        "reason": sheet.reason,
        "signatures": str(len(signatures)),
        "skipped": str(len(skipped)),
        "scan": sheet.scan_hash,
    }
    lines.append(audit.Entry("paper_sheet.record", sheet, by, shared | counted))
    audit.record_many(lines)
