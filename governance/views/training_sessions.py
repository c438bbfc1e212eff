"""Sessions: planning one, and ticking who came, on a phone (P10)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance.forms.training import RegisterFilter, RegisterForm, SessionForm
from governance.models import TrainingRecord, TrainingSession
from governance.services import training, training_courses
from governance.views.training_pages import course_at, manages, page_of
from people.http import Request
from people.models import Organisation, User
from people.roles import Permission
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse

P = Permission


def _session(
    request: Request, slug: str, pk: int, permission: Permission
) -> tuple[Organisation, TrainingSession]:
    """The school, and a session held there: 404 for any other."""
    place = school_where(request, slug, permission)
    sessions = TrainingSession.objects.visible_to(request.user).filter(organisation=place)
    return place, get_object_or_404(
        sessions.select_related("course__owner", "organisation__parent"), pk=pk
    )


@require_http_methods(["GET", "POST"])
def session_new(request: Request, school: str, pk: int) -> HttpResponse:
    place, course = course_at(request, school, pk, P.MANAGE_TRAINING)
    cancel = reverse("governance:training_course", args=[place.slug, course.pk])
    form = SessionForm(typed(request), submit="Plan this session", cancel=cancel)
    if form.is_valid():
        try:
            made = training_courses.plan_session(
                course, place, by=request.user, **form.cleaned_data
            )
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The session has been planned.")
            return redirect(made)
    context = {"school": place, "form": form, "title": "Plan a session", "course": course}
    return render(request, "governance/training_form.html", context)


@require_http_methods(["GET", "POST"])
def session_edit(request: Request, school: str, pk: int) -> HttpResponse:
    place, found = _session(request, school, pk, P.MANAGE_TRAINING)
    here = found.get_absolute_url()
    form = SessionForm(typed(request), instance=found, submit="Save", cancel=here)
    if form.is_valid():
        try:
            training_courses.change_session(found, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The session has been changed.")
            return redirect(here)
    context = {"school": place, "form": form, "title": "Change a session", "course": found.course}
    return render(request, "governance/training_form.html", context)


@require_POST
def session_cancel(request: Request, school: str, pk: int) -> HttpResponse:
    place, found = _session(request, school, pk, P.MANAGE_TRAINING)
    try:
        training_courses.cancel_session(found, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect(found)
    messages.success(request, "The session has been cancelled.")
    return redirect("governance:training_course", place.slug, found.course_id)


@require_GET
def session(request: Request, school: str, pk: int) -> HttpResponse:
    """A session and its register."""
    _, found = _session(request, school, pk, P.VIEW_TRAINING)
    return _show(request, found, RegisterForm())


@require_POST
def register(request: Request, school: str, pk: int) -> HttpResponse:
    """Tick those who came; who is ticked already stays ticked."""
    _, found = _session(request, school, pk, P.MANAGE_TRAINING)
    people = User.objects.filter(pk__in=training.attendable(found).values("person"))
    form = RegisterForm(request.POST, person=people)
    if form.is_valid():
        chosen = form.cleaned_data["person"]
        try:
            made = training.take_register(found, chosen, by=request.user)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            count = "1 person has" if len(made) == 1 else f"{len(made)} people have"
            messages.success(request, f"{count} been ticked.")
            query = request.GET.urlencode()
            return redirect(f"{found.get_absolute_url()}{'?' if query else ''}{query}")
    return _show(request, found, form, status=422)


def _show(
    request: Request, found: TrainingSession, form: RegisterForm, status: int = 200
) -> HttpResponse:
    place = found.organisation
    present = TrainingRecord.objects.counting().filter(session=found.pk)
    filters = RegisterFilter(request.GET or None, departments=_departments(found))
    rows = _candidates(found, present, filters.cleaned_data if filters.is_valid() else {})
    context = {
        "school": place,
        "session": found,
        "course": found.course,
        "form": form,
        "filters": filters,
        "page": page_of(rows, request.GET.get("page"), per_page=training.AT_ONCE),
        "chosen": set(request.POST.getlist("person")),
        "came": present.count(),
        "query": request.GET.urlencode(),
        "may_tick": manages(request, place)
        and found.cancelled_at is None
        and found.held_on <= place.today(),
        "may_manage": manages(request, place),
        "today": place.today(),
    }
    return render(request, "governance/training_session.html", context, status=status)


def _departments(found: TrainingSession) -> list[str]:
    """The departments of those who could come."""
    names = training.attendable(found).order_by("department").values_list("department", flat=True)
    return list(names.distinct())


def _candidates(
    found: TrainingSession, present: QuerySet[TrainingRecord], filters: dict[str, Any]
) -> QuerySet[Any, Any]:
    """Those who could come, by name, each once, with their record where they were ticked."""
    posts = training.attendable(found)
    if department := filters.get("department"):
        posts = posts.filter(department=department)
    ticked = present.filter(person=OuterRef("pk")).values("pk")[:1]
    job = posts.filter(person=OuterRef("pk")).order_by("pk").values("job_title")[:1]
    people: QuerySet[Any, Any] = User.objects.filter(pk__in=posts.values("person"))
    if words := (filters.get("q") or "").strip():
        people = people.filter(name__icontains=words)
    people = people.annotate(record_ref=Subquery(ticked), job=Subquery(job))
    return people.only("name").order_by("sort_name", "name", "pk")
