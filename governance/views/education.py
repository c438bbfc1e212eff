"""The education log of a school (P13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from governance import education
from governance.forms.education import EducationFilter, EntryForm
from governance.models import EducationEntry
from governance.services import education as services
from people.calendar import SchoolCalendar
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_of, school_where, typed
from web.csv import stream_csv
from web.errors import RuleBroken
from web.forms import refuse

P = Permission
PER_PAGE = 50


def _readable(request: Request, slug: str) -> Organisation:
    """The school, for those who see its figures or keep its log."""
    place = school_of(request, slug)
    if not any(request.user.can(one, at=place) for one in (P.VIEW_DASHBOARD, P.MANAGE_EDUCATION)):
        raise PermissionDenied
    return place


def _entry(request: Request, slug: str, pk: int) -> tuple[Organisation, EducationEntry]:
    """The school and an entry of its own log, for those who keep it."""
    place = school_where(request, slug, P.MANAGE_EDUCATION)
    entries = EducationEntry.objects.visible_to(request.user).filter(organisation=place)
    return place, get_object_or_404(entries.select_related("organisation__parent"), pk=pk)


def _around(request: Request, place: Organisation) -> dict[str, Any]:
    """Which link of the menu the log lies below: Training, or the dashboard for the others."""
    sees_training = request.user.can(P.VIEW_TRAINING, at=place)
    label = "Training" if sees_training else "Dashboard"
    name = "governance:training" if sees_training else "overview:dashboard"
    url = reverse(name, args=[place.slug])
    return {"school": place, "nav_path": url, "up": [(label, url)]}


@require_GET
def log(request: Request, school: str) -> HttpResponse:
    """What was taught and sent, term by term."""
    place = _readable(request, school)
    calendar = SchoolCalendar(place)
    form = EducationFilter(
        request.GET or None, terms=education.terms_until(calendar, place.today())
    )
    filters = form.cleaned_data if form.is_valid() else {}
    rows = education.entries_at(place, filters, calendar)
    reached = education.reached(rows)
    # Who entered it is a name: for those who may see colleagues' names in such lists.
    names = request.user.can(P.VIEW_TRAINING, at=place)
    paginator = Paginator(rows.select_related("added_by") if names else rows, PER_PAGE)
    paginator.count = reached.total
    page = paginator.get_page(request.GET.get("page"))
    context = {
        **_around(request, place),
        "form": form,
        "page": page,
        "terms": list(education.by_term(calendar, page)),
        "reached": reached,
        "names": names,
        "may_manage": request.user.can(P.MANAGE_EDUCATION, at=place),
        "query": request.GET.urlencode(),
    }
    return render(request, "governance/education_log.html", context)


@require_GET
def log_csv(request: Request, school: str) -> HttpResponseBase:
    """The log, filtered the same way, for a spreadsheet."""
    place = _readable(request, school)
    calendar = SchoolCalendar(place)
    form = EducationFilter(
        request.GET or None, terms=education.terms_until(calendar, place.today())
    )
    rows = education.entries_at(place, form.cleaned_data if form.is_valid() else {}, calendar)
    header = ["Day", "Term", "Kind", "For whom", "What", "More about it", "Public"]
    name = f"education-{place.slug}-{place.today()}.csv"
    return stream_csv(name, header, _lines(rows, calendar))


def _lines(rows: Any, calendar: SchoolCalendar) -> Iterator[list[str]]:
    for entry in rows.iterator(chunk_size=500):
        yield [
            entry.given_on.isoformat(),
            education.term_name(calendar, entry.given_on),
            entry.get_kind_display(),
            entry.audience,
            entry.title,
            entry.details,
            "yes" if entry.is_public else "no",
        ]


@require_http_methods(["GET", "POST"])
def entry_new(request: Request, school: str) -> HttpResponse:
    place = school_where(request, school, P.MANAGE_EDUCATION)
    here = reverse("governance:education", args=[place.slug])
    form = EntryForm(
        typed(request), today=place.today(), submit="Add to the log", cancel=here,
        initial={"given_on": place.today()},
    )  # fmt: skip
    if form.is_valid():
        try:
            services.add(place, by=request.user, **form.details_to_save())
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "Added to the log.")
            return redirect(here)
    context = {**_around(request, place), "form": form, "title": "Add to the education log"}
    return render(request, "governance/education_form.html", context)


@require_http_methods(["GET", "POST"])
def entry_edit(request: Request, school: str, pk: int) -> HttpResponse:
    place, found = _entry(request, school, pk)
    here = reverse("governance:education", args=[place.slug])
    form = EntryForm(
        typed(request), instance=found, today=place.today(), submit="Save", cancel=here
    )
    if form.is_valid():
        try:
            services.change(found, by=request.user, **form.details_to_save())
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The entry has been changed.")
            return redirect(here)
    context = {**_around(request, place), "form": form, "title": "Change an entry"}
    return render(request, "governance/education_form.html", context)


@require_http_methods(["GET", "POST"])
def entry_delete(request: Request, school: str, pk: int) -> HttpResponse:
    """Asks first: an entry that is gone is evidence that is gone."""
    place, found = _entry(request, school, pk)
    if request.method == "POST":
        services.delete(found, by=request.user)
        messages.success(request, "The entry has been deleted.")
        return redirect("governance:education", place.slug)
    context = {**_around(request, place), "entry": found}
    return render(request, "governance/education_delete.html", context)
