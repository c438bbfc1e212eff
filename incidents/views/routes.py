"""What a school sets: whom it tells of which kind of report, and what is done about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from incidents.forms.moves import PlaybookForm, RouteForm, default_steps
from incidents.kinds import Kind, Step
from incidents.models import PlaybookItem, Route
from incidents.routing import way_of
from incidents.services import routes as service
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]


@require_GET
def routes(request: Request, school: str) -> HttpResponse:
    """Each kind, who hears of it, and whether the school has its own rule."""
    at = school_where(request, school, Permission.MANAGE_SCHOOL)
    own = set(Route.objects.filter(organisation=at).values_list("kind", flat=True))
    steps = set(
        PlaybookItem.objects.filter(organisation=at).order_by().values_list("kind", flat=True)
    )
    rows = [(kind, way_of(kind, at), kind in own, kind in steps) for kind in Kind]
    return render(request, "incidents/routes.html", {"school": at, "rows": rows})


def _kind(code: str) -> Kind:
    if code not in Kind.values:
        raise Http404
    return Kind(code)


@require_http_methods(FORM_METHODS)
def route(request: Request, school: str, kind: str) -> HttpResponse:
    """Who hears of one kind."""
    at, of = school_where(request, school, Permission.MANAGE_SCHOOL), _kind(kind)
    back = reverse("incidents:routes", args=[at.slug])
    own = Route.objects.visible_to(request.user).filter(organisation=at, kind=of).first()
    if request.method == "POST" and request.POST.get("reset") and own is not None:
        service.reset_route(own, by=request.user)
        messages.success(request, "What is usual holds again.")
        return redirect(back)
    form = RouteForm(typed(request), way=way_of(of, at), submit="Save", cancel=back)
    done = _saved(
        request, form, lambda: service.set_route(at, by=request.user, kind=of, **form.cleaned_data),
        back,
    )  # fmt: skip
    return done or _form(request, at, of, form, "Whom we tell", is_own=own is not None)


@require_http_methods(FORM_METHODS)
def playbook(request: Request, school: str, kind: str) -> HttpResponse:
    """What is done about one kind."""
    at, of = school_where(request, school, Permission.MANAGE_SCHOOL), _kind(kind)
    back = reverse("incidents:routes", args=[at.slug])
    own = [
        Step(item.code, item.text, item.hours)
        for item in PlaybookItem.objects.filter(organisation=at, kind=of)
    ]
    form = PlaybookForm(typed(request), steps=own or default_steps(of), submit="Save", cancel=back)
    if request.method == "POST" and request.POST.get("reset"):
        service.set_playbook(at, by=request.user, kind=of, steps=[])
        messages.success(request, "The usual steps hold again.")
        return redirect(back)

    def deed() -> object:
        return service.set_playbook(at, by=request.user, kind=of, steps=form.chosen())

    return _saved(request, form, deed, back) or _form(
        request, at, of, form, "What is done", is_own=bool(own)
    )


def _saved(request: Request, form: Any, deed: Any, back: str) -> HttpResponse | None:
    if not form.is_valid():
        return None
    try:
        deed()
    except RuleBroken as broken:
        refuse(form, broken)
        return None
    messages.success(request, "It is saved. It holds for reports that come in from now on.")
    return redirect(back)


def _form(
    request: Request, at: Organisation, kind: Kind, form: Any, title: str, *, is_own: bool
) -> HttpResponse:
    context = {"school": at, "kind": kind, "form": form, "page_title": title, "is_own": is_own}
    return render(request, "incidents/route_form.html", context)
