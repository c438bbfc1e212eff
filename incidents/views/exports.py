"""What leaves the portal: an export of a case, and a letter that asks for something to go."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from incidents.forms.evidence import ExportForm
from incidents.helplines import helplines_of
from incidents.models import Case
from incidents.services import exports, letters
from incidents.views.acting import page_of, the, to, worked_on
from incidents.views.evidence import shut
from people.http import Request
from people.views.scope import typed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]


@require_http_methods(FORM_METHODS)
@worked_on
def export(request: Request, case: Case) -> Any:
    """Say for whom and why; the answer is the archive itself, sent while it is read."""
    form = ExportForm(
        typed(request), files=exports.offered(case), submit="Make the export",
        cancel=to(case, "files"),
    )  # fmt: skip
    if form.is_valid():
        try:
            data = form.cleaned_data
            made = exports.make(
                case, by=request.user, profile=data["profile"], recipient=data["recipient"],
                why=data["why"], files=data.get("along", ()),
            )  # fmt: skip
        except RuleBroken as broken:
            refuse(form, broken)
        else:
            return _sent(case, made)
    return _page(request, case, form)


def _page(request: Request, case: Case, form: ExportForm) -> HttpResponse:
    context = page_of(case, here="files", form=form)
    return render(request, "incidents/evidence_export.html", context)


def _sent(case: Case, made: exports.Made) -> StreamingHttpResponse:
    response = StreamingHttpResponse(made.pieces, content_type="application/zip")
    response["Content-Length"] = str(made.size)
    return shut(response, f"{case.reference}-{made.row.public_id}.zip")  # type: ignore[no-any-return]


@require_http_methods(FORM_METHODS)
@worked_on
def letter(request: Request, case: Case, number: int) -> HttpResponse:
    """What to send to a host: to copy from, and on paper (POST: it is on record)."""
    row = the(case.takedowns.all(), number)
    if request.method == "POST":
        made = letters.printed(case, row, by=request.user)
        response = HttpResponse(made, content_type="application/pdf")
        return shut(response, f"{case.reference}-letter-{number}.pdf")  # type: ignore[no-any-return]
    context = page_of(
        case, here="outside", letter=letters.letter(case, row, by=request.user), number=number,
        helplines=helplines_of(case.organisation),
    )  # fmt: skip
    return render(request, "incidents/evidence_letter.html", context)
