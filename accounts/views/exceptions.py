"""Private telephones and addresses used for the school: who asked, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.exceptions import AskForm, DecideForm, ExceptionFilterForm
from accounts.models import ContactException
from accounts.services import exceptions
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_of, typed
from web.errors import RuleBroken
from web.forms import refuse

PER_PAGE = 50
P = Permission


@require_GET
def exception_list(request: Request, school: str) -> HttpResponse:
    """One's own; for the leadership team and the safeguarding leads, everybody's there."""
    at = school_of(request, school)
    sees_all = request.user.can(P.SUSPEND_ACCOUNTS, at=at)
    form = ExceptionFilterForm(request.GET or None)
    if not sees_all:
        del form.fields["q"]
    found = _narrowed(_at(request, at), form.cleaned_data if form.is_valid() else {}, at)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "school": at,
        "filters": form,
        "page": page,
        "rows": [(one, *one.state(at.today())) for one in page],
        "sees_all": sees_all,
        "may_ask": _belongs(request, at),
    }
    return render(request, "accounts/exception_list.html", context)


def _at(request: Request, at: Organisation) -> QuerySet[ContactException]:
    found = ContactException.objects.visible_to(request.user).filter(organisation=at)
    return found.select_related("person", "decided_by", "ended_by")


def _narrowed(found: Any, filters: Mapping[str, Any], at: Organisation) -> Any:
    today = at.today()
    match filters.get("state"):
        case "waiting":
            found = found.waiting(today)
        case "in_force":
            found = found.in_force(today)
        case "refused":
            found = found.filter(decision=ContactException.Decision.REFUSED)
        case "over":
            found = found.over(today)
    if what := filters.get("what"):
        found = found.filter(what=what)
    if name := filters.get("q"):
        found = found.filter(person__name__icontains=name)
    return found


@require_http_methods(["GET", "POST"])
def exception_ask(request: Request, school: str) -> HttpResponse:
    """Ask for oneself."""
    at = school_of(request, school)
    if not _belongs(request, at):
        raise PermissionDenied
    form = AskForm(typed(request), initial={"starts_on": at.today()}, cancel=_list(at))
    if form.is_valid():
        try:
            asked = exceptions.ask(at, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The head has been asked. You are told what is decided.")
            return redirect(exceptions.page_of(asked))
    return render(request, "accounts/exception_ask.html", {"school": at, "form": form})


@require_http_methods(["GET", "POST"])
def exception_detail(request: Request, school: str, pk: int) -> HttpResponse:
    """What somebody asks for; for the leadership team, the decision."""
    at = school_of(request, school)
    asked = get_object_or_404(_at(request, at), pk=pk)
    decides = request.user.can(P.DECIDE_ACCOUNTS, at=at) and asked.person_id != request.user.pk
    if request.method == "POST" and not decides:
        raise PermissionDenied
    code, words = asked.state(at.today())
    form = DecideForm(typed(request), cancel=_list(at))
    if form.is_valid():
        try:
            exceptions.decide(asked, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, f"It is decided. {asked.person} is told.")
            return redirect(_list(at))
    context = {
        "school": at,
        "asked": asked,
        "status": code,
        "state": words,
        "form": form,
        "decides": decides and code == "waiting",
        "own": asked.person_id == request.user.pk,
        "may_end": code in ("waiting", "active", "upcoming")
        and (asked.person_id == request.user.pk or (decides and code != "waiting")),
    }
    return render(request, "accounts/exception_detail.html", context)


@require_POST
def exception_end(request: Request, school: str, pk: int) -> HttpResponse:
    """It is not needed any more, or not wanted."""
    at = school_of(request, school)
    asked = get_object_or_404(_at(request, at), pk=pk)
    try:
        exceptions.end(asked, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "It is over.")
    return redirect(_list(at))


def _belongs(request: Request, at: Organisation) -> bool:
    """Whether they have a post there: nobody asks at a school below their trust."""
    return any(post.organisation.pk == at.pk for post in request.user.posts)


def _list(at: Organisation) -> str:
    return reverse("accounts:exceptions", args=[at.slug])
