"""A trust's or school's settings: its details, and the rules it may set for itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from people.forms.school import DetailsForm, RulesForm
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.services import organisations, school_details
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse


@require_http_methods(["GET", "POST"])
def settings(request: Request, school: str) -> HttpResponse:
    """The rules, each with what holds when the school sets none."""
    at = school_where(request, school, Permission.MANAGE_SCHOOL)
    form = RulesForm(typed(request), organisation=at)
    if form.is_valid():
        try:
            organisations.change_settings(at, form.values, by=request.user)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The rules are saved.")
            return redirect("people:settings", at.slug)
    return _render(request, at, "rules", form)


@require_http_methods(["GET", "POST"])
def details(request: Request, school: str) -> HttpResponse:
    """Name, colour, nation, time zone and domains."""
    at = school_where(request, school, Permission.MANAGE_SCHOOL)
    form = DetailsForm(typed(request), instance=at)
    if form.is_valid():
        school_details.change(at.pk, by=request.user, **form.cleaned_data)
        messages.success(request, "The details are saved.")
        return redirect("people:settings_details", at.slug)
    if form.is_bound:
        at = Organisation.objects.select_related("parent").get(pk=at.pk)
    return _render(request, at, "details", form)


def _render(
    request: Request, at: Organisation, part: str, form: DetailsForm | RulesForm
) -> HttpResponse:
    context = {"school": at, "part": part, "form": form}
    return render(request, "people/school_settings.html", context)
