"""Reporting a concern without signing in: the form, the receipt, and the box it opens.

Every answer is the page itself and no redirect: the code is in no address, cookie or session.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from governance.views.public import draw
from incidents import limits
from incidents.forms.message import CodeForm, MessageForm
from incidents.forms.whole_report import PublicForm
from incidents.helplines import CHILDLINE, helplines_of
from incidents.models import Case, PublicReport
from incidents.printing import report_poster
from incidents.routing import shows_lado
from incidents.services.messages import box_of, by_receipt, write_by_receipt
from incidents.services.reporting import submit_public
from incidents.without_login import place_of, without_login
from people.models import Organisation
from web.errors import RuleBroken
from web.forms import refuse
from web.pdf import pdf_answer
from web.public import for_everybody

TOO_MANY = (
    "Many reports came from where you are. Wait an hour and send it again, or tell somebody at "
    "the school now. In danger: 999. Childline: 0800 1111."
)
WRONG = "This code opens nothing. Look at each letter: there is no 0, 1, I or O in it."


def _place(school: str) -> Organisation:
    place = place_of(school)
    if place is None:
        raise Http404
    return place


def _draw(
    request: HttpRequest, template: str, place: Organisation, status: int = 200, **context: Any
) -> HttpResponse:
    # The form stays where the rest of the public page is switched off.
    more: dict[str, Any] = {"no_home": not place.setting("public.page")}
    more["ways"] = {
        "whistleblowing": place.setting("incidents.whistleblowing"),
        "helplines": helplines_of(place, but=CHILDLINE),
    }
    counts = reverse("incidents:public_report", args=[place.slug])
    response = draw(request, f"incidents/{template}.html", place, counts=counts, **context, **more)
    response.status_code = status
    return response


@without_login
def report(request: HttpRequest, school: str) -> HttpResponse:
    """The form for parents and pupils."""
    place = _place(school)
    if request.method != "POST":
        form = PublicForm(initial={"token": secrets.token_hex(16)})
        return _draw(request, "public_report", place, form=form)
    form = PublicForm(request.POST)
    if not form.is_valid():
        return _draw(request, "public_report", place, status=422, form=form)
    return _send(request, place, form)


def _send(request: HttpRequest, place: Organisation, form: PublicForm) -> HttpResponse:
    typed = form.cleaned_data
    if not limits.may(request, place.slug, what="report", rate=limits.REPORTS):
        form.add_error(None, TOO_MANY)
        return _draw(request, "public_report", place, status=429, form=form)
    child = typed["relation"] != PublicReport.Relation.OTHER
    try:
        with transaction.atomic():
            if not limits.first_time(request.POST):
                return _draw(request, "public_twice", place)
            case, code = submit_public(
                place,
                form.report(child=child, may_contact=True),
                relation=typed["relation"],
                name=typed["name"],
            )
    except RuleBroken as problem:
        refuse(form, problem)
        return _draw(request, "public_report", place, status=422, form=form)
    return _draw(
        request, "public_sent", place, code=code, lado=shows_lado(case),
        nobody=case.without_handler, careful=case.no_uploads,
        lado_contact=place.setting("incidents.lado_contact"),
    )  # fmt: skip


@without_login
def box(request: HttpRequest, school: str) -> HttpResponse:
    """Where the code is typed, and the messages that it opens. The code is only ever posted."""
    place = _place(school)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return _draw(request, "public_code", place, status=status, form=form)
    case = _opened(request, place, form)
    if case is None:
        status = 429 if form.busy else 422  # type: ignore[attr-defined]
        return _draw(request, "public_code", place, status=status, form=form)
    return _show_box(request, place, case, form.cleaned_data["code"])


def _opened(request: HttpRequest, place: Organisation, form: CodeForm) -> Case | None:
    """The case of this code at this school. Wrong codes are counted, and told nothing apart."""
    form.busy = not limits.may(  # type: ignore[attr-defined]
        request, place.slug, what="code", rate=limits.WRONG_CODES, count=False
    )
    if form.busy:  # type: ignore[attr-defined]
        form.add_error("code", "Too many codes were tried from where you are. Wait ten minutes.")
        return None
    case = by_receipt(form.cleaned_data["code"])
    if case is None or case.organisation_id != place.pk:
        limits.may(request, place.slug, what="code", rate=limits.WRONG_CODES)
        form.add_error("code", WRONG)
        return None
    return case


def _show_box(request: HttpRequest, place: Organisation, case: Case, code: str) -> HttpResponse:
    problem, sent = "", False
    if "body" in request.POST:
        problem = _write(request, place, code)
        sent = not problem
    context = {
        "code": code,
        "box": box_of(case),
        "problem": problem,
        "sent": sent,
        "body": request.POST.get("body", "") if problem else "",
        "token": secrets.token_hex(16),
    }
    return _draw(request, "public_box", place, status=422 if problem else 200, **context)


def _write(request: HttpRequest, place: Organisation, code: str) -> str:
    """Send a message. What stands in the way, as a sentence; empty where it was sent."""
    form = MessageForm(request.POST)
    if not form.is_valid():
        return str(form.errors["body"][0])
    if not limits.may(request, place.slug, what="message", rate=limits.MESSAGES):
        return TOO_MANY
    try:
        with transaction.atomic():
            if limits.first_time(request.POST):  # else the same page was sent twice: it is there
                write_by_receipt(code, body=form.cleaned_data["body"])
    except RuleBroken as problem:
        return " ".join(problem.reasons)
    return ""


@for_everybody
def poster(request: HttpRequest, school: str) -> HttpResponseBase:
    """A sheet for the wall: the square that leads to the form."""
    place = _place(school)
    return pdf_answer(report_poster(place), f"report-{place.slug}.pdf", shown=True)
