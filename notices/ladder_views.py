"""When a trust's or school's people are reminded: the list, and one kind of duty."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notices import own_ladders
from notices.duties import labels
from notices.forms import PlanForm
from notices.ladders import own_plan
from people.http import Request
from people.roles import Permission
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse


@require_GET
def ladders(request: Request, school: str) -> HttpResponse:
    """Every kind of duty, in words."""
    at = school_where(request, school, Permission.MANAGE_SCHOOL)
    context = {"school": at, "lines": own_ladders.lines(at), "part": "ladders"}
    return render(request, "notices/ladder_list.html", context)


@require_http_methods(["GET", "POST"])
def ladder_change(request: Request, school: str, kind: str) -> HttpResponse:
    """One kind of duty. "Show in words" saves nothing."""
    at = school_where(request, school, Permission.MANAGE_SCHOOL)
    plan = own_ladders.plan_at(kind, at)
    if plan is None or kind not in labels():
        raise Http404
    back = reverse("notices:ladders", args=[at.slug])
    form = PlanForm(typed(request), plan=plan, at=at, cancel=back)
    if form.is_valid():
        plan = form.plan
        if "preview" not in request.POST:
            try:
                own_ladders.set_plan(at, kind, plan, by=request.user)
            except RuleBroken as problem:
                refuse(form, problem)
            else:
                messages.success(request, f"{labels()[kind]}: {plan.words()}")
                return redirect(back)
    context = {
        "school": at,
        "form": form,
        "label": labels()[kind],
        "kind": kind,
        "words": plan.words(),
        "is_own": own_plan(kind, at) is not None,
        "inherited": own_ladders.inherited(kind, at).words(),
    }
    return render(request, "notices/ladder_change.html", context)


@require_POST
def ladder_reset(request: Request, school: str, kind: str) -> HttpResponse:
    """As the trust has it, or as usual."""
    at = school_where(request, school, Permission.MANAGE_SCHOOL)
    if own_ladders.plan_at(kind, at) is None:
        raise Http404
    at = own_ladders.set_plan(at, kind, None, by=request.user)
    messages.success(request, f"Given back. {own_ladders.inherited(kind, at).words()}")
    return redirect("notices:ladders", school=at.slug)
