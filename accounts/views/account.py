"""One account: what stands on the register, who runs it, and pausing it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.checks import last_checks
from accounts.dormant import asleep
from accounts.fitness import running_among
from accounts.forms.register import AddressForm, DetailsForm, HouseRulesForm
from accounts.forms.running import RunnerEndForm, RunnerForm, SuspendForm
from accounts.history import events_of
from accounts.history import in_words as lines_in_words
from accounts.listing import in_words
from accounts.models import HouseRules, Runner, SocialAccount
from accounts.page_facts import page_changes, page_facts, page_runners
from accounts.rotation import needs_from
from accounts.rotation_facts import Facts
from accounts.services import life, register, runners
from accounts.services.register import DETAILS
from accounts.workflow import ACCOUNT, PAUSED, Action, Status, tends
from people.calendar.rows import calendar_of
from people.http import Request
from people.models import Organisation, User
from people.models.membership import Membership
from people.roles import Permission
from people.views.scope import school_of, typed
from web.errors import RuleBroken
from web.forms import refuse

P = Permission
FORM_METHODS = ["GET", "POST"]
OFF_THE_PAGE = "They are off the public page until the leadership team shows them there again."
LINES_PER_PAGE = 50
RUNNERS_SHOWN = 100


@require_GET
def account_detail(request: Request, school: str, pk: int) -> HttpResponse:
    """Who runs it, is each fit to, the next change of its password, last check, state (E13)."""
    now = timezone.now()
    at, account = _with_facts(request, school, pk, now)
    today = at.today()
    rows = page_runners(account_id=account.pk, organisation_id=at.pk, on=today)
    year = calendar_of(at, account)
    actions = ACCOUNT.actions_for(account, request.user)
    running = running_among(account, rows, {row.person_id for row in rows if row.is_here}, today)
    needs = needs_from(account, Facts.of(account), year, now)
    context = {
        "school": at,
        "account": account,
        "running": running,
        "coming": [row for row in rows if row.starts_on > today],
        "ended": [row for row in rows if row.ends_on is not None and row.ends_on < today],
        "needs": [(need, in_words(need, account, now)) for need in needs],
        "changes": page_changes(account_id=account.pk),
        "asleep": asleep([account], now, {at.pk: year}).get(account.pk),
        "last_check": last_checks([account]).get(account.pk),
        "rules": account.house_rules,
        "least": int(at.setting("accounts.least_runners")),
        "manages": request.user.can(P.MANAGE_ACCOUNTS, at=at) and account.status != Status.CLOSED,
        "runs_it": any(one.runner.person_id == request.user.pk for one in running),
        "may_view": request.user.can(P.VIEW_ACCOUNTS, at=at),
        "may_suspend": Action.SUSPEND in actions,
        "may_begin_closing": Action.BEGIN_CLOSING in actions,
        "missing": ACCOUNT.problems(Action.CLOSE, account, request.user),
        "may_close": Action.CLOSE in actions,
        "may_reinstate": account.status in PAUSED and request.user.can(P.DECIDE_ACCOUNTS, at=at),
    }
    return render(request, "accounts/account_detail.html", context)


def _accounts(request: Request) -> QuerySet[SocialAccount]:
    return SocialAccount.objects.visible_to(request.user).select_related(
        "organisation__parent", "notified_to", "suspended_by", "house_rules"
    )


def get_account(request: Request, school: str, pk: int) -> SocialAccount:
    """The account, or 404 for whoever may not see it."""
    at = school_of(request, school)
    return get_object_or_404(_accounts(request), organisation=at, pk=pk)


def _with_facts(request: Request, school: str, pk: int, now: datetime) -> tuple[Organisation, Any]:
    """The account with all that decides what its password needs, in one query.

    One more for whoever does not see every account there.
    """
    at = school_of(request, school)
    if not request.user.can(P.VIEW_ACCOUNTS, at=at):
        get_object_or_404(SocialAccount.objects.visible_to(request.user), organisation=at, pk=pk)
    found = page_facts(account_id=pk, organisation_id=at.pk, at=now, on=at.today())
    if not found:
        raise Http404
    return found[0].organisation, found[0]


@require_GET
def account_history(request: Request, school: str, pk: int) -> HttpResponse:
    """What happened to it, who ran it, and the terms in which its password was not changed (E9)."""
    account = get_account(request, school, pk)
    at = account.organisation
    rows = account.runners.select_related("person", "access_removed_by")
    runners = list(rows.order_by("-starts_on", "-pk")[:RUNNERS_SHOWN])
    context: dict[str, Any] = {
        "school": at,
        "account": account,
        "runners": runners,
        "missed": account.missed.all(),
        "today": at.today(),
    }
    # The record of a school is for whoever keeps or oversees its register.
    if request.user.can(P.VIEW_ACCOUNTS, at=at):
        page = Paginator(events_of(account), LINES_PER_PAGE).get_page(request.GET.get("page"))
        names = {row.person_id: row.person.name for row in runners}
        context |= {"page": page, "lines": lines_in_words(page, names)}
    return render(request, "accounts/account_history.html", context)


def _managed(request: Request, school: str, pk: int) -> SocialAccount:
    account = get_account(request, school, pk)
    if not request.user.can(P.MANAGE_ACCOUNTS, at=account.organisation):
        raise PermissionDenied
    return account


@require_http_methods(FORM_METHODS)
def account_change(request: Request, school: str, pk: int) -> HttpResponse:
    account = _managed(request, school, pk)
    now = {name: getattr(account, name) for name in DETAILS}
    form = DetailsForm(typed(request), initial=now, cancel=account.get_absolute_url())
    if form.is_valid():
        try:
            register.change(account, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The register is up to date.")
            return redirect(account)
    return _page(request, account, form, "Change what the register says")


@require_http_methods(FORM_METHODS)
def account_address(request: Request, school: str, pk: int) -> HttpResponse:
    account = _managed(request, school, pk)
    form = AddressForm(
        typed(request), initial={"address": account.url}, cancel=account.get_absolute_url()
    )
    if form.is_valid():
        try:
            account = register.set_address(account, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, f"The address is {account.url}")
            return redirect(account)
    return _page(request, account, form, "Change the address")


@require_http_methods(FORM_METHODS)
def house_rules(request: Request, school: str, pk: int) -> HttpResponse:
    account = get_account(request, school, pk)
    at = account.organisation
    if not tends(account, request.user):
        raise PermissionDenied
    rules = HouseRules.objects.get(account=account)
    was_public = rules.is_public
    form = HouseRulesForm(
        typed(request),
        instance=rules,
        cancel=account.get_absolute_url(),
        may_publish=request.user.can(P.DECIDE_ACCOUNTS, at=at),
    )
    if form.is_valid():
        try:
            saved = register.set_house_rules(account, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The house rules are saved.")
            if was_public and not saved.is_public:
                messages.info(request, OFF_THE_PAGE)
            return redirect(account)
    return _page(request, account, form, "House rules")


@require_http_methods(FORM_METHODS)
def runner_add(request: Request, school: str, pk: int) -> HttpResponse:
    account = _managed(request, school, pk)
    at = account.organisation
    posts = Membership.objects.active(at.today()).filter(organisation=at)
    runs = account.runners.filter(ends_on=None).values("person")
    people = User.objects.filter(pk__in=posts.values("person")).exclude(pk__in=runs)
    form = RunnerForm(
        typed(request),
        people=people.order_by("sort_name", "name"),
        today=at.today(),
        cancel=account.get_absolute_url(),
    )
    if form.is_valid():
        try:
            runner = runners.add(account, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, f"{runner.person} runs “{account.name}”.")
            return redirect(account)
    return _page(request, account, form, "Add a runner")


@require_http_methods(FORM_METHODS)
def runner_end(request: Request, school: str, pk: int, runner: int) -> HttpResponse:
    account = get_account(request, school, pk)
    row = get_object_or_404(Runner.objects.visible_to(request.user), account=account, pk=runner)
    is_own = row.person_id == request.user.pk
    if not (is_own or request.user.can(P.MANAGE_ACCOUNTS, at=account.organisation)):
        raise PermissionDenied
    form = RunnerEndForm(
        typed(request), today=account.organisation.today(), cancel=account.get_absolute_url()
    )
    if form.is_valid():
        try:
            runners.end(row, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, f"The last day of {row.person} is entered.")
            return redirect(account if not is_own else "overview:home")
    return _page(request, account, form, f"{row.person} stops running it", runner=row)


@require_POST
def runner_access(request: Request, school: str, pk: int, runner: int) -> HttpResponse:
    """Confirm that somebody who ran it has no access any more."""
    account = get_account(request, school, pk)
    row = get_object_or_404(Runner.objects.visible_to(request.user), account=account, pk=runner)
    try:
        runners.remove_access(row, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"The access of {row.person} is on record as removed.")
    return redirect(account)


@require_http_methods(FORM_METHODS)
def account_suspend(request: Request, school: str, pk: int) -> HttpResponse:
    """Two clicks: why, and done."""
    account = get_account(request, school, pk)
    if not ACCOUNT.allowed(Action.SUSPEND, account, request.user):
        raise PermissionDenied
    form = SuspendForm(typed(request), cancel=account.get_absolute_url())
    if form.is_valid():
        try:
            life.suspend(account, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "It is suspended. The head and the DSL have been told.")
            return redirect(account)
    return _page(request, account, form, "Suspend this account")


@require_http_methods(FORM_METHODS)
def account_reinstate(request: Request, school: str, pk: int) -> HttpResponse:
    """What stands in the way is said before anybody tries."""
    account = get_account(request, school, pk)
    if not request.user.can(P.DECIDE_ACCOUNTS, at=account.organisation):
        raise PermissionDenied
    action = Action.RESUME if account.paused_from == Status.LIVE else Action.RESUME_PILOT
    if request.method == "POST":
        try:
            life.reinstate(account, by=request.user)
        except RuleBroken as problem:
            for reason in problem.reasons:
                messages.error(request, reason)
        else:
            messages.success(request, f"“{account.name}” is in use again.")
        return redirect(account)
    problems = ACCOUNT.problems(action, account, request.user)
    if account.status not in PAUSED:
        problems = [f"It is not paused: it is {account.get_status_display().lower()}."]
    context = {"school": account.organisation, "account": account, "problems": problems}
    return render(request, "accounts/account_reinstate.html", context)


def _page(
    request: Request, account: SocialAccount, form: Any, title: str, **more: Any
) -> HttpResponse:
    context = {
        "school": account.organisation, "account": account, "form": form, "page_title": title,
        **more,
    }  # fmt: skip
    return render(request, "accounts/account_form.html", context)
