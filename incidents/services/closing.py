"""Ending a case, waiting, opening it again. Each verb is a move in `incidents/workflow.py`."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from incidents.kinds import OUTCOME_WORDS
from incidents.models import Case
from incidents.sealing import written
from incidents.services import chronology
from incidents.services.locking import expect_reason, in_hand, locked, seen
from incidents.services.routes import reroute
from incidents.workflow import CASE, Move
from people.models import User
from web.errors import RuleBroken


@transaction.atomic
def wait(case: Case, *, by: User, why: str = "") -> Case:
    """Somebody outside has to answer first."""
    _because(in_hand(case, by=by, verb="case.wait"), by, why)
    with CASE.step(case, Move.WAIT, by=by) as case:
        return case


@transaction.atomic
def resume(case: Case, *, by: User, why: str = "") -> Case:
    """They have answered."""
    _because(in_hand(case, by=by, verb="case.resume"), by, why)
    with CASE.step(case, Move.RESUME, by=by) as case:
        return case


@transaction.atomic
def propose(case: Case, *, by: User, outcome: str, why: str) -> Case:
    """It can be closed. Raises RuleBroken with everything that is still missing."""
    in_hand(case, by=by, verb="case.propose")
    _expect_outcome(outcome)
    expect_reason(why, "Write how it ended.")
    with CASE.step(case, Move.PROPOSE, by=by) as case:
        case.proposed_at, case.proposed_by, case.outcome = timezone.now(), by, outcome
        written(case, closing=why)
    return case


@transaction.atomic
def send_back(case: Case, *, by: User, why: str = "") -> Case:
    """It stays open."""
    _because(in_hand(case, by=by, verb="case.send_back"), by, why)
    with CASE.step(case, Move.SEND_BACK, by=by) as case:
        case.proposed_at = case.proposed_by = None
    return case


@transaction.atomic
def close(case: Case, *, by: User) -> Case:
    """Close it. A red case, or one about staff, by another person than whoever proposed it."""
    in_hand(case, by=by, verb="case.close")
    with CASE.step(case, Move.CLOSE, by=by) as case:
        case.ended_at, case.ended_by = timezone.now(), by
    return case


@transaction.atomic
def reopen(case: Case, *, by: User, why: str) -> Case:
    """Something came to light. What was decided stays in its record."""
    case = in_hand(case, by=by, verb="case.reopen")
    chronology.add(case, by=by, body=expect_reason(why), kind="decision")
    with CASE.step(case, Move.REOPEN, by=by) as case:
        _not_ended(case)
        case.proposed_at = case.proposed_by = None
    return case


@transaction.atomic
def set_aside(case: Case, move: str, *, by: User, why: str) -> Case:
    """Keep it as a low-level concern, or say that nothing is needed."""
    in_hand(case, by=by, verb=f"case.{move}")
    if move not in (Move.LOW_LEVEL, Move.NO_ACTION):
        raise RuleBroken("Choose from the list.")
    expect_reason(why)
    with CASE.step(case, move, by=by) as case:
        case.ended_at, case.ended_by = timezone.now(), by
        written(case, set_aside=why)
    return case


@transaction.atomic
def duplicate(case: Case, *, by: User, of: Case, why: str = "") -> Case:
    """The same was reported before: in a case that this person sees, too."""
    for one in sorted((case, of), key=lambda one: one.pk):
        locked(one)  # in one order, so that two people never wait for each other
    _because(in_hand(case, by=by, verb="case.duplicate"), by, why)
    first = seen(of, by=by)
    if first.pk == case.pk:
        raise RuleBroken("A case is not a duplicate of itself.")
    if first.organisation_id != case.organisation_id or first.duplicate_of_id is not None:
        raise RuleBroken("Choose the first report of the same thing at this school.")
    with CASE.step(case, Move.DUPLICATE, by=by) as case:
        case.ended_at, case.ended_by, case.duplicate_of = timezone.now(), by, first
    # What repeated this one repeats that one; and whoever is out of one of them is out of all.
    case.duplicates.update(duplicate_of=first)
    reroute(first, by=by)
    return case


@transaction.atomic
def reconsider(case: Case, *, by: User, why: str = "") -> Case:
    """Look again at what was set aside."""
    _because(in_hand(case, by=by, verb="case.reconsider"), by, why)
    with CASE.step(case, Move.RECONSIDER, by=by) as case:
        _not_ended(case)
        case.duplicate_of = None
    return case


def _because(case: Case, by: User, why: str) -> None:
    """The reason of a move stands in the chronology."""
    if why.strip():
        chronology.add(case, by=by, body=why, kind="decision")


def _not_ended(case: Case) -> None:
    case.ended_at = case.ended_by = None


def _expect_outcome(outcome: str) -> None:
    if outcome not in OUTCOME_WORDS:
        raise RuleBroken("Choose how it ended.")
