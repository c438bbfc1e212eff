"""Assessing a report and giving it to somebody: one decision on each page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from incidents.forms.triage import (
    BeginForm,
    DecideForm,
    FactorsForm,
    KindForm,
    OwnerForm,
    suggestion,
)
from incidents.kinds import FACTORS, Level
from incidents.models import Case
from incidents.services import routes, triage, work
from incidents.views.acting import asked, page_of, to, worked_on
from incidents.views.offered import offered
from incidents.workflow import CASE, Move, Status
from people.http import Request
from people.models import User
from people.views.scope import typed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]
BUTTONS = {"submit": "See what this suggests"}


@require_http_methods(FORM_METHODS)
@worked_on
def assess(request: Request, case: Case) -> HttpResponse:
    """Four questions, then what they suggest, then the person's own word (I7, I8, F7)."""
    back = case.get_absolute_url()
    if case.status != Status.SUBMITTED:
        return _decided(request, case)
    if request.method == "POST" and "severity" in request.POST:
        return _decide(request, case, back)
    form = FactorsForm(typed(request), cancel=back, **BUTTONS)
    if request.method != "POST" or request.POST.get("again") or not form.is_valid():
        return render(request, "incidents/triage.html", _page(case, form))
    answers = form.answers(request.POST)
    level = suggestion(answers)
    form = DecideForm(initial={**answers, "severity": level}, submit="Decide", cancel=back)
    return render(request, "incidents/triage.html", _page(case, form, level, answers))


def _decide(request: Request, case: Case, back: str) -> HttpResponse:
    form = DecideForm(request.POST, submit="Decide", cancel=back)
    if form.is_valid():
        try:
            triage.triage(case, by=request.user, **form.deed())
        except triage.DecidedAlready:
            case.refresh_from_db()
            return _decided(request, case)
        except RuleBroken as broken:
            refuse(form, broken)
        else:
            messages.success(request, "It is assessed. Now say who looks into it.")
            return redirect(to(case, "begin"))
    answers = form.answers(request.POST)
    level = suggestion(answers) if all(answers[name] in Level.values for name in FACTORS) else ""
    return render(request, "incidents/triage.html", _page(case, form, level, answers))


def _page(
    case: Case, form: FactorsForm, level: str = "", answers: dict[str, str] | None = None
) -> dict[str, Any]:
    said = [
        (label, Level(answers[name]).label, meanings[answers[name]], answers[f"why_{name}"])
        for name, (label, meanings) in FACTORS.items()
        if answers and answers[name] in Level.values
    ]
    return page_of(
        case, form=form, level=level, level_words=Level(level).label if level else "",
        said=said, what=case.text("what"),
    )  # fmt: skip


def _decided(request: Request, case: Case) -> HttpResponse:
    """Whoever comes second reads who decided. What they had written is theirs to copy (F7)."""
    kept = [
        (label, request.POST.get(f"why_{name}", ""))
        for name, (label, _) in FACTORS.items()
        if request.POST.get(f"why_{name}")
    ]
    context = page_of(
        case, kept=kept, was_second=request.method == "POST",
        sentence=triage.who_decided(case) if case.triaged_by_id else "",
        factors=factors_of(case),
    )  # fmt: skip
    return render(request, "incidents/triage_decided.html", context)


def factors_of(case: Case) -> list[tuple[str, str, str, str]]:
    """Each factor: its question, its level as a code and in words, and the reason."""
    if not case.severity or not case.nature:
        return []
    reasons = triage.reasons_of(case)
    return [
        (label, level, meanings[level], reasons.get(name, ""))
        for name, (label, meanings) in FACTORS.items()
        if (level := getattr(case, name))
    ]


def _owners(case: Case) -> Any:
    return User.objects.filter(pk__in=[user.pk for user in triage.may_own(case)]).order_by(
        "sort_name", "name"
    )


@require_http_methods(FORM_METHODS)
@worked_on
def begin(request: Request, case: Case) -> HttpResponse:
    """Who looks into it, and the first thing they do; or nothing more is done."""
    form = BeginForm(
        typed(request), owners=_owners(case), submit="Begin work", cancel=case.get_absolute_url(),
        # Who looks into a member of staff is named on purpose, and not by leaving it as it is.
        initial={} if case.about_staff else {"owner": request.user.pk},
    )  # fmt: skip

    def deed(*, owner: User, text: str, due_at: Any) -> None:
        found = triage.begin(case, by=request.user, owner=owner)
        if text:
            work.add_action(found, by=request.user, text=text, owner=owner, due_at=due_at)

    context: dict[str, Any] = {
        "problem": _why_not(case, request.user),
        "steps": routes.playbook_of(case),
        "others": [] if case.status != Status.TRIAGED else offered(OTHER_WAYS, case),
    }
    return asked(
        request, case, form, deed, title="Who looks into it?",
        said="Work has begun. The steps for this kind are in its list of actions.", **context,
    )  # fmt: skip


OTHER_WAYS = (Move.NO_ACTION, Move.LOW_LEVEL, Move.DUPLICATE)


def _why_not(case: Case, user: User) -> str:
    if Move.OPEN not in CASE.actions_for(case, user):
        return "Work on this case cannot begin now: see its state on its first page."
    if not triage.may_name(case, user):
        return (
            "The head names who looks into a concern about a member of staff; about the head, "
            "the chair of governors does. They have been told of this case."
        )
    return ""


@require_http_methods(FORM_METHODS)
@worked_on
def owner(request: Request, case: Case) -> HttpResponse:
    """Hand it on."""
    form = OwnerForm(
        typed(request), owners=_owners(case), submit="Give it to them",
        cancel=case.get_absolute_url(),
    )  # fmt: skip
    return asked(
        request, case, form, lambda owner: triage.assign(case, by=request.user, owner=owner),
        title="Give the case to somebody", said="They have been told.",
        lead="They see it at once. What you have written stays.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def kind(request: Request, case: Case) -> HttpResponse:
    """It turned out to be something else."""
    form = KindForm(
        typed(request), case=case, submit="Change the kind", cancel=case.get_absolute_url()
    )
    return asked(
        request, case, form, lambda **data: triage.change_kind(case, by=request.user, **data),
        title="Change what kind of report it is", said="The kind is changed.",
        lead="The clock that began goes on. Whoever has to know of the new kind is told.",
    )  # fmt: skip
