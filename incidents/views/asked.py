"""Where somebody decides about a case that they do not see, or need not see.

IT allows content to be opened and closes it again (I24); a second person agrees that somebody sees
a case. Addresses say nothing of a case; whoever is kept out of it gets the 404 of an address that
nobody has. That somebody read what they are asked is written down with the page.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incidents.approving import Side, missing, sides_of
from incidents.forms.investigating import AllowForm, LetSeeForm
from incidents.models import ContentRequest
from incidents.services import access as access_service
from incidents.services import content as service
from incidents.services.telling import glass_code
from incidents.views.investigating import decide
from people.http import Request
from people.roles import Permission
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]


@require_http_methods(FORM_METHODS)
@transaction.atomic
def content(request: Request, reference: str) -> HttpResponse:
    """What IT is asked: where, for whom and for how long. Nothing of what happened."""
    row = service.shown_to_it(reference, by=request.user)
    if Side.IT not in sides_of(row, request.user):
        return _content(request, row, None)
    form = AllowForm(typed(request), submit="Save", cancel="/")
    if not form.is_valid():
        return _content(request, row, form)
    try:
        decide(row, request, Side.IT, **form.cleaned_data)
    except RuleBroken as broken:
        refuse(form, broken)
        return _content(request, row, form)
    messages.success(request, "It is noted.")
    return redirect(row)


def _content(request: Request, row: ContentRequest, form: Any) -> HttpResponse:
    context = {
        "school": row.case.organisation, "row": row, "form": form,
        "where": row.text("where") if row.tells_where(request.user) else "",
        "waits": Side.LEADING in missing(row), "open_now": row.is_open(),
        "may_shut": row.opened_at is not None and row.shut_at is None and not row.is_open(),
        "mine": row.it_by_id == request.user.pk,
    }  # fmt: skip
    return render(request, "incidents/content_asked.html", context)


@require_POST
@transaction.atomic
def content_shut(request: Request, reference: str) -> HttpResponse:
    """It is closed again."""
    row = service.shown_to_it(reference, by=request.user)
    try:
        service.shut(row, by=request.user)
    except RuleBroken as broken:
        for reason in broken.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, "It is noted that it is closed. Thank you.")
    return redirect(row)


@require_GET
def glasses(request: Request, school: str) -> HttpResponse:
    """Who asks to see a case here, for those who could be the second person."""
    at = school_where(request, school, Permission.HANDLE_CASES)
    waiting = access_service.waiting_for_agreement(request.user).filter(case__organisation=at)
    rows = [(row, glass_code(row)) for row in waiting.order_by("asked_at")]
    return render(request, "incidents/glasses.html", {"school": at, "rows": rows})


@require_http_methods(FORM_METHODS)
@transaction.atomic
def glass_decide(request: Request, school: str, code: str) -> HttpResponse:
    """Whether somebody sees a case that nobody lets them into. Of the case it shows nothing."""
    at = school_where(request, school, Permission.HANDLE_CASES)
    row = access_service.shown_to_second(at, code, by=request.user)
    form = LetSeeForm(typed(request), submit="Save", cancel="/")
    if form.is_valid():
        agreed = form.cleaned_data["agree"] == "yes"
        deed = access_service.agree_to_break_glass if agreed else access_service.decline_glass
        try:
            deed(row, by=request.user)
        except RuleBroken as broken:
            refuse(form, broken)
        else:
            said = "They see it now, and have been told." if agreed else "It stays shut to them."
            messages.success(request, said)
            return redirect("incidents:glasses", at.slug)
    context = {"school": at, "row": row, "why": row.text("why"), "form": form}
    return render(request, "incidents/glass_decide.html", context)
