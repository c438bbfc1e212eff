"""What somebody reported: a neutral word about where it is, and messages both ways."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from incidents.forms.message import MessageForm
from incidents.helplines import helplines_of
from incidents.no_files import no_files
from incidents.own_reports import as_own, own, reported_by
from incidents.routing import shows_lado
from incidents.services.messages import write_as_reporter
from incidents.views.reporting import ways_of
from people.http import Request
from people.views.scope import typed
from web.errors import RuleBroken
from web.forms import refuse

PER_PAGE = 25


@require_GET
def mine(request: Request) -> HttpResponse:
    """Everything this person reported, the newest first."""
    page = Paginator(reported_by(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "reports": [as_own(case) for case in page], "ways": ways_of(request)}
    return render(request, "incidents/own_list.html", context)


@require_http_methods(["GET", "POST"])
@no_files
def one(request: Request, reference: str) -> HttpResponse:
    """What was written, where it is, and messages to and from whoever handles it."""
    report, box = own(reference, request.user)
    form = MessageForm(typed(request))
    if form.is_valid():
        try:
            write_as_reporter(reference, by=request.user, body=form.cleaned_data["body"])
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "It is sent.")
            return redirect("incidents:own_report", reference)
    context = {"report": report, "box": box, "form": form, "school": report.case.organisation}
    return render(
        request,
        "incidents/own_detail.html",
        context | {"ways": ways_of(request, report.case.organisation)},
    )


@require_GET
def sent(request: Request, reference: str) -> HttpResponse:
    """That it has arrived, its reference, and what happens next."""
    report, _ = own(reference, request.user)
    case, place = report.case, report.case.organisation
    is_open: bool = case.is_open_to  # type: ignore[attr-defined]
    context = {
        "report": report,
        "school": place,
        "lado": is_open and shows_lado(case),
        "lado_contact": place.setting("incidents.lado_contact"),
        "nobody": is_open and case.without_handler,
        "helplines": helplines_of(place),
    }
    return render(request, "incidents/report_sent.html", context)
