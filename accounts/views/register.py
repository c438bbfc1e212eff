"""The register of a school's accounts: the list, its CSV, and entering one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts import listing
from accounts.forms.register import EnterForm, FoundForm, RegisterFilterForm
from accounts.models import SocialAccount
from accounts.services import register
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_of, school_where, typed
from web.csv import stream_csv
from web.errors import RuleBroken
from web.forms import refuse

P = Permission
PER_PAGE = 50


@require_GET
def account_list(request: Request, school: str) -> HttpResponse:
    """Every account this person may see there: all of them, or those they run."""
    at = school_of(request, school)
    form, found = _found(request, at)
    now = timezone.now()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = rows = _rows(list(page.object_list), now)
    context = {
        "school": at,
        "filters": form,
        "page": page,
        "rows": [(row, listing.next_in_words(row, now)) for row in rows],
        "filtered": form.is_bound,
        "query": request.GET.urlencode(),
        "is_trust": at.kind == Organisation.Kind.TRUST,
        "may_view": request.user.can(P.VIEW_ACCOUNTS, at=at),
        "may_enter": _enters(request, at, P.DECIDE_ACCOUNTS),
        "may_record": _enters(request, at, P.MANAGE_ACCOUNTS),
    }
    return render(request, "accounts/account_list.html", context)


def _found(request: Request, at: Organisation) -> tuple[RegisterFilterForm, list[Any]]:
    """The filters, and what fits them: ids of accounts, or rows for a flag worked out."""
    form = RegisterFilterForm(request.GET or None, place=at)
    filters = form.cleaned_data if form.is_valid() else {}
    accounts = listing.accounts_at(at, request.user, filters)
    flag = filters.get("flag", "")
    if listing.is_derived(flag):
        return form, listing.flagged(accounts, flag, timezone.now())
    # Ids alone: what a row says is asked of one page of them.
    return form, accounts


def _rows(found: list[Any], now: datetime) -> list[listing.Row]:
    if found and isinstance(found[0], listing.Row):
        return found
    return listing.rows(found, now)


def _enters(request: Request, at: Organisation, permission: Permission) -> bool:
    """Accounts belong to schools: a trust's people enter them at the school."""
    return request.user.can(permission, at=at)


@require_GET
def account_export(request: Request, school: str) -> StreamingHttpResponse:
    """The register, as filtered, for a spreadsheet (E12)."""
    at = school_where(request, school, P.VIEW_ACCOUNTS)
    _, found = _found(request, at)
    rows = _rows(found, timezone.now())
    return stream_csv(
        f"accounts-{at.slug}-{at.today()}.csv",
        listing.EXPORT_HEADER,
        listing.export_rows(rows),
    )


@require_http_methods(["GET", "POST"])
def account_enter(request: Request, school: str) -> HttpResponse:
    """Enter an account that is in use and was agreed to before."""
    at = school_where(request, school, P.DECIDE_ACCOUNTS)
    form = EnterForm(typed(request), cancel=_list(at), submit="Enter this account")
    return _entering(request, at, form, register.enter_existing, "accounts/account_enter.html")


@require_http_methods(["GET", "POST"])
def account_found(request: Request, school: str) -> HttpResponse:
    """Put an account on record that nobody agreed to."""
    at = school_where(request, school, P.MANAGE_ACCOUNTS)
    form = FoundForm(typed(request), cancel=_list(at))
    return _entering(request, at, form, register.record_found, "accounts/account_found.html")


def _entering(
    request: Request, at: Organisation, form: Any, enter: Any, template: str
) -> HttpResponse:
    if form.is_valid():
        try:
            account: SocialAccount = enter(at, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, f"“{account.name}” is on the register.")
            return redirect(account)
    return render(request, template, {"school": at, "form": form})


def _list(at: Organisation) -> str:
    return reverse("accounts:register", args=[at.slug])
