"""The cases of a request: finding them, deciding upon each entry, and a second person's look.

Whoever does any of this sees the case, and what they do stands in that case's own record. Nobody is
told of a case that they may not see: it is not found, not counted, and not waited for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from incidents.access_entries import Entry, entries_of, is_about
from incidents.blacking_out import not_found
from incidents.listing import cases_at
from incidents.models import Case, CasePerson, EntryDecision, RequestedCase, SubjectRequest
from incidents.own_record import record
from incidents.sealing import written
from incidents.services.locking import expect_reason, in_hand
from incidents.services.subject_access import open_request
from incidents.subject_access import Choice, Ground
from incidents.visibility import Hidden
from people.models import Organisation, User
from web.errors import RuleBroken

SECOND = "incidents.requests_checked"
CHANGED = "This has changed since you read it. Read it again, and decide."
Found = RequestedCase.Found


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides: with `words` to be blacked out, or a `ground` to withhold."""

    choice: str
    words: tuple[str, ...] = ()
    ground: str = ""
    note: str = ""


# Finding


@transaction.atomic
def find(asked: SubjectRequest, *, by: User) -> int:
    """The cases in which this person may appear, among those that `by` sees. Says how many new."""
    asked = open_request(asked, by=by)
    there = cases_at(asked.organisation, by, {})
    known = set(RequestedCase.objects.filter(request=asked).values_list("case", flat=True))
    found = dict(_found(asked, there))
    new = sorted(set(found) - known)
    for pk in new:
        _put(asked, Case.objects.get(pk=pk), found[pk], by=by)
    return len(new)


def _found(asked: SubjectRequest, there: Iterable[Case]) -> Iterator[tuple[int, str]]:
    """Each case with how it was found. Reads the names in every case that is seen, and no other."""
    if asked.person_id is not None:
        mine = there.filter(reporter=asked.person_id, hide_reporter=False)  # type: ignore[attr-defined]
        yield from ((pk, Found.REPORTER) for pk in mine.values_list("pk", flat=True))
    rows = CasePerson.objects.current().filter(case__in=there)
    unknown = CasePerson.Role.REPORTER
    rows = rows.exclude(role=unknown, case__hide_reporter=True)
    texts = [f"case__sealed_{name}" for name in Case.SEALED]
    for row in rows.select_related("case__key", "user").defer(*texts).iterator(chunk_size=500):
        if is_about(asked, row):
            yield row.case_id, _how(asked, row)


def _how(asked: SubjectRequest, row: CasePerson) -> str:
    if row.user_id is not None and row.user_id == asked.person_id:
        return Found.PERSON
    return Found.CHILD if asked.index and row.index == asked.index else Found.NAME


@transaction.atomic
def add(asked: SubjectRequest, reference: str, *, by: User, why: str) -> RequestedCase:
    """A case that the search did not find, such as one that names them in a text only."""
    asked = open_request(asked, by=by)
    why = expect_reason(why, "Say why it belongs to the request.")
    there = cases_at(asked.organisation, by, {})
    case = there.filter(reference=reference.strip().upper()).first()
    if case is None:
        raise RuleBroken("You see no case with this reference.")
    if RequestedCase.objects.filter(request=asked, case=case).exists():
        raise RuleBroken("This case is in the request already.")
    return _put(asked, case, Found.HAND, by=by, why=why)


def _put(
    asked: SubjectRequest, case: Case, found: str, *, by: User, why: str = ""
) -> RequestedCase:
    case = in_hand(case, by=by, verb="access_request.add")
    row = RequestedCase(request=asked, case=case, found=found, added_by=by)
    written(row, why_added=why).save()
    record("access_request.add", case, by=by, target=row, found=found)
    return row


# Deciding


def _in_hand(requested: RequestedCase, *, by: User, verb: str) -> RequestedCase:
    """Request, case and row, locked in this order. Raises Hidden, CaseRefused, RuleBroken."""
    asked = open_request(requested.request, by=by)
    case = in_hand(requested.case, by=by, verb=verb)
    rows = RequestedCase.objects.select_for_update(of=("self",), no_key=True)
    found: RequestedCase | None = rows.filter(pk=requested.pk, request=asked, case=case).first()
    if found is None:
        raise Hidden
    found.request, found.case = asked, case
    return found


def _anew(row: RequestedCase, *more: str) -> None:
    """Something is decided otherwise: nobody has checked that yet."""
    row.ready_at = row.ready_by = row.checked_at = row.checked_by = None
    row.save(update_fields=["ready_at", "ready_by", "checked_at", "checked_by", "undecided", *more])


@transaction.atomic
def decide(requested: RequestedCase, keys: Iterable[str], decision: Decision, *, by: User) -> int:
    """One decision upon these entries. Says how many of the case are left.

    Raises RuleBroken where an entry has changed meanwhile, or the decision does not hold.
    """
    row = _in_hand(requested, by=by, verb="access_request.decide")
    if row.left_out:
        raise RuleBroken("This case is left out. Take it in again first.")
    entries = {entry.key: entry for entry in entries_of(row.case, by)}
    chosen = [entries[key] for key in dict.fromkeys(keys) if key in entries]
    if not chosen or len(chosen) != len(set(keys)):
        raise RuleBroken(CHANGED)
    for entry in chosen:
        RuleBroken.if_any(_wrong(entry, decision))
    for entry in chosen:
        _write(row, entry, decision, by)
    row.undecided = len(_undecided(row, entries.values()))
    _anew(row)
    content = json.dumps([[entry.key for entry in chosen], decision.choice, decision.ground])
    record(
        "access_request.decide", row.case, by=by, target=row, choice=decision.choice,
        content=content.encode(),
    )  # fmt: skip
    return row.undecided


def _wrong(entry: Entry, decision: Decision) -> list[str]:
    if decision.choice not in Choice.values:
        return ["Decide whether it is given."]
    if decision.choice == Choice.WITHHOLD:
        known = decision.ground in Ground.values
        return [] if known else ["Say on what ground it is not given."]
    if entry.locked:
        return ["A file that is locked away, or not checked yet, cannot be given."]
    if decision.choice == Choice.GIVE:
        return []
    if entry.section == "files":
        return ["A file is given whole or not at all. Cover what it shows in a copy, and add that."]
    if not decision.words:
        return ["Write down the words that are blacked out, or give it whole."]
    missing = not_found(entry.texts, decision.words)
    return [f"“{words}” does not stand in this entry. Copy it as it is there." for words in missing]


def _write(row: RequestedCase, entry: Entry, decision: Decision, by: User) -> None:
    kept = EntryDecision.objects.filter(requested=row, entry=entry.key).first()
    made = kept or EntryDecision(requested=row, case=row.case, entry=entry.key)
    made.case, blacks = row.case, decision.choice == Choice.BLACK_OUT
    made.choice, made.decided_by, made.decided_at = decision.choice, by, timezone.now()
    made.ground = "" if decision.choice == Choice.GIVE else decision.ground
    if blacks and not made.ground:
        made.ground = Ground.THIRD_PARTY
    words = "\n".join(decision.words) if blacks else ""
    written(made, words=words, note=decision.note).save()


def decisions_of(row: RequestedCase) -> dict[str, EntryDecision]:
    """By the key of their entry, ready to be read."""
    found = {made.entry: made for made in row.decisions.select_related("decided_by")}
    for made in found.values():
        made.case = row.case
    return found


def _undecided(row: RequestedCase, entries: Iterable[Entry]) -> list[Entry]:
    made = set(row.decisions.values_list("entry", flat=True))
    return [entry for entry in entries if entry.key not in made]


@transaction.atomic
def leave_out(requested: RequestedCase, *, by: User, why: str) -> RequestedCase:
    """The case is not about this person, or nothing of it is given. Waits for a second look."""
    row = _in_hand(requested, by=by, verb="access_request.leave_out")
    why = expect_reason(why, "Say why nothing of this case is given.")
    row.left_out = True
    written(row, why_left=why)
    _anew(row, "left_out", "sealed_why_left")
    _ready(row, by)
    record("access_request.leave_out", row.case, by=by, target=row)
    return row


@transaction.atomic
def take_in(requested: RequestedCase, *, by: User) -> RequestedCase:
    """It belongs to the request after all; what was decided before still stands."""
    row = _in_hand(requested, by=by, verb="access_request.take_in")
    row.left_out = False
    _anew(row, "left_out")
    record("access_request.take_in", row.case, by=by, target=row)
    return row


def _ready(row: RequestedCase, by: User) -> None:
    row.ready_at, row.ready_by = timezone.now(), by
    row.save(update_fields=["ready_at", "ready_by"])


@transaction.atomic
def ready(requested: RequestedCase, *, by: User) -> RequestedCase:
    """Everything in this case is decided upon."""
    row = _in_hand(requested, by=by, verb="access_request.ready")
    RuleBroken.if_any(still_open(row, by))
    if row.ready_at is None:
        _ready(row, by)
        record("access_request.ready", row.case, by=by, target=row)
    return row


def still_open(row: RequestedCase, by: User) -> list[str]:
    """Why this case is not decided upon."""
    if row.left_out:
        return []
    left = len(_undecided(row, entries_of(row.case, by)))
    if not left:
        return []
    many = "One entry waits" if left == 1 else f"{left} entries wait"
    return [f"{many} for a decision in case {row.case.reference}."]


# The second person


def is_checked(at: Organisation) -> bool:
    """Whether this school wants a second person to look before anything leaves."""
    return bool(at.setting(SECOND))


@transaction.atomic
def check(requested: RequestedCase, *, by: User) -> RequestedCase:
    """A second person has looked through what is given and what stays back."""
    row = _in_hand(requested, by=by, verb="access_request.check")
    if row.ready_at is None:
        raise RuleBroken("Not everything is decided upon yet.")
    if row.ready_by_id == by.pk:
        raise RuleBroken("You decided upon this case. Another person has to check it.")
    RuleBroken.if_any(still_open(row, by))
    row.checked_at, row.checked_by = timezone.now(), by
    row.save(update_fields=["checked_at", "checked_by"])
    record("access_request.check", row.case, by=by, target=row)
    return row


@transaction.atomic
def send_back(requested: RequestedCase, *, by: User, why: str) -> RequestedCase:
    """The second person wants something decided otherwise."""
    row = _in_hand(requested, by=by, verb="access_request.send_back")
    why = expect_reason(why, "Say what is to be decided otherwise.")
    if row.ready_at is None:
        raise RuleBroken("It is not waiting for a second person.")
    written(row, sent_back=why)
    _anew(row, "sealed_sent_back")
    record("access_request.send_back", row.case, by=by, target=row)
    return row
