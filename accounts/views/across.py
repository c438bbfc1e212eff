"""A trust's schools and their accounts, school by school."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import across
from accounts.forms.across import AcrossFilterForm
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where
from web.csv import stream_csv

PER_PAGE = 50


@require_GET
def schools(request: Request, school: str) -> HttpResponse:
    """How many accounts each school has, how many are in order, and what the others lack."""
    at, form, found = _found(request, school)
    context = {
        "school": at,
        "filters": form,
        "filtered": form.is_bound,
        "total": across.total(found),
        "columns": across.COLUMNS,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "query": request.GET.urlencode(),
    }
    return render(request, "accounts/account_schools.html", context)


@require_GET
def schools_csv(request: Request, school: str) -> HttpResponseBase:
    """The same for a spreadsheet."""
    at, _, found = _found(request, school)
    name = f"accounts-by-school-{at.slug}-{at.today()}.csv"
    return stream_csv(name, across.EXPORT_HEADER, across.export_rows(found))


def _found(
    request: Request, school: str
) -> tuple[Organisation, AcrossFilterForm, list[across.SchoolLine]]:
    at = school_where(request, school, Permission.VIEW_ACCOUNTS)
    form = AcrossFilterForm(request.GET or None)
    filters: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    return at, form, across.lines(at, request.user, filters, timezone.now())
