"""For when the power is off: the form on paper, and typing in what somebody wrote on it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from incidents.forms.whole_report import PaperForm
from incidents.models import Case
from incidents.no_files import no_files
from incidents.printing import paper_form
from incidents.routing import shows_lado
from incidents.services.reporting import submit_paper
from incidents.views.reporting import ways_of
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_of, school_where, typed
from web.errors import RuleBroken
from web.forms import refuse
from web.pdf import pdf_answer


@require_GET
def form_pdf(request: Request, school: str) -> HttpResponse:
    """The sheet, for everybody who belongs to the school: print it while there is power."""
    place = school_of(request, school)
    return pdf_answer(paper_form(place), f"concern-{place.slug}.pdf", shown=True)


@require_http_methods(["GET", "POST"])
@no_files
def enter(request: Request, school: str) -> HttpResponse:
    """Type in a sheet. Whoever types finds nothing of it afterwards, unless their office does."""
    place = school_where(request, school, Permission.ENTER_REPORTS)
    form = PaperForm(typed(request), cancel="/")
    if form.is_valid():
        data = form.cleaned_data
        try:
            case = submit_paper(
                place,
                form.report(child=data["child"], may_contact=data["may_contact"] == "yes"),
                by=request.user,
                written_on=data["written_on"],
                name=data["name"],
            )
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            return _entered(request, place, case)
    context = {"school": place, "form": form, "ways": ways_of(request, place)}
    return render(request, "incidents/paper_enter.html", context)


def _entered(request: Request, place: Organisation, case: Case) -> HttpResponse:
    """The page itself and no redirect: the reference is shown once, to be written on the sheet."""
    context = {
        "school": place,
        "reference": case.reference,
        "about": case.about,
        "lado": shows_lado(case),
        "lado_contact": place.setting("incidents.lado_contact"),
    }
    return render(request, "incidents/paper_sent.html", context)
