"""Importing a list of accounts: upload, columns, preview, confirm. Nothing is written before."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.account_import import (
    AccountColumnsForm,
    AccountConfirmForm,
    AccountUploadForm,
)
from accounts.importing.columns import problems
from accounts.importing.plan import Outcome, Plan
from accounts.models import AccountImport
from accounts.services import account_import
from people.http import Request
from people.importing.plan_changed import PlanChanged
from people.models import Organisation
from people.roles import Permission
from people.views.lists import kept, own_list
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse

ROWS_PER_PAGE = 100
Status = AccountImport.Status


@require_http_methods(["GET", "POST"])
def upload(request: Request, school: str) -> HttpResponse:
    """Choose a file."""
    at = school_where(request, school, Permission.DECIDE_ACCOUNTS)
    files = request.FILES if request.method == "POST" else None
    form = AccountUploadForm(typed(request), files, cancel=_register(at))
    if found := kept(form, partial(account_import.upload, at, by=request.user)):
        return redirect("accounts:import_columns", at.slug, found.pk)
    waiting = AccountImport.objects.visible_to(request.user).filter(organisation=at).waiting()
    context = {"school": at, "form": form, "waiting": waiting.first()}
    return render(request, "accounts/account_import_upload.html", context)


@require_http_methods(["GET", "POST"])
def choose(request: Request, school: str, pk: int) -> HttpResponse:
    """Correct which column is what."""
    at, found = _get(request, school, pk)
    if found.status != Status.PREVIEWED:
        return _over(request, at, found)
    form = AccountColumnsForm(typed(request), found=found, cancel=_register(at))
    if form.is_valid():
        try:
            account_import.choose_columns(found, form.mapping, by=request.user)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            return redirect(found)
    context = {"school": at, "form": form, "found": found}
    return render(request, "accounts/account_import_columns.html", context)


@require_GET
def preview(request: Request, school: str, pk: int) -> HttpResponse:
    """What the list would put on the register."""
    at, found = _get(request, school, pk)
    if found.status != Status.PREVIEWED:
        return _over(request, at, found)
    if problems(found.mapping, found.headings):
        return redirect("accounts:import_columns", at.slug, found.pk)
    plan = account_import.plan_of(found)
    return _show(request, at, found, plan, _form(plan))


@require_POST
def confirm(request: Request, school: str, pk: int) -> HttpResponse:
    """Write what the preview showed, but for the rows that were left out."""
    at, found = _get(request, school, pk)
    if found.status != Status.PREVIEWED:
        return _over(request, at, found)
    plan = account_import.plan_of(found)
    form = _form(plan, request.POST)
    if not form.is_valid():
        return redirect(found)  # the rows are others by now
    try:
        done = account_import.confirm(found, by=request.user, **form.cleaned_data)
    except PlanChanged as problem:
        messages.warning(request, str(problem))
        return redirect(found)
    except RuleBroken as problem:
        refuse(form, problem)
        return _show(request, at, found, plan, form, status=422)
    return _over(request, at, done)


@require_POST
def abandon(request: Request, school: str, pk: int) -> HttpResponse:
    """Forget the list."""
    at, found = _get(request, school, pk)
    if found.status == Status.PREVIEWED:
        account_import.abandon(found, by=request.user)
        messages.info(request, "The list is forgotten. Nothing was changed.")
    return redirect("accounts:register", at.slug)


def _register(at: Organisation) -> str:
    return reverse("accounts:register", args=[at.slug])


def _get(request: Request, slug: str, pk: int) -> tuple[Organisation, AccountImport]:
    lists = AccountImport.objects.visible_to(request.user)
    return own_list(request, slug, pk, lists, Permission.DECIDE_ACCOUNTS)


def _over(request: Request, at: Organisation, found: AccountImport) -> HttpResponse:
    if found.status == Status.DONE:
        counts = found.counts
        parts = [f"{counts.get('added', 0)} entered"]
        parts += [f"{n} on the register already" for n in [counts.get("unchanged", 0)] if n]
        parts += [f"{n} left out" for n in [counts.get("left_out", 0)] if n]
        messages.success(request, f"The list is imported: {', '.join(parts)}.")
    else:
        messages.info(request, "This upload is over: nothing of it was kept. Choose it again.")
    return redirect("accounts:register", at.slug)


def _form(plan: Plan, data: Any = None) -> AccountConfirmForm:
    new = [row.number for row in plan.of(Outcome.ADDED)]
    return AccountConfirmForm(data, rows=new, initial={"digest": plan.digest})


def _show(
    request: Request,
    at: Organisation,
    found: AccountImport,
    plan: Plan,
    form: AccountConfirmForm,
    status: int = 200,
) -> HttpResponse:
    counts = plan.counts
    context = {
        "school": at,
        "found": found,
        "form": form,
        "counts": counts,
        "new": plan.of(Outcome.ADDED),  # in full: each can be left out
        "left": set(request.POST.getlist("leave_out")),
        "refused": Paginator(plan.of(Outcome.ERROR), ROWS_PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "known": plan.of(Outcome.UNCHANGED),
    }
    return render(request, "accounts/account_import_preview.html", context, status=status)
