"""The risks of a case: the list, whom to ask, the two signatures (A5)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from approvals import risks as words
from approvals.access import may_consider
from approvals.content import RISK, risk_content, risk_hash
from approvals.forms.risks import AssessorForm, RiskForm, SignForm
from approvals.models import BusinessCase, Risk, Side
from approvals.services import risks
from approvals.suggested_risks import suggested
from approvals.views.checklist import completed_case
from approvals.views.scope import get_case
from people.http import Request
from people.views.scope import typed
from web.acting import pressed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]


@require_GET
def risk_list(request: Request, school: str, number: int) -> HttpResponse:
    """What could go wrong, what is done about it, and who has signed."""
    case = get_case(request, school, number)
    rows = words.in_words(case)
    edits = may_consider(case, request.user)
    sides = words.sides(case, request.user)
    to_sign = rows and case.status in risks.ASSESSED
    context = {
        "school": case.organisation,
        "case": case,
        "rows": rows,
        "highest": rows[0] if rows else None,
        "sides": sides,
        "mine": next((one for one in sides if to_sign and one.is_mine and not one.signed), None),
        "suggestions": suggested(case, {row.risk.what for row in rows}) if edits else [],
        "may_edit": edits,
        "likelihood": words.LIKELIHOOD,
        "impact": words.IMPACT,
        "bands": words.bands(case.organisation),
    }
    return render(request, "approvals/risk_list.html", context)


@require_http_methods(FORM_METHODS)
def risk_add(request: Request, school: str, number: int) -> HttpResponse:
    case = completed_case(request, school, number)
    form = RiskForm(typed(request), cancel=_list_of(case))
    if form.is_valid():
        try:
            risks.add(case, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The risk is on the list.")
            return redirect(_list_of(case))
    return _page(request, case, form, "Add a risk")


@require_http_methods(FORM_METHODS)
def risk_change(request: Request, school: str, number: int, pk: int) -> HttpResponse:
    case, risk = _risk(request, school, number, pk)
    now = {name: getattr(risk, name) for name in RISK}
    form = RiskForm(typed(request), initial=now, cancel=_list_of(case))
    if form.is_valid():
        try:
            risks.change(risk, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The risk is saved.")
            return redirect(_list_of(case))
    return _page(request, case, form, "Change a risk", risk=risk)


@require_POST
def risk_remove(request: Request, school: str, number: int, pk: int) -> HttpResponse:
    case, risk = _risk(request, school, number, pk)
    said = "The risk is off the list."
    return pressed(request, lambda: risks.remove(risk, by=request.user), said, _list_of(case))


@require_POST
def risk_adopt(request: Request, school: str, number: int) -> HttpResponse:
    """Take over suggested risks: the one whose button was pressed, or all."""
    case = completed_case(request, school, number)
    try:
        added = risks.adopt(case, by=request.user, keys=request.POST.getlist("suggestion"))
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        many = "It is" if len(added) == 1 else f"{len(added)} risks are"
        messages.success(request, f"{many} on the list. Now make them fit your school.")
    return redirect(_list_of(case))


@require_http_methods(FORM_METHODS)
def assessor(request: Request, school: str, number: int, side: str) -> HttpResponse:
    """Ask somebody to look at the risks from one side."""
    case = completed_case(request, school, number)
    asked = _side(side)
    people = risks.may_assess(asked, case.organisation)
    others = case.assessors.exclude(side=asked).values("person")
    form = AssessorForm(typed(request), people=people.exclude(pk__in=others), cancel=_list_of(case))
    if form.is_valid():
        try:
            row = risks.set_assessor(case, by=request.user, side=asked, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, f"{row.person} is asked. They find it among their tasks.")
            return redirect(_list_of(case))
    title = f"Who assesses the risks {words.FOR_SIDE[asked]}?"
    return _page(request, case, form, title, side=asked)


@require_http_methods(FORM_METHODS)
def risk_sign(request: Request, school: str, number: int, side: str) -> HttpResponse:
    """Two clicks: read, sign. Says what changed since an earlier signature of that side."""
    case = get_case(request, school, number)
    signed_side = _side(side)
    if not risks.is_assessor(case, request.user, signed_side):
        raise PermissionDenied
    seen = {"risk_hash": risk_hash(case)}
    form = SignForm(typed(request), initial=seen, cancel=_list_of(case))
    if form.is_valid():
        try:
            risks.sign(case, by=request.user, side=signed_side, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
            # They read this page now: the next click is about it.
            form.data = {**request.POST.dict(), **seen}
        else:
            messages.success(request, "You have signed the risks. Thank you.")
            return redirect(_list_of(case))
    earlier = case.risk_signatures.filter(side=signed_side).select_related("person").last()
    context = {
        "school": case.organisation,
        "case": case,
        "form": form,
        "rows": words.in_words(case),
        "side_words": words.FOR_SIDE[signed_side],
        "earlier": earlier,
        "changes": list(words.changes(earlier.risks, risk_content(case))) if earlier else [],
        "is_signed": signed_side in words.signatures(case),
        "may_sign": case.status in risks.ASSESSED,
    }
    return render(request, "approvals/risk_sign.html", context)


def _side(code: str) -> Side:
    if code not in Side.values:
        raise Http404
    return Side(code)


def _risk(request: Request, school: str, number: int, pk: int) -> tuple[BusinessCase, Risk]:
    case = completed_case(request, school, number)
    rows = Risk.objects.visible_to(request.user).filter(case=case)
    risk = get_object_or_404(rows, pk=pk)
    risk.case = case
    return case, risk


def _list_of(case: BusinessCase) -> str:
    return reverse("approvals:risks", args=[case.organisation.slug, case.number])


def _page(request: Request, case: BusinessCase, form: Any, title: str, **more: Any) -> HttpResponse:
    context = {
        "school": case.organisation, "case": case, "form": form, "page_title": title, **more,
    }  # fmt: skip
    return render(request, "approvals/risk_form.html", context)
