"""A school's guidance for pupils and parents: writing it, and the page everybody sees (P13)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import guidance
from governance.comparing import Changes, compare
from governance.education import public_entries
from governance.forms.guidance import GuidanceForm
from governance.models import GuidanceEdition
from governance.public import in_force_at
from governance.services import guidance as services
from governance.text.render import to_html
from governance.views.public import draw, place_or_404
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse
from web.public import for_everybody

PER_PAGE = 25


def _latest(request: Request, school: Organisation) -> GuidanceEdition | None:
    """The newest edition, shown or not."""
    found = GuidanceEdition.objects.visible_to(request.user).filter(organisation=school)
    return found.select_related("saved_by").first()


@require_GET
def overview(request: Request, school: str) -> HttpResponse:
    """The newest edition as everybody would see it, whether they do, and those before it."""
    place = school_where(request, school, Permission.MANAGE_EDUCATION)
    latest, shown = _latest(request, place), guidance.shown_by(place)
    editions = GuidanceEdition.objects.filter(organisation=place).select_related("saved_by")
    context = {
        "school": place,
        "latest": latest,
        "shown": shown,
        "html": to_html(latest.body) if latest else "",
        "changes": compare(shown.body, latest.body)
        if shown and latest and latest != shown
        else None,
        "page": Paginator(editions.defer("body"), PER_PAGE).get_page(request.GET.get("page")),
        "page_is_on": place.setting("public.page"),
        "public_url": reverse("governance:public_guidance", args=[place.slug]),
        "has_public_page": shown is not None or in_force_at(place).exists(),
    }
    return render(request, "governance/guidance_overview.html", context)


@require_GET
def edition(request: Request, school: str, pk: int) -> HttpResponse:
    """One edition as it was saved."""
    place = school_where(request, school, Permission.MANAGE_EDUCATION)
    rows = GuidanceEdition.objects.visible_to(request.user).select_related("saved_by")
    found = get_object_or_404(rows, organisation=place, pk=pk)
    context = {
        "school": place,
        "edition": found,
        "html": to_html(found.body),
        "shown": guidance.shown_by(place),
    }
    return render(request, "governance/guidance_edition.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: Request, school: str) -> HttpResponse:
    place = school_where(request, school, Permission.MANAGE_EDUCATION)
    latest = _latest(request, place)
    form = GuidanceForm(typed(request), school=place, latest=latest)
    theirs: Changes | None = None
    if form.is_valid():
        try:
            services.save(place, by=request.user, **form.cleaned_data)
        except services.EditedMeanwhile as problem:
            latest = problem.edition
            theirs = compare(form.cleaned_data["body"], latest.body)
            # Saving again is now deliberate: the form carries on from what is saved.
            form.data = {**form.data.dict(), "after": str(latest.number)}  # type: ignore[attr-defined]
            refuse(form, problem)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "Saved. This is how it will look; nobody else sees it yet.")
            return redirect("governance:guidance", place.slug)
    context = {"school": place, "form": form, "latest": latest, "theirs": theirs}
    return render(request, "governance/guidance_edit.html", context)


@require_POST
def show(request: Request, school: str, pk: int) -> HttpResponse:
    place = school_where(request, school, Permission.MANAGE_EDUCATION)
    rows = GuidanceEdition.objects.visible_to(request.user).select_related("organisation__parent")
    services.show(get_object_or_404(rows, organisation=place, pk=pk), by=request.user)
    messages.success(request, "Everybody can read this page now.")
    return redirect("governance:guidance", place.slug)


@require_POST
def take_down(request: Request, school: str) -> HttpResponse:
    place = school_where(request, school, Permission.MANAGE_EDUCATION)
    try:
        services.take_down(place, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The page is taken down. The text is kept.")
    return redirect("governance:guidance", place.slug)


@for_everybody
def public(request: HttpRequest, school: str) -> HttpResponseBase:
    """What pupils and parents read: the guidance, and what was taught in the last year."""
    place = place_or_404(school)
    found = guidance.shown_at(place)
    if found is None:
        raise Http404
    context = {
        "edition": found,
        "html": to_html(found.body),
        "entries": public_entries(place, place.today()),
    }
    return draw(request, "governance/guidance_public.html", place, **context)
