"""One account and the register on paper, and how everybody sees an account."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from accounts import listing, printing, public
from accounts.forms.register import RegisterFilterForm
from accounts.house_rules import for_audience
from accounts.views.account import get_account
from accounts.workflow import Status
from people.http import Request
from people.roles import Permission
from people.views.scope import school_where
from web.pdf import pdf_answer


@require_GET
def outside(request: Request, school: str, pk: int) -> HttpResponse:
    """What parents see of this account, and its papers."""
    account = get_account(request, school, pk)
    at = account.organisation
    one = public.shown(account)
    listed = one is not None and public.is_listed(one)
    context = {
        "school": at,
        "account": account,
        "one": one,
        "listed": listed,
        "takes_part": public.takes_part(at),
        "rules_shown": bool(one and listed and one.rules_address),
        "sections": for_audience(one) if one else [],
        "may_decide": request.user.can(Permission.DECIDE_ACCOUNTS, at=at),
        "has_rules": account.status != Status.UNAUTHORISED,
    }
    return render(request, "accounts/account_outside.html", context)


@require_GET
def card(request: Request, school: str, pk: int) -> HttpResponse:
    """The account on one page."""
    account = get_account(request, school, pk)
    made = printing.card_pdf(account, timezone.now())
    return pdf_answer(made, f"account-{slugify(account.name) or account.pk}.pdf")


@require_GET
def rules(request: Request, school: str, pk: int) -> HttpResponse:
    """The house rules as a sheet. An account nobody agreed to has none."""
    account = get_account(request, school, pk)
    if account.status == Status.UNAUTHORISED:
        raise Http404
    made = printing.rules_pdf(account)
    return pdf_answer(made, f"house-rules-{slugify(account.name) or account.pk}.pdf")


@require_GET
def register(request: Request, school: str) -> HttpResponse:
    """The register with the filter of the page, for a meeting or a file."""
    at = school_where(request, school, Permission.VIEW_ACCOUNTS)
    form, now = RegisterFilterForm(request.GET or None, place=at), timezone.now()
    filters = form.cleaned_data if form.is_valid() else {}
    accounts, flag = listing.accounts_at(at, request.user, filters), filters.get("flag", "")
    derived = listing.is_derived(flag)
    rows = listing.flagged(accounts, flag, now) if derived else listing.rows(accounts, now)
    made = printing.register_pdf(at, rows, printing.filter_in_words(form), now)
    return pdf_answer(made, f"accounts-{at.slug}-{at.today()}.pdf")
