"""Who has which training at a school, its courses, and the pages of one course (D19)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from governance import training, training_grid
from governance.forms.training import CourseFilter, CourseForm
from governance.forms.training_lists import CoursePeopleFilter, MatrixFilter
from governance.models import TrainingCourse, TrainingSession
from governance.services import training_courses
from governance.training import Figures, State, in_state, soon, state_of
from governance.views.training_pages import course_at, manages, page_of
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where, typed
from web.csv import stream_csv
from web.errors import RuleBroken
from web.forms import refuse

P = Permission
PEOPLE_PER_PAGE = 25
SESSIONS_SHOWN = 10


@require_GET
def overview(request: Request, school: str) -> HttpResponse:
    """Who lacks what: people and the courses they must have."""
    place = school_where(request, school, P.VIEW_TRAINING)
    on = place.today()
    found = training_grid.summary(place, on)
    form = MatrixFilter(request.GET or None, departments=list(found.departments))
    filters = form.cleaned_data if form.is_valid() else {}
    rows = training_grid.members(place, filters, on)
    number, known = request.GET.get("page"), training_grid.known_count(filters, found)
    if known is None:
        page = page_of(rows, number, per_page=PEOPLE_PER_PAGE)
    else:
        paginator = Paginator(rows, PEOPLE_PER_PAGE)
        paginator.count = known
        page = paginator.get_page(number)
    courses = training_grid.courses_of(place)
    shown = courses[: training_grid.MOST_COURSES]
    context = {
        "school": place,
        "form": form,
        "page": page,
        "courses": shown,
        "more_courses": len(courses) > len(shown),
        "rows": training_grid.grid(page, shown, on),
        "people": found.all,
        "of_people": f"of {found.all.total} {'person' if found.all.total == 1 else 'people'}",
        "waiting": found.waiting,
        "schools": training_grid.schools_of(place, on),
        "may_manage": manages(request, place),
        "query": request.GET.urlencode(),
    }
    return render(request, "governance/training_overview.html", context)


@require_GET
def overview_csv(request: Request, school: str) -> HttpResponseBase:
    """The same as lines for a spreadsheet, filtered the same way."""
    place = school_where(request, school, P.VIEW_TRAINING)
    on = place.today()
    form = MatrixFilter(request.GET or None, departments=[])
    form.fields["department"] = type(form.fields["q"])(required=False)
    filters = form.cleaned_data if form.is_valid() else {}
    lines = training_grid.export(place, filters, on)
    return stream_csv(f"training-{place.slug}-{on}.csv", training_grid.HEADER, lines)


@require_GET
def courses(request: Request, school: str) -> HttpResponse:
    """The courses of the school and of its trust, with how far people are."""
    place = school_where(request, school, P.VIEW_TRAINING)
    on = place.today()
    form = CourseFilter(request.GET or None)
    rows = _courses(place, form.cleaned_data if form.is_valid() else {})
    page = page_of(rows, request.GET.get("page"))
    figures = training.figures_by(
        training.at(place, on).filter(course_ref__in=[course.pk for course in page]),
        on,
        "course_ref",
    )
    context = {
        "school": place,
        "form": form,
        "page": page,
        "lines": [(course, figures.get(course.pk, Figures())) for course in page],
        "may_manage": manages(request, place),
    }
    return render(request, "governance/training_courses.html", context)


def _courses(place: Organisation, filters: dict[str, Any]) -> QuerySet[TrainingCourse]:
    rows = TrainingCourse.objects.reaching(place).select_related("owner")
    rows = rows.filter(in_use=filters.get("show") != "retired").prefetch_related("requirements")
    match filters.get("show"):
        case "required":
            rows = rows.filter(requirements__isnull=False).distinct()
        case "runners":
            rows = rows.filter(for_runners=True)
    if words := (filters.get("q") or "").strip():
        rows = rows.filter(title__icontains=words)
    return rows


@require_http_methods(["GET", "POST"])
def course_new(request: Request, school: str) -> HttpResponse:
    place = school_where(request, school, P.MANAGE_TRAINING)
    cancel = reverse("governance:training_courses", args=[place.slug])
    form = CourseForm(typed(request), owner=place, submit="Add this course", cancel=cancel)
    if form.is_valid():
        try:
            course = training_courses.start_course(place, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The course has been added.")
            return redirect("governance:training_course", place.slug, course.pk)
    context = {"school": place, "form": form, "title": "Add a course"}
    return render(request, "governance/training_form.html", context)


@require_http_methods(["GET", "POST"])
def course_edit(request: Request, school: str, pk: int) -> HttpResponse:
    """A trust's course is changed at the trust."""
    place, course = course_at(request, school, pk, P.MANAGE_TRAINING)
    if course.owner_id != place.pk:
        raise PermissionDenied
    here = reverse("governance:training_course", args=[place.slug, course.pk])
    form = CourseForm(typed(request), instance=course, owner=place, submit="Save", cancel=here)
    if form.is_valid():
        try:
            training_courses.change_course(course, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The course has been changed.")
            return redirect(here)
    context = {"school": place, "form": form, "title": "Change a course", "course": course}
    return render(request, "governance/training_form.html", context)


@require_GET
def course(request: Request, school: str, pk: int) -> HttpResponse:
    """One course: its sessions, and who lacks it, who has it and until when."""
    place, found = course_at(request, school, pk, P.VIEW_TRAINING)
    on = place.today()
    rows = training.people_of(found, place, on)
    departments = training.figures_by(rows.filter(required_since__isnull=False), on, "department")
    form = CoursePeopleFilter(request.GET or None, departments=list(departments))
    filters = form.cleaned_data if form.is_valid() else {}
    until = soon(on, int(filters.get("within") or training.EXPIRING_DAYS))
    page = page_of(rows.filter(_matching(filters, on, until)), request.GET.get("page"))
    figures = sum(departments.values(), Figures())
    context = {
        "school": place,
        "course": found,
        "roles": list(found.requirements.all()),
        "figures": figures,
        "held_of": f"{figures.held} of {figures.required}",
        "form": form,
        "page": page,
        "rows": [(row, state_of(row.held_until, on, until)) for row in page],
        "forever": training.FOREVER,
        "sessions": _sessions(found, place),
        "today": on,
        "schools": _schools(found, place, on),
        "may_manage": manages(request, place),
        "may_change": manages(request, place) and found.owner_id == place.pk,
    }
    return render(request, "governance/training_course.html", context)


def _matching(filters: dict[str, Any], on: date, until: date) -> Q:
    state = filters.get("state") or ""
    found = Q(waiting=True) if state == "waiting" else in_state(state, on, until)
    if state in ("needed", "missing", "expired"):
        found &= Q(required_since__isnull=False)
    if filters.get("department"):
        found &= Q(department=filters["department"])
    if words := (filters.get("q") or "").strip():
        found &= Q(person__name__icontains=words)
    return found


def _sessions(course: TrainingCourse, place: Organisation) -> list[TrainingSession]:
    """The latest of the school and of the trust that trains its people, cancelled ones too."""
    places = [pk for pk in (place.pk, place.parent_id) if pk]
    found = TrainingSession.objects.filter(course=course, organisation__in=places)
    return list(found.select_related("organisation")[:SESSIONS_SHOWN])


def _schools(
    course: TrainingCourse, place: Organisation, on: date
) -> list[tuple[Organisation, Figures]]:
    """At a trust: each of its schools, with how far it is. Two queries."""
    if place.kind != Organisation.Kind.TRUST:
        return []
    figures = training.across(place, course, on)
    schools = Organisation.objects.filter(parent=place)
    return [(school, figures.get(school.pk, Figures())) for school in schools]


@require_GET
def course_csv(request: Request, school: str, pk: int) -> HttpResponseBase:
    """The people of a course as its page lists them, streamed."""
    place, found = course_at(request, school, pk, P.VIEW_TRAINING)
    on = place.today()
    form = CoursePeopleFilter(request.GET or None, departments=[])
    form.fields["department"] = type(form.fields["q"])(required=False)
    filters = form.cleaned_data if form.is_valid() else {}
    until = soon(on, int(filters.get("within") or training.EXPIRING_DAYS))
    rows = training.people_of(found, place, on).filter(_matching(filters, on, until))
    header = [
        "Name", "E-mail", "Job title", "Department", "Must have it", "State", "Valid until",
        "Waiting",
    ]  # fmt: skip
    return stream_csv(f"training-{place.slug}-{found.pk}-{on}.csv", header, _lines(rows, on, until))


def _lines(rows: QuerySet[Any, Any], on: date, until: date) -> Iterator[list[str]]:
    columns = (
        "person__name", "person__email", "job_title", "department", "required_since", "held_until",
        "waiting",
    )  # fmt: skip
    for name, email, job, department, asked, ends, waits in rows.values_list(*columns).iterator(
        chunk_size=2000
    ):
        state = state_of(ends, on, until)
        word = state.label if asked or state != State.MISSING else "Need not have it"
        day = "" if ends is None or ends == training.FOREVER else ends.isoformat()
        must, wait = "yes" if asked else "", "yes" if waits else ""
        yield [name, email or "", job, department, must, word, day, wait]
