"""The school year: to look at for everybody there; to import and to take over for the office."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people.calendar import SchoolCalendar
from people.calendar.year import SchoolYear, label_of, year_of
from people.forms.terms import ConfirmForm, DeleteForm, YearListForm, YearRowsForm
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.services import calendar
from people.views.scope import school_of, school_where, typed
from people.year_import.carrying import pack, unpack
from people.year_import.plan import Planned, plan
from people.year_import.rows import Listed
from web.errors import RuleBroken
from web.forms import refuse

FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_GET
def year_view(request: Request, school: str) -> HttpResponse:
    """Twelve months of days, for everybody who belongs to the school."""
    at = school_of(request, school)
    this = year_of(at, at.today())
    starts = _asked(request.GET.get("year", ""), this)
    days = SchoolCalendar(at)
    year = SchoolYear(at, starts, days, at.today())
    context = {
        "school": at,
        "year": year,
        "terms": year.terms,
        "follows_trust": days.follows_trust,
        "is_trust": at.kind == Organisation.Kind.TRUST,
        "has_terms": bool(days.terms),
        "manages": request.user.can(Permission.MANAGE_SCHOOL, at=at),
        "others": [(other, label_of(other)) for other in (starts - 1, starts + 1)],
        "this": (this, label_of(this)) if starts != this else None,
    }
    return render(request, "people/year_view.html", context)


def _asked(typed_year: str, this: int) -> int:
    if not typed_year:
        return this
    if not (typed_year.isascii() and typed_year.isdigit() and len(typed_year) == 4):
        raise Http404
    if not FIRST_YEAR <= int(typed_year) < LAST_YEAR:
        raise Http404
    return int(typed_year)


@require_http_methods(["GET", "POST"])
def terms_import(request: Request, school: str) -> HttpResponse:
    """Paste or upload a year; what was understood is shown, and nothing is saved."""
    at = school_where(request, school, Permission.MANAGE_SCHOOL)
    files = request.FILES if request.method == "POST" else None
    cancel = reverse("people:terms", args=[at.slug])
    form = YearListForm(typed(request), files, at=at, cancel=cancel)
    if form.is_valid() and form.listed is not None:
        return _preview(request, at, form.listed, form.source)
    context = {"school": at, "form": form, "follows_trust": SchoolCalendar(at).follows_trust}
    return render(request, "people/year_import.html", context)


@require_POST
def terms_import_confirm(request: Request, school: str) -> HttpResponse:
    """Add what was chosen, all of it or nothing."""
    at = school_where(request, school, Permission.MANAGE_SCHOOL)
    try:
        listed, source = unpack(request.POST.get("listed", ""), at, request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect("people:terms_import", at.slug)
    rows = YearRowsForm(request.POST, at=at, planned=_planned(at, listed))
    if rows.is_valid():
        try:
            done = calendar.import_year(at, by=request.user, entries=rows.entries)
        except RuleBroken as problem:
            refuse(rows, problem)
        else:
            messages.success(request, _said(done))
            return redirect("people:terms", at.slug)
    return _preview(request, at, listed, source, rows)


@require_http_methods(["GET", "POST"])
def terms_take_over(request: Request, school: str) -> HttpResponse:
    """Make the trust's dates the school's own."""
    at = school_where(request, school, Permission.MANAGE_SCHOOL)
    cancel = reverse("people:terms", args=[at.slug])
    form = ConfirmForm(typed(request), cancel=cancel, submit="Take over these dates")
    if form.is_valid():
        try:
            calendar.take_over(at, by=request.user)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The trust’s dates are your own now. Change what differs.")
            return redirect(cancel)
    context = {"school": at, "form": form, "follows": SchoolCalendar(at).follows_trust}
    return render(request, "people/year_take_over.html", context)


@require_http_methods(["GET", "POST"])
def terms_follow_trust(request: Request, school: str) -> HttpResponse:
    """Give up the school's own dates and follow the trust's."""
    at = school_where(request, school, Permission.MANAGE_SCHOOL)
    cancel = reverse("people:terms", args=[at.slug])
    form = DeleteForm(typed(request), cancel=cancel, submit="Delete our own dates")
    if form.is_valid():
        try:
            calendar.follow_trust(at, by=request.user)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The trust’s dates count again.")
            return redirect(cancel)
    own = calendar.own_year(at)
    context = {"school": at, "form": form, "own": own, "possible": calendar.may_follow(at)}
    return render(request, "people/year_follow_trust.html", context)


def _planned(at: Organisation, listed: Listed) -> list[Planned]:
    return plan(listed.rows, at, SchoolCalendar(at), calendar.own_year(at))


def _preview(
    request: Request,
    at: Organisation,
    listed: Listed,
    source: str,
    form: YearRowsForm | None = None,
) -> HttpResponse:
    """What was understood, row by row, and what was not."""
    planned = _planned(at, listed)
    form = form or YearRowsForm(at=at, planned=planned)
    cancel = reverse("people:terms", args=[at.slug])
    context = {
        "school": at,
        "form": form,
        "listed": listed,
        "rows": [(one, form.fields_of(one)) for one in planned],
        "confirmable": any(one.open for one in planned),
        "packed": pack(listed, source, at, request.user),
        "again": YearListForm(at=at, cancel=cancel, initial={"text": source}),
        "follows_trust": SchoolCalendar(at).follows_trust,
    }
    return render(request, "people/year_import_preview.html", context)


def _said(done: calendar.Imported) -> str:
    parts = []
    if done.terms:
        parts.append("1 term" if done.terms == 1 else f"{done.terms} terms")
    if done.closures:
        entries = "1 entry" if done.closures == 1 else f"{done.closures} entries"
        parts.append(f"{entries} of days without pupils")
    added = f"Added: {' and '.join(parts)}." if parts else "Nothing was added."
    if done.changed:
        added = f"{added} Changed: {done.changed}." if parts else f"Changed: {done.changed}."
    return added + (f" Already there: {done.there}." if done.there else "")
