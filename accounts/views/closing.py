"""Closing an account cleanly: why, step by step, and the day it was gone."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.closing import BeginClosingForm, ClosingForm
from accounts.services import life
from accounts.views.account import get_account
from accounts.workflow import ACCOUNT, Action, Status
from people.http import Request
from people.roles import Permission
from people.views.scope import typed
from web.acting import pressed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]


@require_http_methods(FORM_METHODS)
def begin(request: Request, school: str, pk: int) -> HttpResponse:
    """Say why. From then on nobody posts there."""
    account = get_account(request, school, pk)
    if not ACCOUNT.allowed(Action.BEGIN_CLOSING, account, request.user):
        raise PermissionDenied
    form = BeginClosingForm(typed(request), cancel=account.get_absolute_url())
    if form.is_valid():
        try:
            account = life.begin_closing(account, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "Now enter each step on the day it is done.")
            return redirect(account)
    context = {
        "school": account.organisation,
        "account": account,
        "form": form,
        "page_title": "Close this account",
    }
    return render(request, "accounts/account_form.html", context)


@require_http_methods(FORM_METHODS)
def steps(request: Request, school: str, pk: int) -> HttpResponse:
    """The steps of closing, each with its day."""
    account = get_account(request, school, pk)
    if not request.user.can(Permission.MANAGE_ACCOUNTS, at=account.organisation):
        raise PermissionDenied
    form = ClosingForm(typed(request), account=account, cancel=account.get_absolute_url())
    if form.is_valid():
        try:
            with transaction.atomic():
                for step, on in form.cleaned_data.items():
                    if on is not None and on != getattr(account, step):
                        account = life.note_closing_step(account, step=step, on=on, by=request.user)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "Saved.")
            return redirect(account)
    context = {
        "school": account.organisation,
        "account": account,
        "form": form,
        "page_title": "Steps of closing",
    }
    return render(request, "accounts/account_form.html", context)


@require_POST
def close(request: Request, school: str, pk: int) -> HttpResponse:
    """It is gone. Says all that is missing where it is not."""
    account = get_account(request, school, pk)
    if account.status == Status.CLOSED:
        return redirect(account)
    said = f"“{account.name}” is closed. Its entry stays on the register."
    return pressed(request, lambda: life.close(account, by=request.user), said, account)
