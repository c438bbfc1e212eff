"""Changing the password of an account: one runner says so, another tries it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.forms.running import ChangedForm, ConfirmForm
from accounts.models import Rotation
from accounts.services import rotations
from accounts.views.account import get_account
from people.http import Request
from people.roles import Permission
from people.views.scope import typed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]


@require_http_methods(FORM_METHODS)
def changed(request: Request, school: str, pk: int) -> HttpResponse:
    """When it was changed and where it is kept; never the password."""
    account = get_account(request, school, pk)
    if not account.is_run_by(request.user):
        raise PermissionDenied
    form = ChangedForm(
        typed(request), account=account, now=timezone.now(), cancel=account.get_absolute_url()
    )
    if form.is_valid():
        try:
            rotations.attest(account, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "It is on record. Another runner has to try it now.")
            return redirect(account)
    context = {"school": account.organisation, "account": account, "form": form}
    return render(request, "accounts/password_changed.html", context)


@require_http_methods(FORM_METHODS)
def confirm(request: Request, school: str, pk: int, rotation: int) -> HttpResponse:
    """Another runner has signed in with it; without one, the leadership team is the witness."""
    account = get_account(request, school, pk)
    rows = Rotation.objects.visible_to(request.user).select_related("attested_by")
    row = get_object_or_404(rows, account=account, pk=rotation)
    runs_it = account.is_run_by(request.user)
    if not (runs_it or request.user.can(Permission.DECIDE_ACCOUNTS, at=account.organisation)):
        raise PermissionDenied
    form = ConfirmForm(typed(request), witness=not runs_it, cancel=account.get_absolute_url())
    if form.is_valid():
        try:
            rotations.verify(row, by=request.user)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "Confirmed. Thank you.")
            return redirect(account)
    context = {"school": account.organisation, "account": account, "rotation": row, "form": form}
    return render(request, "accounts/password_confirm.html", context)
