"""Looking accounts through: where each stands, doing it, and dealing with what was found."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts import check_listing
from accounts.check_questions import questions_of
from accounts.checks import LastCheck, check_due, checks_due, in_words, missed_checks
from accounts.dormant import asleep
from accounts.forms.checks import CheckForm, ChecksFilterForm, SettleForm
from accounts.models import AccountCheck, CheckFinding, SocialAccount
from accounts.services import checks
from accounts.views.account import get_account
from accounts.workflow import tends
from people.calendar import SchoolCalendar
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse

PER_PAGE = 12
ACCOUNTS_PER_PAGE = 50


@require_GET
def check_list(request: Request, school: str, pk: int) -> HttpResponse:
    """What is to be put right, whether a check is due, and every check there was."""
    account = get_account(request, school, pk)
    at, now = account.organisation, timezone.now()
    year, done = SchoolCalendar(at), _done(account)
    days = [one.done_on for one in done]
    due = checks_due([account], now, years={at.pk: year}, last=_last(account, days)).get(account.pk)
    context = {
        "school": at,
        "account": account,
        "due": due,
        "due_words": in_words(due, at.today()) if due else "",
        "overdue": due is not None and due.is_overdue(at.today()),
        "missed": missed_checks(account, year, days, now),
        "asleep": asleep([account], now, {at.pk: year}).get(account.pk),
        "findings": [one for check in done for one in check.findings.all() if one.is_open],
        "page": Paginator(done, PER_PAGE).get_page(request.GET.get("page")),
        "tends": tends(account, request.user),
        "sees_all": request.user.can(Permission.VIEW_ACCOUNTS, at=at),
    }
    return render(request, "accounts/check_list.html", context)


def _done(account: SocialAccount) -> list[AccountCheck]:
    """Every check it had, with what was found: six a year, so all are read at once."""
    findings = Prefetch("findings", CheckFinding.objects.select_related("dealt_with_by"))
    return list(account.checks.select_related("by").prefetch_related(findings))


def _last(account: SocialAccount, days: list[date]) -> dict[int, LastCheck]:
    return {account.pk: LastCheck(max(days))} if days else {}


@require_http_methods(["GET", "POST"])
def check_do(request: Request, school: str, pk: int) -> HttpResponse:
    """A handful of questions, on a phone, in two minutes."""
    account = _tended(request, school, pk)
    asked = questions_of(account.organisation)
    form = CheckForm(typed(request), asked=asked, cancel=_url(account))
    if form.is_valid():
        try:
            done = checks.do(account, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, f"Thank you. That is on record: {done.period}.")
            return redirect(_url(account))
    context = {
        "school": account.organisation,
        "account": account,
        "form": form,
        "due": check_due(account, timezone.now()),
        "rules": account.house_rules,
    }
    return render(request, "accounts/check_do.html", context)


@require_http_methods(["GET", "POST"])
def finding_settle(request: Request, school: str, pk: int, finding: int) -> HttpResponse:
    """What a check found was dealt with: say how."""
    account = _tended(request, school, pk)
    rows = CheckFinding.objects.visible_to(request.user).select_related(
        "check_done__account", "check_done__by", "dealt_with_by"
    )
    row = get_object_or_404(rows, check_done__account=account, pk=finding)
    form = SettleForm(typed(request), cancel=_url(account))
    if form.is_valid():
        try:
            checks.settle(row, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "It is on record as dealt with.")
            return redirect(_url(account))
    context = {"school": account.organisation, "account": account, "finding": row, "form": form}
    return render(request, "accounts/finding_settle.html", context)


@require_GET
def checks_at(request: Request, school: str) -> HttpResponse:
    """Every account of a school, or of a trust's schools: when it was last looked through."""
    at = school_where(request, school, Permission.VIEW_ACCOUNTS)
    form = ChecksFilterForm(request.GET or None, place=at)
    filters = form.cleaned_data if form.is_valid() else {}
    rows = check_listing.rows_at(at, request.user, filters, timezone.now())
    context = {
        "school": at,
        "filters": form,
        "page": Paginator(rows, ACCOUNTS_PER_PAGE).get_page(request.GET.get("page")),
        "is_trust": at.kind == Organisation.Kind.TRUST,
    }
    return render(request, "accounts/checks_at.html", context)


def _tended(request: Request, school: str, pk: int) -> SocialAccount:
    """The account, for those who run it and those who keep the register."""
    account = get_account(request, school, pk)
    if not tends(account, request.user):
        raise PermissionDenied
    return account


def _url(account: SocialAccount) -> str:
    return reverse("accounts:checks", args=[account.organisation.slug, account.pk])
