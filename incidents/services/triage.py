"""Assessing a report, giving it to somebody, and what follows from that."""

from __future__ import annotations

import json
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from incidents.circles import ROLES, Circle
from incidents.kinds import FACTORS, KINDS, Kind, Level, suggested
from incidents.models import Case, CaseAction
from incidents.own_record import record
from incidents.sealing import written
from incidents.services import chronology
from incidents.services.locking import in_hand
from incidents.services.referrals import begin_what_runs
from incidents.services.routes import playbook_of, reroute
from incidents.services.telling import tell
from incidents.visibility import holders, kept_out_of, with_those_acting
from incidents.workflow import CASE, Move, Status
from people.models import Membership, User
from web.errors import RuleBroken
from web.words import day_in_words

SAFE = [Circle.SAFEGUARDING, Circle.TRUST_SAFEGUARDING]
# Who names the investigator of a staff case; about the head it is whoever comes next (I10).
NAMING = [Circle.HEAD, Circle.CHAIR, Circle.TRUST_LEAD]
SENIOR = [Circle.HEAD, Circle.SLT, Circle.CHAIR, Circle.TRUST_LEAD, *SAFE]


class DecidedAlready(RuleBroken):
    """Somebody was quicker: the sentence says who, when, and what they decided (F7)."""


@transaction.atomic
def triage(
    case: Case, *, by: User, factors: dict[str, str], reasons: dict[str, str],
    severity: str, override: str = "",
) -> Case:  # fmt: skip
    """Assess a report: a level and a reason for each of the four factors, and the person's word.

    Raises DecidedAlready, or RuleBroken with everything that is missing.
    """
    case = in_hand(case, by=by, verb="case.triage")
    if case.status != Status.SUBMITTED and case.triaged_by is not None:
        raise DecidedAlready(who_decided(case))
    RuleBroken.if_any(_missing(factors, reasons, severity, override))
    with CASE.step(case, Move.TRIAGE, by=by, details={"severity": severity}) as case:
        for name in FACTORS:
            setattr(case, name, factors[name])
        case.suggested, case.severity = suggested(factors), severity
        case.triaged_at, case.triaged_by = timezone.now(), by
        written(
            case,
            factors=json.dumps({name: reasons[name].strip() for name in FACTORS}),
            override=override,
        )
    return case


def who_decided(case: Case) -> str:
    """Who assessed it, when, and with what level."""
    at = (case.triaged_at or case.reported_at).astimezone(case.organisation.zone)
    level = case.get_severity_display().lower()
    return f"{case.triaged_by} assessed this on {day_in_words(at.date())} at {at:%H:%M}: {level}."


def _missing(
    factors: dict[str, str], reasons: dict[str, str], severity: str, override: str
) -> list[str]:
    problems = []
    for name, (label, levels) in FACTORS.items():
        if factors.get(name) not in levels:
            problems.append(f"{label}: choose green, amber or red.")
        elif not reasons.get(name, "").strip():
            problems.append(f"{label}: say why.")
    if severity not in Level.values:
        problems.append("Choose green, amber or red.")
    elif not problems and severity != suggested(factors) and not override.strip():
        problems.append("Say why you decide otherwise than the four answers suggest.")
    return problems


def reasons_of(case: Case) -> dict[str, str]:
    """The reason that was given for each factor."""
    found: dict[str, str] = json.loads(case.text("factors") or "{}")
    return found


@transaction.atomic
def assign(case: Case, *, by: User, owner: User) -> Case:
    """Give the case to somebody, or hand it on. Raises RuleBroken for whoever may not have it."""
    case = in_hand(case, by=by, verb="case.assign")
    _expect_namer(case, by)
    RuleBroken.if_any(_unfit(case, owner))
    case.owner = owner
    case.save(update_fields=["owner"])
    record("case.assign", case, by=by, owner=str(owner.pk))
    if owner.pk != by.pk:
        tell(case, [owner.pk], clock="assigned", since=timezone.now())
    return case


def may_name(case: Case, by: User) -> bool:
    """Whether this person says who looks into it (I10)."""
    today = case.organisation.today()
    return not case.about_staff or by.pk in holders(case.organisation, NAMING, today)


def _expect_namer(case: Case, by: User) -> None:
    if not may_name(case, by):
        raise RuleBroken(
            "The head names who looks into a concern about a member of staff; about the head, "
            "the chair of governors does."
        )


def _unfit(case: Case, owner: User) -> list[str]:
    """One sentence for every reason: whether somebody is kept out is not told apart from others."""
    today = case.organisation.today()
    out = with_those_acting(kept_out_of(case), today)
    places = [case.organisation_id, case.organisation.parent_id]
    belongs = Membership.objects.active(today).filter(person=owner, organisation__in=places)
    if owner.pk in out or not belongs.exists():
        return ["This person cannot have the case."]
    wanted = SENIOR if case.about_staff else [*SAFE, Circle.HEAD] if case.child_concerned else []
    if wanted and owner.pk not in holders(case.organisation, wanted, today):
        if case.about_staff:
            return ["A concern about a member of staff is looked into by a senior leader."]
        return ["A case with a child in it goes to the safeguarding team or the head."]
    return []


def may_own(case: Case) -> list[User]:
    """People of the school's offices whom the case could be given to, for a form."""
    today = case.organisation.today()
    wanted = SENIOR if case.about_staff else [*SAFE, Circle.HEAD] if case.child_concerned else ROLES
    found = holders(case.organisation, wanted, today)
    return list(User.objects.filter(pk__in=found - with_those_acting(kept_out_of(case), today)))


@transaction.atomic
def begin(case: Case, *, by: User, owner: User) -> Case:
    """Open it: it has an owner, and the playbook's steps become actions with a due time."""
    case = assign(case, by=by, owner=owner)
    with CASE.step(case, Move.OPEN, by=by) as case:
        case.opened_at = timezone.now()
    for step in playbook_of(case):
        action = CaseAction(
            case=case, code=step.code, owner=owner, added_by=by,
            due_at=timezone.now() + timedelta(hours=step.hours),
        )  # fmt: skip
        written(action, text=step.text).save()
    return case


@transaction.atomic
def change_kind(case: Case, *, by: User, kind: str, why: str) -> Case:
    """It turned out to be something else. The clock that began goes on; whoever must know does."""
    case = in_hand(case, by=by, verb="case.kind")
    if kind not in Kind.values:
        raise RuleBroken("Choose what it is about.")
    chronology.add(case, by=by, body=why, kind="decision")
    before, case.kind = case.kind, kind
    if KINDS[Kind(kind)].child:
        case.child_concerned = case.seen_by_safeguarding = True
    case.save(update_fields=["kind", "child_concerned", "seen_by_safeguarding"])
    record("case.kind", case, by=by, before=before, after=kind)
    begin_what_runs(case)
    return reroute(case, by=by)
