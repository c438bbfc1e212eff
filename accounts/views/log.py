"""The log of an account: reading it, writing on it, and putting an entry right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import logbook
from accounts.access import writes_log
from accounts.forms.log import LogFilterForm, LogForm
from accounts.incident_link import report_url
from accounts.log_kinds import KINDS
from accounts.models import LogEntry, SocialAccount
from accounts.services import log
from accounts.views.account import get_account
from accounts.workflow import Status
from people.http import Request
from people.views.scope import typed
from web.csv import stream_csv
from web.errors import RuleBroken
from web.forms import refuse

PER_PAGE = 25


@require_GET
def log_list(request: Request, school: str, pk: int) -> HttpResponse:
    """What was done on the account, the newest first."""
    account = get_account(request, school, pk)
    form, entries = _found(request, account)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "school": account.organisation,
        "account": account,
        "filters": form,
        "page": page,
        "entries": [(one, report_url(account.organisation.slug, one.pk)) for one in page],
        "query": request.GET.urlencode(),
        "writes": account.status != Status.CLOSED and writes_log(account, request.user),
    }
    return render(request, "accounts/log_list.html", context)


def _found(request: Request, account: SocialAccount) -> tuple[LogFilterForm, Any]:
    form = LogFilterForm(request.GET or None)
    filters = form.cleaned_data if form.is_valid() else {}
    return form, logbook.entries_of(account, request.user, filters)


@require_GET
def log_export(request: Request, school: str, pk: int) -> StreamingHttpResponse:
    """The log, as filtered, for a spreadsheet."""
    account = get_account(request, school, pk)
    _, entries = _found(request, account)
    name = f"log-{account.organisation.slug}-{account.pk}-{account.organisation.today()}.csv"
    return stream_csv(name, logbook.EXPORT_HEADER, logbook.export_rows(entries, account))


@require_GET
def log_choose(request: Request, school: str, pk: int) -> HttpResponse:
    """What is to be put on the log: one question, and then a short form."""
    account = _written_by(request, school, pk)
    context = {"school": account.organisation, "account": account, "kinds": KINDS.items()}
    return render(request, "accounts/log_choose.html", context)


@require_http_methods(["GET", "POST"])
def log_add(request: Request, school: str, pk: int, kind: str) -> HttpResponse:
    """Put something of one kind on the log."""
    account = _written_by(request, school, pk)
    if kind not in KINDS:
        raise Http404
    form = LogForm(
        typed(request), account=account, kind=kind, now=timezone.now(), cancel=_url(account)
    )
    if form.is_valid():
        try:
            log.add(account, by=request.user, kind=kind, said=form.cleaned_data["said"])
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "It is on the log.")
            return redirect(_url(account))
    return _form_page(request, account, form, KINDS[kind].title)


@require_http_methods(["GET", "POST"])
def log_correct(request: Request, school: str, pk: int, entry: int) -> HttpResponse:
    """Say again how it was. The first entry stays, and says that this one follows."""
    account = _written_by(request, school, pk)
    row = _entry(request, account, entry)
    form = LogForm(
        typed(request), account=account, kind=row.kind, now=timezone.now(), entry=row,
        cancel=_url(account),
    )  # fmt: skip
    if form.is_valid():
        try:
            log.correct(row, by=request.user, said=form.cleaned_data["said"])
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "It is put right. The first entry stays below it.")
            return redirect(_url(account))
    return _form_page(request, account, form, "Put an entry right", entry=row)


@require_POST
def log_strike(request: Request, school: str, pk: int, entry: int) -> HttpResponse:
    """It was entered by mistake."""
    account = _written_by(request, school, pk)
    row = _entry(request, account, entry)
    try:
        log.strike(row, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The log says now that it was a mistake.")
    return redirect(_url(account))


def _written_by(request: Request, school: str, pk: int) -> SocialAccount:
    """The account, for those who run it, keep the register or have it on a trip."""
    account = get_account(request, school, pk)
    if not writes_log(account, request.user):
        raise PermissionDenied
    return account


def _entry(request: Request, account: SocialAccount, pk: int) -> LogEntry:
    entries = LogEntry.objects.visible_to(request.user).select_related("words")
    return get_object_or_404(entries, account=account, pk=pk)


def _url(account: SocialAccount) -> str:
    return reverse("accounts:log", args=[account.organisation.slug, account.pk])


def _form_page(
    request: Request, account: SocialAccount, form: LogForm, title: str, **more: Any
) -> HttpResponse:
    context = {
        "school": account.organisation, "account": account, "form": form, "page_title": title,
        **more,
    }  # fmt: skip
    return render(request, "accounts/log_form.html", context)
