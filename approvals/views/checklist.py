"""The considerations of a case, one question per page; and the questions of a school's own (A4)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from approvals.access import may_consider
from approvals.considerations import NO, QUESTIONS, Considered, considered
from approvals.forms.checklist import AnswerForm, QuestionForm
from approvals.models import BusinessCase, ExtraQuestion
from approvals.services import checklist
from approvals.views.scope import get_case
from people.http import Request
from people.models import Organisation, User
from people.views.scope import school_of, typed
from web.acting import pressed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]


@require_GET
def overview(request: Request, school: str, number: int) -> HttpResponse:
    """Every question with its answer, and which have none."""
    case = get_case(request, school, number)
    rows = considered(case)
    missing = [row for row in rows if row.answer is None]
    context = {
        "school": case.organisation,
        "case": case,
        "sections": _sections(rows),
        "missing": missing,
        "answered": len(rows) - len(missing),
        "total": len(rows),
        "noes": [row for row in rows if row.answer and row.answer.verdict == NO],
        "may_edit": may_consider(case, request.user),
    }
    return render(request, "approvals/checklist_overview.html", context)


def _sections(rows: list[Considered]) -> list[tuple[str, list[Considered]]]:
    return [(name, list(each)) for name, each in groupby(rows, lambda row: row.question.section)]


@require_http_methods(FORM_METHODS)
def answer(request: Request, school: str, number: int, question: str) -> HttpResponse:
    """One question. Saving leads to the next; nothing that was said before is lost on the way."""
    case = completed_case(request, school, number)
    rows = considered(case)
    at = _position(rows, question)
    row, after = rows[at], rows[at + 1] if at + 1 < len(rows) else None
    form = AnswerForm(
        typed(request),
        question=row.question,
        people=User.objects.filter(pk__in=checklist.people_of(case)),
        now=row.answer,
        submit="Save and go on" if after else "Save and see all answers",
    )
    if form.is_valid():
        try:
            checklist.answer(case, by=request.user, question=question, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            return _go_on(case, after)
    context = {
        "school": case.organisation,
        "case": case,
        "row": row,
        "form": form,
        "before": rows[at - 1] if at else None,
        "after": after,
        "total": len(rows),
        "answered": sum(one.answer is not None for one in rows),
    }
    return render(request, "approvals/checklist_answer.html", context)


def completed_case(request: Request, school: str, number: int) -> BusinessCase:
    """The case, for those who may answer now; 403 for whoever only sees it."""
    case = get_case(request, school, number)
    if not may_consider(case, request.user):
        raise PermissionDenied
    return case


def _position(rows: list[Considered], question: str) -> int:
    for index, row in enumerate(rows):
        if row.question.key == question:
            return index
    raise Http404


def _go_on(case: BusinessCase, after: Considered | None) -> HttpResponse:
    at = [case.organisation.slug, case.number]
    if after is None:
        return redirect("approvals:checklist", *at)
    return redirect("approvals:answer", *at, after.question.key)


@require_POST
def clear_answer(request: Request, school: str, number: int, question: str) -> HttpResponse:
    """Take an answer back."""
    case = completed_case(request, school, number)
    return pressed(
        request,
        lambda: checklist.clear(case, by=request.user, question=question),
        "The answer is taken back.",
        reverse("approvals:answer", args=[school, number, question]),
    )


@require_http_methods(FORM_METHODS)
def questions(request: Request, school: str) -> HttpResponse:
    """What a school or a trust asks besides the portal's own questions, for those who keep them."""
    at = _kept(request, school)
    form = QuestionForm(typed(request))
    if form.is_valid():
        try:
            checklist.add_question(at, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The question is asked from now on.")
            return redirect("approvals:questions", school)
    return render(request, "approvals/checklist_questions.html", _asked_at(at, form))


def _asked_at(at: Organisation, form: QuestionForm) -> dict[str, Any]:
    rows = ExtraQuestion.objects.in_use().filter(organisation__in=filter(None, [at, at.parent]))
    asked = list(rows.select_related("added_by"))
    return {
        "school": at,
        "form": form,
        "own": [row for row in asked if row.organisation_id == at.pk],
        "above": [row for row in asked if row.organisation_id != at.pk],
        "usual": len(QUESTIONS),
    }


def _kept(request: Request, slug: str) -> Organisation:
    at = school_of(request, slug)
    if not checklist.keeps_questions(request.user, at):
        raise PermissionDenied
    return at


@require_POST
def question_retire(request: Request, school: str, pk: int) -> HttpResponse:
    """It is asked no longer."""
    at = _kept(request, school)
    rows = ExtraQuestion.objects.visible_to(request.user).filter(organisation=at)
    checklist.retire_question(get_object_or_404(rows, pk=pk), by=request.user)
    messages.success(request, "The question is not asked any longer. Answers to it stay.")
    return redirect("approvals:questions", school)
