"""Training of one person: their own page, the office's page, and what is done with a record."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import training as queries
from governance.forms.training import CorrectForm, RecordForm, SendInForm
from governance.forms.writing import ReasonForm
from governance.models import TrainingRecord, TrainingSession
from governance.services import training, training_evidence
from governance.training import FOREVER
from governance.views.training_pages import manages, page_of, record_at
from people.http import Request
from people.models import User
from people.roles import Permission
from people.views.scope import latest_post, school_where, typed
from web.errors import RuleBroken
from web.forms import refuse

P = Permission
RECORDS_PER_PAGE = 50
SESSIONS_SHOWN = 10


def _history(records: QuerySet[TrainingRecord]) -> QuerySet[TrainingRecord]:
    """Records as a person's page lists them, with what was said about them."""
    related = ("course", "organisation", "certificate", "recorded_by", "decided_by")
    return records.select_related(*related).prefetch_related("notes")


@require_GET
def mine(request: Request) -> HttpResponse:
    """One's own training: what is asked, what is on record, and when there is a session."""
    today = timezone.localdate()
    found = queries.needs_of(request.user.pk, today)
    records = _history(TrainingRecord.objects.filter(person=request.user))
    context = {
        "needs": [(need, need.state(today)) for need in found],
        "forever": FOREVER,
        "page": page_of(records, request.GET.get("page"), per_page=RECORDS_PER_PAGE),
        "sessions": _to_come(request.user, {need.course_id for need in found}),
        "today": today,
        "may_send": bool(request.user.posts),
    }
    return render(request, "governance/training_mine.html", context)


def _to_come(person: User, courses: set[int]) -> list[TrainingSession]:
    """The next sessions of the courses that this person must have."""
    rows = TrainingSession.objects.open().visible_to(person)
    rows = rows.filter(course__in=courses, held_on__gte=timezone.localdate())
    return list(rows.select_related("course", "organisation").order_by("held_on")[:SESSIONS_SHOWN])


@require_http_methods(["GET", "POST"])
def send_in(request: Request) -> HttpResponse:
    """Send in one's own certificate."""
    files = request.FILES if request.method == "POST" else None
    initial = {"course": request.GET.get("course")}
    form = SendInForm(typed(request), files, person=request.user, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        try:
            training_evidence.send_in(
                data.pop("course"), data.pop("organisation"), by=request.user, **data
            )
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "Sent in. It counts once the school has confirmed it.")
            return redirect("governance:my_training")
    context = {"form": form, "title": "Send in a certificate", "mine": True}
    return render(request, "governance/training_form.html", context)


@require_GET
def person(request: Request, school: str, pk: int) -> HttpResponse:
    """The training of somebody at the school, for those who look after it."""
    place = school_where(request, school, P.VIEW_TRAINING)
    post = latest_post(request, place, pk)
    on = place.today()
    rows = queries.at(place, on).filter(person=pk)
    needs = sorted(queries.needs(rows), key=lambda need: need.title)
    records = _history(TrainingRecord.objects.visible_to(request.user).filter(person=pk))
    context = {
        "school": place,
        "post": post,
        "person": post.person,
        "needs": [(need, need.state(on)) for need in needs],
        "forever": FOREVER,
        "page": page_of(records, request.GET.get("page"), per_page=RECORDS_PER_PAGE),
        "today": on,
        "has_left": post.ends_on is not None and post.ends_on < on,
        "may_manage": manages(request, place) and post.person != request.user,
    }
    return render(request, "governance/training_person.html", context)


@require_http_methods(["GET", "POST"])
def record_new(request: Request, school: str, pk: int) -> HttpResponse:
    """Record that a colleague has done a course."""
    place = school_where(request, school, P.MANAGE_TRAINING)
    about = latest_post(request, place, pk).person
    here = reverse("governance:training_person", args=[place.slug, about.pk])
    files = request.FILES if request.method == "POST" else None
    initial = {"course": request.GET.get("course"), "completed_on": place.today()}
    form = RecordForm(typed(request), files, organisation=place, cancel=here, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        try:
            training.record(about, data.pop("course"), place, by=request.user, **data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The training has been recorded.")
            return redirect(here)
    context = {"school": place, "form": form, "title": "Record a training", "person": about}
    return render(request, "governance/training_form.html", context)


@require_http_methods(["GET", "POST"])
def record_correct(request: Request, school: str, pk: int) -> HttpResponse:
    """Put another record in the place of one that is wrong."""
    place, found = record_at(request, school, pk, P.MANAGE_TRAINING)
    here = reverse("governance:training_person", args=[place.slug, found.person_id])
    form = CorrectForm(typed(request), record=found, cancel=here)
    if form.is_valid():
        try:
            training.correct(found, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The record has been corrected. The earlier one is kept.")
            return redirect(here)
    context = _about(place, found, form, "Correct a record")
    return render(request, "governance/training_form.html", context)


@require_http_methods(["GET", "POST"])
def record_remove(request: Request, school: str, pk: int) -> HttpResponse:
    """Take a record off that should never have been made."""
    return _with_reason(
        request,
        *record_at(request, school, pk, P.MANAGE_TRAINING),
        service=training.remove,
        title="Take a record off",
        label="Why should this not be on record?",
        submit="Take this record off",
        done="The record has been taken off. It is kept, and counts no more.",
    )


@require_POST
def record_confirm(request: Request, school: str, pk: int) -> HttpResponse:
    """The certificate is as it should be."""
    place, found = record_at(request, school, pk, P.MANAGE_TRAINING)
    try:
        training_evidence.confirm(found, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"Confirmed: {found.course} of {found.person}.")
    return redirect("governance:training_waiting", place.slug)


@require_http_methods(["GET", "POST"])
def record_decline(request: Request, school: str, pk: int) -> HttpResponse:
    """The certificate is no proof."""
    return _with_reason(
        request,
        *record_at(request, school, pk, P.MANAGE_TRAINING),
        service=training_evidence.decline,
        title="Decline a certificate",
        label="Why is it not accepted? The person reads this.",
        submit="Decline this certificate",
        done="Declined. The person is told, with your reason.",
    )


def _with_reason(
    request: Request, place: Any, found: TrainingRecord, *, service: Any, title: str, done: str,
    label: str, submit: str,
) -> HttpResponse:  # fmt: skip
    """One box for a reason, then one service."""
    here = reverse("governance:training_person", args=[place.slug, found.person_id])
    form = ReasonForm(typed(request), label=label, submit=submit, cancel=here, tone="danger")
    if form.is_valid():
        try:
            service(found, by=request.user, reason=form.cleaned_data["reason"])
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, done)
            return redirect(here)
    return render(request, "governance/training_form.html", _about(place, found, form, title))


def _about(place: Any, found: TrainingRecord, form: Any, title: str) -> dict[str, Any]:
    return {
        "school": place,
        "form": form,
        "title": title,
        "person": found.person,
        "record": found,
    }


@require_GET
def waiting(request: Request, school: str) -> HttpResponse:
    """Certificates that people of this school have sent in."""
    place = school_where(request, school, P.VIEW_TRAINING)
    sent_in = TrainingRecord.objects.waiting().filter(organisation=place)
    rows = _history(sent_in).select_related("person").order_by("recorded_at", "pk")
    context = {
        "school": place,
        "page": page_of(rows, request.GET.get("page")),
        "may_manage": manages(request, place),
    }
    return render(request, "governance/training_waiting.html", context)
