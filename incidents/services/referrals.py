"""Telling somebody outside: considered, made, acknowledged, answered. And a breach's 72 hours."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from incidents.kinds import KINDS, Body, Kind
from incidents.models import Case, DataBreach, Referral
from incidents.own_record import record
from incidents.sealing import written
from incidents.services.locking import expect_reason, in_hand
from incidents.workflow_parts import BREACH, REFERRAL, BreachMove, ReferralMove
from people.models import User
from web.errors import RuleBroken


def begin_what_runs(case: Case) -> None:
    """What its kind asks to be decided, in a locked case: referrals, and a breach's 72 hours."""
    bodies = {*KINDS[Kind(case.kind)].referrals}
    if case.about_staff and case.child_concerned:
        bodies.add(Body.LADO)
    there = set(case.referrals.values_list("body", flat=True))
    for body in sorted(bodies - there):
        Referral.objects.create(case=case, body=body, needs_consent=_asks_first(case, body))
    if case.kind == Kind.DATA_BREACH and not case.breaches.exists():
        DataBreach.objects.create(case=case, aware_at=case.reported_at)


def _asks_first(case: Case, body: str) -> bool:
    """The police hear of abuse of a member of staff with that person's consent (I12)."""
    return body == Body.POLICE and case.kind == Kind.STAFF_ABUSE


@transaction.atomic
def consider(case: Case, *, by: User, body: str, needs_consent: bool = False) -> Referral:
    """One more body that may have to be told."""
    case = in_hand(case, by=by, verb="referral.consider")
    if body not in Body.values:
        raise RuleBroken("Choose who may have to be told.")
    if body != Body.OTHER and case.referrals.filter(body=body).exclude(status="outcome").exists():
        raise RuleBroken("This referral is under way already.")
    row = Referral.objects.create(
        case=case, body=body, needs_consent=needs_consent or _asks_first(case, body)
    )
    record("referral.consider", case, by=by, target=row, body=body)
    return row


@transaction.atomic
def decide(referral: Referral, *, by: User, make: bool, why: str = "") -> Referral:
    """It is to be made; or it is not, with a reason."""
    in_hand(referral.case, by=by, verb="referral.decide")
    if not make:
        expect_reason(why, "Say why nobody there is told.")
    move = ReferralMove.DECIDE if make else ReferralMove.DECLINE
    with REFERRAL.step(referral, move, by=by) as row:
        row.decided_by, row.decided_at = by, timezone.now()
        written(row, why=why)
    return row


@transaction.atomic
def made(referral: Referral, *, by: User, at: datetime | None = None, number: str = "") -> Referral:
    """They were told. Raises RuleBroken where a person's consent is missing."""
    in_hand(referral.case, by=by, verb="referral.make")
    at = _past(at)
    with REFERRAL.step(referral, ReferralMove.MAKE, by=by) as row:
        row.made_by, row.made_at = by, at
        if row.decided_at is None:
            row.decided_by, row.decided_at = by, at
        written(row, number=number)
    return row


@transaction.atomic
def acknowledged(referral: Referral, *, by: User, number: str) -> Referral:
    """They gave it a number."""
    in_hand(referral.case, by=by, verb="referral.acknowledge")
    expect_reason(number, "Write down the number they gave.")
    with REFERRAL.step(referral, ReferralMove.ACKNOWLEDGE, by=by) as row:
        written(row, number=number)
    return row


@transaction.atomic
def answered(referral: Referral, *, by: User, outcome: str) -> Referral:
    """What they decided."""
    in_hand(referral.case, by=by, verb="referral.answer")
    expect_reason(outcome, "Write down what they said.")
    with REFERRAL.step(referral, ReferralMove.ANSWER, by=by) as row:
        written(row, outcome=outcome)
    return row


# A data breach


@transaction.atomic
def begin_breach(case: Case, *, by: User, aware_at: datetime) -> DataBreach:
    """It turned out that personal data are in the wrong hands. The clock runs from `aware_at`."""
    case = in_hand(case, by=by, verb="breach.begin")
    if case.breaches.exists():
        raise RuleBroken("The clock of this breach runs already.")
    row = DataBreach.objects.create(case=case, aware_at=_past(aware_at))
    record("breach.begin", case, by=by, target=row)
    return row


@transaction.atomic
def assess_breach(breach: DataBreach, *, by: User, risk: str) -> DataBreach:
    """What data, of whom, and what may come of it."""
    in_hand(breach.case, by=by, verb="breach.assess")
    expect_reason(risk, "Write down what the risk is.")
    with BREACH.step(breach, BreachMove.ASSESS, by=by) as row:
        row.assessed_by, row.assessed_at = by, timezone.now()
        written(row, risk=risk)
    return row


@transaction.atomic
def report_breach(breach: DataBreach, *, by: User, number: str = "") -> DataBreach:
    """The ICO was told: of the breach, and so by the referral."""
    in_hand(breach.case, by=by, verb="breach.report")
    with BREACH.step(breach, BreachMove.REPORT, by=by) as row:
        row.decided_by, row.decided_at = by, timezone.now()
        written(row, number=number)
    for referral in _to_the_ico(row):
        made(referral, by=by, number=number)
    return row


@transaction.atomic
def decline_breach(breach: DataBreach, *, by: User, why: str) -> DataBreach:
    """It need not be reported, with a reason."""
    in_hand(breach.case, by=by, verb="breach.decline")
    expect_reason(why, "Say why it is not reported.")
    with BREACH.step(breach, BreachMove.DECLINE, by=by) as row:
        row.decided_by, row.decided_at = by, timezone.now()
        written(row, why=why)
    for referral in _to_the_ico(row):
        decide(referral, by=by, make=False, why=why)
    return row


def _to_the_ico(breach: DataBreach) -> list[Referral]:
    """The referral that is the same decision: nobody is asked for it twice."""
    return list(breach.case.referrals.undecided().filter(body=Body.ICO))


def _past(at: datetime | None) -> datetime:
    now = timezone.now()
    if at is not None and at > now:
        raise RuleBroken("This time has not come yet.")
    return at or now
