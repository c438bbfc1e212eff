"""The trial of an account: what is missing before it, beginning it, what it showed (A8)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from approvals import trial
from approvals.forms.trial import BeginTrialForm, EvaluationForm
from approvals.launching import may_evaluate
from approvals.models import BusinessCase, Evaluation
from approvals.services import launching
from approvals.views.scope import get_case
from approvals.workflow import Status
from people.http import Request
from people.roles import Permission
from people.views.scope import typed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]
ENDED = (Status.REJECTED, Status.WITHDRAWN, Status.EXPIRED, Status.REVOKED)
Outcome = Evaluation.Outcome
DONE = {
    Outcome.CONTINUE: "The account is live.",
    Outcome.CHANGE: "The trial goes on.",
    Outcome.CLOSE: "The account is being closed: enter each step on the day it is done.",
}


@require_http_methods(FORM_METHODS)
def case_trial(request: Request, school: str, number: int) -> HttpResponse:
    """Before it: everything that is missing. During it: until when. After it: what it showed."""
    case = get_case(request, school, number)
    decides = request.user.can(Permission.DECIDE_ACCOUNTS, at=case.organisation)
    if request.method == "POST" and not decides:
        raise PermissionDenied
    form = _begin_form(request, case)
    if form.is_valid():
        try:
            launching.begin_pilot(case, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The trial has begun. Those who run the account are told.")
            return redirect(_url(case))
    before = not trial.is_begun(case)
    parts = list(trial.parts(case, request.user)) if before else []
    ready = before and case.status == Status.APPROVED and all(part.is_done for part in parts)
    context = {
        "school": case.organisation,
        "case": case,
        "parts": parts,
        "missing": sum(not part.is_done for part in parts),
        "before": before and case.status not in ENDED,
        "ended": before and case.status in ENDED,
        "running": trial.is_running(case),
        "decides": decides,
        "may_evaluate": trial.is_running(case) and may_evaluate(case, request.user),
        "evaluations": case.evaluations.select_related("by"),
        # A form that was refused stays, with what was typed.
        "form": form if decides and (ready or form.is_bound) else None,
        "ready": ready,
    }
    return render(request, "approvals/trial_detail.html", context)


def _begin_form(request: Request, case: BusinessCase) -> BeginTrialForm:
    return BeginTrialForm(
        typed(request), case=case, until=trial.usual_end(case), cancel=case.get_absolute_url()
    )


@require_http_methods(FORM_METHODS)
def evaluate(request: Request, school: str, number: int) -> HttpResponse:
    """What the trial showed of each aim of the case, and what becomes of the account."""
    case = get_case(request, school, number)
    if not may_evaluate(case, request.user):
        raise PermissionDenied
    form = EvaluationForm(
        typed(request),
        aims=trial.aims(case),
        today=case.organisation.today(),
        cancel=_url(case),
    )
    if form.is_valid():
        try:
            found = launching.evaluate(case, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, DONE[Outcome(found.outcome)])
            return redirect(_url(case))
    context: dict[str, Any] = {
        "school": case.organisation,
        "case": case,
        "form": form,
        "running": trial.is_running(case),
        "evaluations": case.evaluations.select_related("by"),
    }
    return render(request, "approvals/trial_evaluate.html", context)


def _url(case: BusinessCase) -> str:
    return reverse("approvals:trial", args=[case.organisation.slug, case.number])
