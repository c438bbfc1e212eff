"""The risks of an account: listing them, asking two assessors, their signatures (A5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import no_passwords
from approvals.access import works_on
from approvals.content import RISK, risk_content, risk_hash
from approvals.models import Assessor, BusinessCase, CasePart, Risk, RiskSignature, Side
from approvals.risks import FOR_SIDE, signatures
from approvals.services.locking import DECIDED, locked_case, locked_for_editing, touch
from approvals.services.settling import settle_locked
from approvals.suggested_risks import BY_KEY
from approvals.workflow import OPEN, Status
from people.models import Membership, Organisation, User
from people.roles import Permission, Role, roles_with
from trail import audit
from trail.audit import Refused
from web.errors import RuleBroken

TECHNICAL = (Role.IT, Role.TRUST_IT)
ASSESSED = (*OPEN, Status.APPROVED)


@audit.refusals_on_record()
def add(case: BusinessCase, *, by: User, **risk: Any) -> Risk:
    """Put a risk on the list. Signatures given before it count no longer."""
    case = locked_for_editing(case, by)
    row = _saved(Risk(case=case), risk)
    touch(case, by)
    audit.record("case.risk_add", case, by=by, risk=str(row.pk))
    return row


@audit.refusals_on_record()
def change(risk: Risk, *, by: User, **details: Any) -> Risk:
    """Put a risk in other words, or count it anew. Saving it as it was changes nothing."""
    case = locked_for_editing(risk.case, by)
    row = _still_listed(case, risk)
    before = {name: getattr(row, name) for name in RISK}
    row = _saved(row, details)
    if any(getattr(row, name) != value for name, value in before.items()):
        touch(case, by)
        audit.record("case.risk_change", case, by=by, risk=str(row.pk))
    return row


@audit.refusals_on_record()
def remove(risk: Risk, *, by: User) -> None:
    """Take a risk off the list."""
    case = locked_for_editing(risk.case, by)
    row = _still_listed(case, risk)
    number = str(row.pk)
    row.delete()
    touch(case, by)
    audit.record("case.risk_remove", case, by=by, risk=number)


@audit.refusals_on_record()
def adopt(case: BusinessCase, *, by: User, keys: Iterable[str]) -> list[Risk]:
    """Put suggested risks on the list, to be made one's own. Those on it already stay as they are.

    Raises RuleBroken for a suggestion that does not exist.
    """
    case = locked_for_editing(case, by)
    chosen = list(dict.fromkeys(keys))
    if not chosen or any(key not in BY_KEY for key in chosen):
        raise RuleBroken("Choose one of the suggestions.")
    listed = set(case.risks.values_list("what", flat=True))
    found = [BY_KEY[key] for key in chosen if BY_KEY[key].what not in listed]
    rows = [_saved(Risk(case=case), one.details()) for one in found]
    if rows:
        touch(case, by)
        ids = audit.listed(str(row.pk) for row in rows)
        audit.record("case.risk_add", case, by=by, risks=ids)
    return rows


@audit.refusals_on_record()
def set_assessor(case: BusinessCase, *, by: User, side: str, person: User) -> Assessor:
    """Ask somebody to look at the risks from one side, in place of whoever was asked before.

    They see the case from then on. Raises RuleBroken for somebody who cannot.
    """
    case = locked_case(case)
    if not works_on(case, by):
        raise Refused("case.ask_assessor", case, by=by)
    RuleBroken.if_any(_cannot_assess(case, Side(side), person))
    row = case.assessors.filter(side=side).first() or Assessor(case=case, side=side)
    if row.pk and row.person_id == person.pk:
        return row
    row.person, row.asked_at = person, timezone.now()
    row.save()
    CasePart.objects.get_or_create(
        case=case, person=person, defaults={"asked_by": by, "asked_at": row.asked_at}
    )
    audit.record("case.ask_assessor", case, by=by, side=str(side), person=str(person.pk))
    return row


@audit.refusals_on_record()
def sign(case: BusinessCase, *, by: User, side: str, note: str, risk_hash: str) -> RiskSignature:
    """The assessor of that side agrees with the risks as they read them.

    `risk_hash`: of the page they saw. Raises Refused for whoever was not asked, and RuleBroken
    when the risks are others by now or they signed for the other side.
    """
    case = locked_case(case)
    if not is_assessor(case, by, side):
        raise Refused("case.sign_risks", case, by=by)
    RuleBroken.if_any(_cannot_sign(case, by, Side(side), note, risk_hash))
    row = RiskSignature.objects.create(
        case=case,
        side=side,
        person=by,
        note=note.strip(),
        risk_hash=risk_hash,
        risks=risk_content(case),
        at=timezone.now(),
    )
    audit.record("case.sign_risks", case, by=by, side=str(side))
    settle_locked(case)
    return row


def is_assessor(case: BusinessCase, user: User, side: str) -> bool:
    """Whether this person is asked to look at the risks from that side."""
    return case.assessors.filter(side=side, person=user).exists()


def may_assess(side: Side, at: Organisation) -> QuerySet[User]:
    """Whom one may ask: for pupils and teaching anybody at the school, else whoever does IT.

    Where nobody does IT, at the school or at its trust, it is those who keep the register.
    """
    posts = _technical(at) if side == Side.TECHNICAL else _posts(at)
    people: QuerySet[User] = User.objects.filter(pk__in=posts.values("person"))
    return people.order_by("sort_name", "name")


def _posts(at: Organisation) -> QuerySet[Membership]:
    return Membership.objects.active(at.today()).filter(organisation=at)


def _technical(at: Organisation) -> QuerySet[Membership]:
    today = at.today()
    posts = Membership.objects.active(today).filter(
        Q(organisation=at.pk) | Q(organisation=at.parent_id)
    )
    experts = posts.holding(TECHNICAL, today)
    return experts if experts.exists() else posts.holding(_keepers(), today)


def _keepers() -> list[Role]:
    return roles_with(Permission.MANAGE_ACCOUNTS)


def _cannot_assess(case: BusinessCase, side: Side, person: User) -> Iterator[str]:
    if case.status not in ASSESSED:
        yield DECIDED
    if case.assessors.exclude(side=side).filter(person=person).exists():
        yield "Two different people assess the risks. Choose somebody else."
    if not may_assess(side, case.organisation).filter(pk=person.pk).exists():
        yield f"{person} cannot assess the risks {FOR_SIDE[side]}."
    signed = signatures(case).get(side)
    if signed is not None and signed.person_id != person.pk:
        yield f"{signed.person} has signed these risks {FOR_SIDE[side]} already."


def _cannot_sign(case: BusinessCase, by: User, side: Side, note: str, seen: str) -> Iterator[str]:
    if case.status not in ASSESSED:
        yield DECIDED
    if not may_assess(side, case.organisation).filter(pk=by.pk).exists():
        yield f"You cannot assess the risks {FOR_SIDE[side]} any longer. Tell the author."
    if not case.risks.exists():
        yield "No risk is listed yet. Ask the author to say what could go wrong."
    elif risk_hash(case) != seen:
        yield "The risks have changed since you opened this page. Read them again, then sign."
    signed = signatures(case)
    if side in signed:
        yield "These risks are signed already."
    if any(row.person_id == by.pk for other, row in signed.items() if other != side):
        yield "You signed for the other side. Somebody else has to sign for this one."
    if sentence := no_passwords.problem(note):
        yield sentence


def _saved(risk: Risk, details: dict[str, Any]) -> Risk:
    for name, value in details.items():
        setattr(risk, name, value.strip() if isinstance(value, str) else value)
    RuleBroken.if_any(_wrong(risk))
    risk.full_clean(exclude=["case"])
    risk.save()
    return risk


def _wrong(risk: Risk) -> Iterator[str]:
    if not risk.mitigation:
        yield "Say what is done about it."
    twins = Risk.objects.filter(case=risk.case_id, what=risk.what).exclude(pk=risk.pk)
    if twins.exists():
        yield "This risk is on the list already."
    if risk.after > risk.before:
        yield "What you do about it cannot make it worse: look at the numbers again."
    for text in (risk.what, risk.mitigation):
        if sentence := no_passwords.problem(text):
            yield sentence


def _still_listed(case: BusinessCase, risk: Risk) -> Risk:
    found = case.risks.filter(pk=risk.pk).first()
    if found is None:
        raise RuleBroken("Somebody has taken this risk off the list meanwhile.")
    return found
