"""What parents see of a school's accounts, without signing in (R11)."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts import printing, public
from accounts.forms.public import RealForm
from accounts.house_rules import for_audience
from accounts.is_it_real import Answer, answer
from accounts.models import SocialAccount
from accounts.published import as_json
from governance.views.public import draw
from people.models import Organisation
from web import limits
from web.errors import RuleBroken
from web.pdf import pdf_answer
from web.public import answer_for_everybody, for_everybody

PER_PAGE = 100
# Addresses that are not on the public page, from one network: a whole school, or somebody who
# tries out what is on a register and not shown.
UNLISTED = "30/10m/key"


def _showing(school: str) -> tuple[Organisation, list[public.Shown]]:
    found = public.showing(school)
    if found is None:
        raise Http404
    return found


@for_everybody
def accounts(request: HttpRequest, school: str) -> HttpResponseBase:
    """The official accounts of a school, or of a trust and its schools."""
    place, found = _showing(school)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": RealForm(), "many": any(one.school != place for one in found)}
    return draw(request, "accounts/public_accounts.html", place, **context)


@for_everybody
def accounts_json(request: HttpRequest, school: str) -> HttpResponseBase:
    """The same for programs: docs/official-accounts-json.md."""
    place, found = _showing(school)
    response = JsonResponse(as_json(place, found), json_dumps_params={"ensure_ascii": False})
    # Holds nothing that is not on the page, and is sent without cookies: any site may read it.
    response["Access-Control-Allow-Origin"] = "*"
    return response


@for_everybody
def poster(request: HttpRequest, school: str) -> HttpResponseBase:
    """A sheet for the wall or a letter home, with the square that leads to the page."""
    place, found = _showing(school)
    made = printing.poster_pdf(place, found)
    return pdf_answer(made, f"accounts-{place.slug}.pdf", shown=True)


@for_everybody
def rules(request: HttpRequest, school: str, pk: int) -> HttpResponseBase:
    """What the audience of one account may expect, where the school shows it (R11)."""
    place, one = _with_public_rules(school, pk)
    context = {"one": one, "rules": for_audience(one)}
    return draw(request, "accounts/public_rules.html", place, **context)


def _with_public_rules(school: str, pk: int) -> tuple[Organisation, public.Shown]:
    rows = SocialAccount.objects.select_related("organisation__parent", "house_rules")
    row = get_object_or_404(rows, organisation__slug=school, pk=pk)
    one = public.shown(row)
    if one is None or not public.is_listed(one) or not one.rules_address:
        raise Http404
    return row.organisation, one


@answer_for_everybody
def real(request: HttpRequest, school: str) -> HttpResponseBase:
    """Is this account real? Asked with GET, so that an answer can be sent on."""
    form = RealForm(request.GET if "account" in request.GET else None)
    if form.is_bound and not _may_ask(request, dry_run=True):
        busy: HttpResponse = ratelimit.respond_429(request)
        return busy
    asked = public.asked_at(school)
    if asked is None:
        raise Http404
    place, rows = asked
    found = None
    if form.is_valid():
        try:
            found = answer(rows, form.cleaned_data["account"])
        except RuleBroken as problem:
            form.add_error("account", str(problem))
        if found is None or not found.is_public:
            _may_ask(request, dry_run=False)
    return _draw_answer(request, place, form, found)


def _draw_answer(
    request: HttpRequest, place: Organisation, form: RealForm, found: Answer | None
) -> HttpResponse:
    context = {
        "form": RealForm() if found else form,
        "answer": found,
        # The words of a search are nobody's business on paper.
        "counts": reverse("accounts:real", args=[place.slug]),
    }
    response = draw(request, "accounts/public_real.html", place, **context)
    response.status_code = 422 if form.errors else 200
    response["X-Robots-Tag"] = "noindex"
    return response


def _may_ask(request: HttpRequest, *, dry_run: bool) -> bool:
    return limits.may(request, app="accounts", what="real", rate=UNLISTED, count=not dry_run)
