"""Doing something about a case: actions, takedowns, consent, support."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from incidents.models import Case, CaseAction, CasePerson, Consent, SupportOffer, Takedown
from incidents.own_record import CaseRefused, record
from incidents.sealing import written
from incidents.services.locking import expect_reason, in_hand, seen
from incidents.services.telling import tell
from incidents.visibility import who_sees
from incidents.workflow import works_on
from incidents.workflow_parts import (
    CONSENT,
    TAKEDOWN,
    TAKEDOWN_OVER,
    ConsentMove,
    ConsentStatus,
    TakedownMove,
)
from people.models import User
from web.errors import RuleBroken


@transaction.atomic
def add_action(case: Case, *, by: User, text: str, owner: User, due_at: datetime) -> CaseAction:
    """One more thing to do, by somebody who may see the case."""
    case = in_hand(case, by=by, verb="action.add")
    expect_reason(text, "Write what is to be done.")
    _expect_seeing(case, owner)
    action = CaseAction(case=case, owner=owner, due_at=due_at, added_by=by)
    written(action, text=text).save()
    record("action.add", case, by=by, target=action)
    if owner.pk != by.pk:
        tell(case, [owner.pk], clock="action", since=action.added_at)
    return action


@transaction.atomic
def change_action(action: CaseAction, *, by: User, owner: User, due_at: datetime) -> CaseAction:
    """Somebody else does it, or by another time."""
    case = in_hand(action.case, by=by, verb="action.change")
    action = _open(action)
    _expect_seeing(case, owner)
    action.owner, action.due_at = owner, due_at
    action.save(update_fields=["owner", "due_at"])
    record("action.change", case, by=by, target=action, owner=str(owner.pk))
    return action


@transaction.atomic
def finish_action(
    action: CaseAction, *, by: User, note: str = "", needed: bool = True
) -> CaseAction:
    """It is done; or it is not needed, with a reason. Whoever it was given to may say so, too."""
    case = seen(action.case, by=by)
    action = _open(action)
    if by.pk != action.owner_id and not works_on(case, by):
        raise CaseRefused("action.finish", case, by=by)
    if not needed:
        expect_reason(note, "Say why this is not needed.")
    results = CaseAction.Result
    action.result = results.DONE if needed else results.NOT_NEEDED
    action.done_at, action.done_by = timezone.now(), by
    written(action, note=note).save()
    record("action.finish", case, by=by, target=action, result=action.result)
    return action


def _open(action: CaseAction) -> CaseAction:
    rows = CaseAction.objects.select_for_update(of=("self",), no_key=True)
    found: CaseAction = rows.select_related("case__key").get(pk=action.pk)
    if found.done_at is not None:
        raise RuleBroken("This is done already.")
    return found


def _expect_seeing(case: Case, person: User) -> None:
    if person.pk not in who_sees(case):
        raise RuleBroken("Let this person into the case first, or choose somebody who sees it.")


# Takedowns


@transaction.atomic
def need_takedown(case: Case, *, by: User, where: str, asked_by_person: bool = False) -> Takedown:
    """Something is to be removed: 24 hours to ask for it begin."""
    case = in_hand(case, by=by, verb="takedown.need")
    expect_reason(where, "Write where it can be seen.")
    row = Takedown(case=case, asked_by_person=asked_by_person, added_by=by)
    written(row, where=where).save()
    record("takedown.need", case, by=by, target=row)
    return row


@transaction.atomic
def move_takedown(takedown: Takedown, move: str, *, by: User, note: str = "") -> Takedown:
    """A move of its table: requested, acknowledged, removed, refused, taken further, given up."""
    in_hand(takedown.case, by=by, verb=f"takedown.{move}")
    if move not in TakedownMove.values:
        raise RuleBroken("Choose from the list.")
    with TAKEDOWN.step(takedown, move, by=by) as row:
        if move == TakedownMove.REQUEST:
            row.requested_at = timezone.now()
        if row.status in TAKEDOWN_OVER:
            row.ended_at = timezone.now()
        if note.strip():
            written(row, note=note)
    return row


# Consent and support


@transaction.atomic
def ask_consent(person: CasePerson, *, by: User) -> Consent:
    """Whether they agree to somebody outside being told: to be asked."""
    case = in_hand(person.case, by=by, verb="consent.ask")
    if case.consents.filter(of=person).exists():
        raise RuleBroken("This person is being asked already.")
    row = Consent.objects.create(case=case, of=person, asked_by=by)
    record("consent.ask", case, by=by, target=row)
    return row


@transaction.atomic
def move_consent(
    consent: Consent, move: str, *, by: User, note: str = "", basis: str = ""
) -> Consent:
    """Given, refused, withdrawn; or gone without, which needs its legal basis."""
    in_hand(consent.case, by=by, verb=f"consent.{move}")
    if move not in ConsentMove.values:
        raise RuleBroken("Choose from the list.")
    if move == ConsentMove.OVERRIDE:
        expect_reason(basis, "Write down the legal basis on which you go without consent.")
    with CONSENT.step(consent, move, by=by) as row:
        row.decided_at = timezone.now()
        if note.strip():
            written(row, note=note)
        written(row, basis=basis if row.status == ConsentStatus.OVERRIDDEN else "")
    return row


@transaction.atomic
def offer_support(person: CasePerson, *, by: User, what: str, note: str = "") -> SupportOffer:
    """Support was offered to somebody this was done to."""
    case = in_hand(person.case, by=by, verb="support.offer")
    if what not in SupportOffer.What.values:
        raise RuleBroken("Choose what was offered.")
    row = SupportOffer(case=case, to=person, what=what, offered_by=by)
    written(row, note=note).save()
    record("support.offer", case, by=by, target=row, what=what)
    return row


@transaction.atomic
def answer_support(offer: SupportOffer, *, by: User, answer: str) -> SupportOffer:
    """They accepted, or declined."""
    case = in_hand(offer.case, by=by, verb="support.answer")
    if answer not in SupportOffer.ANSWERED:
        raise RuleBroken("Choose what they answered.")
    row: SupportOffer = case.offers.get(pk=offer.pk)
    row.answer, row.answered_at = answer, timezone.now()
    row.save(update_fields=["answer", "answered_at"])
    record("support.answer", case, by=by, target=row, answer=answer)
    return row
