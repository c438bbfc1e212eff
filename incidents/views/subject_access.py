"""Requests of people for what is held about them: the list, one of them, and its dates."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incidents.forms.plain import CaseForm
from incidents.forms.subject_access import (
    AddCaseForm,
    BundleForm,
    EndForm,
    IdentityForm,
    LongerForm,
    RequestForm,
)
from incidents.models import RequestBundle, RequestedCase, SubjectRequest
from incidents.services import subject_access as service
from incidents.services import subject_access_bundle as bundles
from incidents.services import subject_access_cases as cases
from incidents.services.subject_access import Asked
from incidents.views.evidence import shut
from incidents.views.people import people_of
from people.http import Request
from people.models import Organisation, OrganisationReach
from people.roles import Permission
from people.views.scope import school_where, typed
from web.acting import filled_in, pressed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]
PER_PAGE = 25


def the_request(request: Request, reference: str) -> SubjectRequest:
    """The request, or the 404 of one that does not exist for this person."""
    rows = SubjectRequest.objects.visible_to(request.user).select_related(
        "organisation__parent", "person", "asker", "handler", "ended_by"
    )
    found: SubjectRequest = get_object_or_404(rows, reference=reference)
    return found


@require_GET
def requests(request: Request, school: str) -> HttpResponse:
    """Those that wait for an answer, the oldest first; a trust's with those of its schools."""
    at = school_where(request, school, Permission.ANSWER_REQUESTS)
    below = OrganisationReach.objects.filter(above=at.pk).values("below")
    rows = SubjectRequest.objects.visible_to(request.user).filter(organisation__in=below)
    rows = rows.select_related("organisation", "person", "handler")
    rows = rows.order_by("-ended_at", "received_on", "pk")
    ended = request.GET.get("state") == "ended"
    rows = rows.exclude(ended_at=None) if ended else rows.standing()
    context = {
        "school": at,
        "ended": ended,
        "today": at.today(),
        "is_trust": at.kind == Organisation.Kind.TRUST,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "incidents/subject_access_list.html", context)


@require_http_methods(FORM_METHODS)
def request_new(request: Request, school: str) -> HttpResponse:
    """Write a request down; the cases are looked for on its own page."""
    at = school_where(request, school, Permission.ANSWER_REQUESTS)
    form = RequestForm(
        typed(request), people=people_of(at), submit="Record the request",
        cancel=reverse("incidents:requests", args=[school]), initial={"received_on": at.today()},
    )  # fmt: skip
    if form.is_valid():
        try:
            row = service.record(at, Asked(**form.cleaned_data), by=request.user)
        except RuleBroken as broken:
            refuse(form, broken)
        else:
            return redirect(row.get_absolute_url())
    return _form(
        request, at, form, "Record a request",
        lead="Somebody asks what is held about them, or about a child of theirs. They need not "
        "use any special words.",
    )  # fmt: skip


def _form(
    request: Request, at: Any, form: CaseForm, title: str, *, lead: str = "", asked: Any = None
) -> HttpResponse:
    context = {"school": at, "form": form, "page_title": title, "lead": lead, "asked": asked}
    return render(request, "incidents/subject_access_form.html", context)


@require_GET
def subject_request(request: Request, reference: str) -> HttpResponse:
    """Its month, the cases that this person sees, and what was given of them."""
    asked, user = the_request(request, reference), request.user
    rows = RequestedCase.objects.visible_to(user).filter(request=asked)
    found = list(rows.select_related("case__key", "ready_by", "checked_by"))
    second = cases.is_checked(asked.organisation)
    made = RequestBundle.objects.visible_to(user).filter(request=asked)
    context = {
        "school": asked.organisation, "asked": asked, "rows": found, "second": second,
        "bundles": made.select_related("made_by"), "today": asked.organisation.today(),
        "asked_by": asked.text("asked_by"), "note": asked.text("note"),
        "longer": asked.text("longer"), "ending": asked.text("ending"),
        "all_ready": bool(found) and all(
            row.ready_at and not (second and row.is_unchecked) for row in found
        ),
        "is_open": asked.ended_at is None, "mine": asked.handler_id == user.pk,
    }  # fmt: skip
    return render(request, "incidents/subject_access_detail.html", context)


@require_POST
def request_find(request: Request, reference: str) -> HttpResponse:
    """Look for the person in the cases that this handler sees."""
    asked = the_request(request, reference)
    return pressed(
        request, lambda: cases.find(asked, by=request.user),
        "The cases that you see were looked through. What was found stands below.", asked,
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
def request_add(request: Request, reference: str) -> HttpResponse:
    """A case that names them in a text only, or by another name."""
    asked = the_request(request, reference)
    form = AddCaseForm(typed(request), submit="Add the case", cancel=asked.get_absolute_url())
    done = filled_in(
        request, form, lambda **data: cases.add(asked, by=request.user, **data),
        "The case is added.", asked,
    )  # fmt: skip
    return done or _form(
        request, asked.organisation, form, "Add a case", asked=asked,
        lead="The search finds people who are in a case. A case that only mentions them is yours "
        "to add.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
def request_identity(request: Request, reference: str) -> HttpResponse:
    """The school knows who asks."""
    asked = the_request(request, reference)
    form = IdentityForm(
        typed(request), submit="Confirm it", cancel=asked.get_absolute_url(),
        initial={"on": asked.organisation.today()},
    )  # fmt: skip
    done = filled_in(
        request, form, lambda on: service.confirm_identity(asked, by=request.user, on=on),
        "It is confirmed who asks.", asked,
    )  # fmt: skip
    return done or _form(request, asked.organisation, form, "Confirm who asks", asked=asked)


@require_http_methods(FORM_METHODS)
def request_longer(request: Request, reference: str) -> HttpResponse:
    """Where it is complex: the person is told within the first month, and why."""
    asked = the_request(request, reference)
    form = LongerForm(typed(request), submit="Add the time", cancel=asked.get_absolute_url())
    done = filled_in(
        request, form, lambda **data: service.extend(asked, by=request.user, **data),
        "The time is added. Tell the person now, and why.", asked,
    )  # fmt: skip
    return done or _form(
        request, asked.organisation, form, "Take longer", asked=asked,
        lead="Only where the request is complex, or there are many of them. The person has to be "
        "told within the first month.",
    )  # fmt: skip


@require_POST
def request_take(request: Request, reference: str) -> HttpResponse:
    """Have it from now on."""
    asked = the_request(request, reference)
    return pressed(
        request, lambda: service.take_over(asked, by=request.user), "You have it now.", asked
    )


@require_http_methods(FORM_METHODS)
def request_bundle(request: Request, reference: str) -> Any:
    """The answer is the archive itself, sent while it is read."""
    asked = the_request(request, reference)
    form = BundleForm(
        typed(request), submit="Make the bundle", cancel=asked.get_absolute_url(),
        initial={"recipient": asked.text("asked_by")},
    )  # fmt: skip
    if form.is_valid():
        try:
            made = bundles.make(asked, by=request.user, **form.cleaned_data)
        except RuleBroken as broken:
            refuse(form, broken)
        else:
            response = StreamingHttpResponse(made.pieces, content_type="application/zip")
            response["Content-Length"] = str(made.size)
            return shut(response, f"{made.row.public_id}.zip")
    return _form(
        request, asked.organisation, form, "Make the bundle", asked=asked,
        lead="An archive with a printed page, what is given, a list of what is not and on what "
        "ground, and the files. Look through it before you send it.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
def request_end(request: Request, reference: str) -> HttpResponse:
    """It was answered, or is no longer asked for."""
    asked = the_request(request, reference)
    form = EndForm(typed(request), submit="End the request", cancel=asked.get_absolute_url())
    done = filled_in(
        request, form, lambda **data: service.end(asked, by=request.user, **data),
        "The request has ended.", asked,
    )  # fmt: skip
    return done or _form(
        request, asked.organisation, form, "End the request", asked=asked,
        lead="Ask first everybody else who handles concerns whether they have given what they see: "
        "you may not see every case.",
    )  # fmt: skip
