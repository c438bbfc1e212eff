"""A screenshot for what somebody reported: behind the question about pictures, and no other way.

The question is asked each time. Who says yes or is not sure finds no way to attach anything to
this report from then on, and a file that is forged past it is thrown away while it arrives (F2).
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from incidents import taking_files
from incidents.forms.evidence import FileForm
from incidents.forms.steps import PictureForm
from incidents.models import Case
from incidents.no_files import brings_a_file, no_files, refused, take_nothing
from incidents.own_reports import own
from incidents.services import evidence, reporting
from incidents.services.evidence import Facts
from incidents.services.reporting import DONE
from incidents.views.reporting import ways_of
from people.http import Request
from people.views.scope import typed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]
NO_MORE = "No more files are taken for this report. Write to us if there is more."


@require_http_methods(FORM_METHODS)
@no_files
def gate(request: Request, reference: str) -> HttpResponse:
    """The question before anything can be chosen; or what to do instead."""
    case = own(reference, request.user)[0].case
    form = PictureForm(typed(request), cancel=_page("own_report", case))
    if not case.no_uploads and form.is_valid():
        answer = form.cleaned_data["image_gate"]
        if answer == Case.Gate.NO:
            token = taking_files.passed(case, request.user)
            return redirect("incidents:own_file_add", case.reference, token)
        reporting.doubt_picture(reference, by=request.user, answer=answer)
        return redirect("incidents:own_file", case.reference)
    template = "own_stop" if case.no_uploads else "own_gate"
    return _draw(request, template, case, form=form)


@csrf_exempt  # the token is checked in `_add`, once it is clear where a file may go
@require_http_methods(FORM_METHODS)
def add(request: Request, reference: str, token: str) -> HttpResponse:
    """Choose the file. Without the answer a file that comes is thrown away."""
    case = own(reference, request.user)[0].case
    passed = taking_files.read(token, case, request.user) is not None
    if passed:
        request.upload_handlers = [taking_files.IntoMemory(request)]
    else:
        take_nothing(request)
    response: HttpResponse = _add(request, case, passed=passed)
    return response


@csrf_protect
def _add(request: Request, case: Case, *, passed: bool) -> HttpResponse:
    if not passed:
        if brings_a_file(request):
            return refused(request)
        return redirect("incidents:own_file", case.reference)
    form = FileForm(
        request.POST or None,
        request.FILES or None,
        submit="Send this file",
        cancel=_page("own_report", case),
    )
    if form.is_valid():
        try:
            _send(request, case, **form.cleaned_data)
        except RuleBroken as broken:
            refuse(form, broken)
        else:
            messages.success(request, "It is sent. Delete your own copy only when you are asked.")
            return redirect("incidents:own_report", case.reference)
    return _draw(request, "own_file", case, form=form)


def _send(request: Request, case: Case, *, file: Any, **facts: Any) -> None:
    """Read outside of the transaction, which waits for nothing."""
    prepared = evidence.prepare(file, file.name)
    if own(case.reference, request.user)[0].state == DONE:
        raise RuleBroken(NO_MORE)
    evidence.add_as_reporter(
        case.reference, prepared, by=request.user, gate=Case.Gate.NO, facts=Facts(**facts)
    )


def _page(name: str, case: Case) -> str:
    return reverse(f"incidents:{name}", args=[case.reference])


def _draw(request: Request, template: str, case: Case, **context: Any) -> HttpResponse:
    context |= {
        "school": case.organisation,
        "case": case,
        "ways": ways_of(request, case.organisation),
    }
    return render(request, f"incidents/{template}.html", context)
