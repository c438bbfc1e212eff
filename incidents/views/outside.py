"""What runs outside the school: referrals, removal, consent, a data breach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from incidents import listing
from incidents.clocks import facts_of, running
from incidents.forms import work as forms
from incidents.forms.plain import CaseForm
from incidents.helplines import helplines_of
from incidents.kinds import Body
from incidents.models import Case
from incidents.services import referrals, work
from incidents.views.acting import about_case, asked, numbered, page_of, the, to, worked_on
from incidents.workflow import OPEN, works_on
from incidents.workflow_parts import BREACH, CONSENT, REFERRAL, TAKEDOWN
from people.calendar.hours import SchoolClock
from people.http import Request
from people.views.scope import typed

FORM_METHODS = ["GET", "POST"]


@dataclass(frozen=True)
class Step:
    """A move of a part: its form, the service, and the words."""

    form: type[CaseForm]
    deed: Callable[..., object]
    title: str
    lead: str = ""


def _decide(row: Any, *, by: Any, **data: Any) -> object:
    return referrals.decide(row, by=by, **data)


# "decide" and "decline" of the table are one question on the page.
REFERRALS: dict[str, Step] = {
    "decide": Step(forms.DecideForm, _decide, "Are they to be told?",
                   "Both answers stay on record, with their reason."),
    "make": Step(forms.MadeForm, referrals.made, "They were told"),
    "acknowledge": Step(forms.NumberForm, referrals.acknowledged, "They acknowledged it"),
    "answer": Step(forms.OutcomeForm, referrals.answered, "They have answered"),
}  # fmt: skip
BREACHES: dict[str, Step] = {
    "assess": Step(forms.RiskForm, referrals.assess_breach, "Assess the data breach"),
    "report": Step(forms.ReportedForm, referrals.report_breach, "It was reported to the ICO"),
    "decline": Step(forms.NotReportedForm, referrals.decline_breach, "It need not be reported"),
}


def _takedown(move: str) -> Callable[..., object]:
    return lambda row, *, by, note: work.move_takedown(row, move, by=by, note=note)


def _consent(move: str) -> Callable[..., object]:
    return lambda row, *, by, **data: work.move_consent(row, move, by=by, **data)


TAKEDOWNS: dict[str, Step] = {
    move: Step(forms.NoteForm, _takedown(move), move.label)  # type: ignore[attr-defined]
    for move in TAKEDOWN.moves
}
CONSENTS: dict[str, Step] = {
    move: Step(
        forms.BasisForm if move == "override" else forms.NoteForm,
        _consent(move),
        move.label,  # type: ignore[attr-defined]
    )
    for move in CONSENT.moves
}


@require_GET
@about_case
def outside(request: Request, case: Case) -> HttpResponse:
    """Everything that runs outside, with its clocks."""
    works = works_on(case, request.user)
    rows = {
        "referrals": _rows(case.referrals.select_related("made_by", "decided_by"), REFERRAL),
        "takedowns": _rows(case.takedowns.all(), TAKEDOWN),
        "breaches": _rows(case.breaches.all(), BREACH),
    }
    for referral in rows["referrals"]:
        referral.ways = _of_referral(referral)
        referral.problems = (
            REFERRAL.problems("make", referral, None) if referral.made_at is None else []
        )
        referral.words = [
            (label, referral.text(name))
            for name, label in (("why", "Why"), ("number", "Reference"), ("outcome", "Answer"))
        ]
    for takedown in rows["takedowns"]:
        takedown.where, takedown.words = takedown.text("where"), takedown.text("note")
    for breach in rows["breaches"]:
        breach.risk = breach.text("risk")
        breach.words = breach.text("why") or breach.text("number")
    clocks = {
        clock.name: listing.in_words(clock, timezone.now())
        for clock in running(facts_of(case), SchoolClock(case.organisation))
    }
    for takedown in rows["takedowns"]:
        takedown.clock = clocks.get(f"ask-{takedown.pk}") or clocks.get(f"gone-{takedown.pk}")
    for breach in rows["breaches"]:
        breach.clock = clocks.get("ico")
    context = page_of(
        case, here="outside", works=works, is_standing=case.status in OPEN,
        lado=clocks.get("lado"), lado_contact=_lado_contact(case, rows["referrals"]),
        helplines=helplines_of(case.organisation), **rows,
    )  # fmt: skip
    return render(request, "incidents/case_outside.html", context)


def _lado_contact(case: Case, referrals: list[Any]) -> str:
    """How to reach the LADO, where they may have to be told."""
    if not any(row.body == Body.LADO for row in referrals):
        return ""
    return str(case.organisation.setting("incidents.lado_contact"))


def _rows(rows: Any, table: Any) -> list[Any]:
    found = numbered(rows)
    for row in found:
        row.ways = [
            (str(move), move.label) for move, path in table.moves.items() if row.status in path
        ]
    return found


def _of_referral(referral: Any) -> list[tuple[str, str]]:
    """Deciding either way is one question."""
    ways = [(move, label) for move, label in referral.ways if move not in ("decide", "decline")]
    if len(ways) < len(referral.ways):
        ways.insert(0, ("decide", "Decide whether they are told"))
    return ways


@require_http_methods(FORM_METHODS)
@worked_on
def referral_add(request: Request, case: Case) -> HttpResponse:
    """One more body that may have to be told."""
    back = to(case, "outside")
    form = forms.ConsiderForm(typed(request), submit="Add it", cancel=back)
    return asked(
        request, case, form, lambda **data: referrals.consider(case, by=request.user, **data),
        title="Somebody outside", said="Now decide whether they are told.", after=back,
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def referral_move(request: Request, case: Case, number: int, move: str) -> HttpResponse:
    """Decided, made, acknowledged, answered."""
    row = the(case.referrals.all(), number)
    stops = REFERRAL.problems("make", row, request.user) if move == "make" else []
    warning = ("This stands in the way", stops) if stops else None
    mended_at = [(to(case, "people"), "People and support")] if stops else []
    return _step(
        request, case, row, REFERRALS.get(move), facts=[("Whom", row.get_body_display())],
        warning=warning, stops=stops, mended_at=mended_at,
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def takedown_add(request: Request, case: Case) -> HttpResponse:
    """Something is to be removed (I11)."""
    back = to(case, "outside")
    form = forms.TakedownForm(typed(request), submit="Add it", cancel=back)
    return asked(
        request, case, form, lambda **data: work.need_takedown(case, by=request.user, **data),
        title="Something is to be removed", said="24 hours to ask for it have begun.", after=back,
        lead="The portal never opens an address from a report. Write it down; ask the platform.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def takedown_move(request: Request, case: Case, number: int, move: str) -> HttpResponse:
    """Asked for, acknowledged, removed, refused, taken further, given up."""
    row = the(case.takedowns.all(), number)
    return _step(request, case, row, TAKEDOWNS.get(move), facts=[("Where", row.text("where"))])


@require_http_methods(FORM_METHODS)
@worked_on
def consent_move(request: Request, case: Case, number: int, move: str) -> HttpResponse:
    """Given, refused, withdrawn, or gone without."""
    row = the(case.consents.select_related("of__user"), number)
    if not case.people.shown_to(request.user).filter(pk=row.of_id).exists():
        raise Http404
    row.of.case = case
    facts = [("Whose consent", row.of.name)]
    return _step(request, case, row, CONSENTS.get(move), facts=facts, after=to(case, "people"))


@require_http_methods(FORM_METHODS)
@worked_on
def breach_begin(request: Request, case: Case) -> HttpResponse:
    """Personal data are in the wrong hands."""
    back = to(case, "outside")
    form = forms.AwareForm(typed(request), submit="Begin the clock", cancel=back)
    return asked(
        request, case, form, lambda **data: referrals.begin_breach(case, by=request.user, **data),
        title="A data breach", said="72 hours run from then on.", after=back,
        lead="The school has 72 hours from when it knew, nights and holidays too.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def breach_move(request: Request, case: Case, move: str) -> HttpResponse:
    """Assessed, reported, or not reported with a reason."""
    row = the(case.breaches.all(), 1)
    return _step(request, case, row, BREACHES.get(move))


def _step(
    request: Request, case: Case, row: Any, step: Step | None, *, after: str = "", **more: Any
) -> HttpResponse:
    if step is None:
        raise Http404
    back = after or to(case, "outside")
    form = step.form(typed(request), submit="Save", cancel=back)
    return asked(
        request, case, form, lambda **data: step.deed(row, by=request.user, **data),
        title=step.title, said="It is noted.", after=back, lead=step.lead, **more,
    )  # fmt: skip
