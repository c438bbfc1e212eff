"""The box through which whoever handles a case and whoever reported it write to each other."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from incidents.forms.work import MessageForm
from incidents.models import Case, Message, PublicReport
from incidents.services import messages as service
from incidents.views.acting import about_case, page_of, to
from incidents.workflow import works_on
from people.http import Request
from people.views.scope import typed
from web.errors import RuleBroken
from web.forms import refuse


@require_http_methods(["GET", "POST"])
@about_case
def box(request: Request, case: Case) -> HttpResponse:
    """Everything that was written, and a line to write into."""
    works = works_on(case, request.user)
    if request.method == "POST" and not works:
        raise PermissionDenied
    form = MessageForm(typed(request), submit="Send it", cancel=case.get_absolute_url())
    if form.is_valid():
        try:
            service.answer(case, by=request.user, body=form.cleaned_data["body"])
        except RuleBroken as broken:
            refuse(form, broken)
        else:
            messages.success(request, "It is in their box.")
            return redirect(to(case, "box"))
    knows = case.shows_reporter_to(request.user)
    rows: list[Any] = list(service.box_of(case))
    for row in rows:
        row.words = row.text("body")
        row.who = _who(row, knows=knows)
    reachable = case.reporter_id is not None or PublicReport.objects.filter(case=case).exists()
    context = page_of(case, here="box", works=works, rows=rows, form=form, reachable=reachable)
    return render(request, "incidents/case_box.html", context)


def _who(row: Message, *, knows: bool) -> str:
    if row.from_reporter:
        return f"{row.sent_by}, who reported it" if row.sent_by and knows else "Whoever reported it"
    return str(row.sent_by)
