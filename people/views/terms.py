"""The school's year: terms, and days without pupils."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from people.calendar import SchoolCalendar
from people.calendar.year import schools_apart
from people.forms.terms import ClosureForm, DeleteForm, TermForm
from people.http import Request
from people.models import Closure, Organisation, Term
from people.roles import Permission
from people.services import calendar
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]


@require_GET
def year(request: Request, school: str) -> HttpResponse:
    """Terms and closures, this year's first."""
    at = school_where(request, school, Permission.MANAGE_SCHOOL)
    days = SchoolCalendar(at)
    context = {
        "school": at,
        "terms": [
            (term, days.school_days(term.starts_on, term.ends_on)) for term in days.terms[::-1]
        ],
        "closures": Closure.objects.filter(organisation__in=days.counting).order_by("-starts_on"),
        "follows_trust": days.follows_trust,
        "may_follow": calendar.may_follow(at),
        **_followers(at),
    }
    return render(request, "people/year.html", context)


def _followers(at: Organisation) -> dict[str, Any]:
    """How many schools of a trust have its year, and which have their own."""
    if at.kind != Organisation.Kind.TRUST:
        return {}
    apart, count = schools_apart(at)
    return {"apart": apart, "schools_count": count, "following": count - len(apart)}


@require_http_methods(FORM_METHODS)
def term_add(request: Request, school: str) -> HttpResponse:
    at = school_where(request, school, Permission.MANAGE_SCHOOL)
    form = TermForm(typed(request), cancel=_year(at), submit="Add term")
    if form.is_valid():
        try:
            term = calendar.add_term(at, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, f"{term.name} is added.")
            return redirect(_year(at))
    return _form_page(request, at, form, "Add a term")


@require_http_methods(FORM_METHODS)
def term_change(request: Request, school: str, pk: int) -> HttpResponse:
    at, term = _get(request, school, Term, pk)
    form = TermForm(
        typed(request),
        initial=_values(term, "name"),
        cancel=_year(at),
    )
    if form.is_valid():
        try:
            calendar.change_term(term, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The term is saved.")
            return redirect(_year(at))
    delete = reverse("people:term_delete", args=[at.slug, pk])
    return _form_page(request, at, form, "Change a term", delete=delete)


@require_http_methods(FORM_METHODS)
def closure_add(request: Request, school: str) -> HttpResponse:
    at = school_where(request, school, Permission.MANAGE_SCHOOL)
    form = ClosureForm(typed(request), cancel=_year(at), submit="Add days")
    if form.is_valid():
        try:
            closure = calendar.add_closure(at, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            _say_saved(request, closure)
            return redirect(_year(at))
    return _form_page(request, at, form, "Add days without pupils")


@require_http_methods(FORM_METHODS)
def closure_change(request: Request, school: str, pk: int) -> HttpResponse:
    at, closure = _get(request, school, Closure, pk)
    form = ClosureForm(
        typed(request),
        initial=_values(closure, "kind", "name"),
        cancel=_year(at),
    )
    if form.is_valid():
        try:
            closure = calendar.change_closure(closure, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            _say_saved(request, closure)
            return redirect(_year(at))
    delete = reverse("people:closure_delete", args=[at.slug, pk])
    return _form_page(request, at, form, "Change days without pupils", delete=delete)


@require_http_methods(FORM_METHODS)
def term_delete(request: Request, school: str, pk: int) -> HttpResponse:
    at, term = _get(request, school, Term, pk)
    return _delete(request, at, term)


@require_http_methods(FORM_METHODS)
def closure_delete(request: Request, school: str, pk: int) -> HttpResponse:
    at, closure = _get(request, school, Closure, pk)
    return _delete(request, at, closure)


def _delete(request: Request, at: Organisation, entry: Term | Closure) -> HttpResponse:
    if request.method == "POST":
        name = str(entry)
        calendar.delete(entry, by=request.user)
        messages.success(request, f"{name} is deleted.")
        return redirect(_year(at))
    form = DeleteForm(cancel=_year(at), submit="Delete")
    context = {"school": at, "form": form, "entry": entry}
    return render(request, "people/year_delete.html", context)


def _say_saved(request: Request, closure: Closure) -> None:
    messages.success(request, f"{closure} is saved.")
    if calendar.outside_every_term(closure):
        messages.warning(
            request, "These days lie outside every term. Check the dates, or the term’s."
        )


def _form_page(
    request: Request, at: Organisation, form: Any, title: str, *, delete: str = ""
) -> HttpResponse:
    context = {"school": at, "form": form, "page_title": title, "delete_url": delete}
    return render(request, "people/year_form.html", context)


def _get(request: Request, slug: str, model: Any, pk: int) -> tuple[Organisation, Any]:
    at = school_where(request, slug, Permission.MANAGE_SCHOOL)
    rows = model.objects.visible_to(request.user).select_related("organisation__parent")
    return at, get_object_or_404(rows, organisation=at, pk=pk)


def _values(entry: Term | Closure, *names: str) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in (*names, "starts_on", "ends_on")}


def _year(at: Organisation) -> str:
    return reverse("people:terms", args=[at.slug])
