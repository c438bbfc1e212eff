"""What follows from a case elsewhere: a policy review, its account, training. One click each."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from accounts.services import urgent_change
from accounts.workflow import ACCOUNT, Action
from governance.models import Policy
from incidents.models import Case
from incidents.services import elsewhere as service
from incidents.views.acting import page_of, to, worked_on
from people.http import Request
from people.roles import Permission
from web.acting import pressed

# What can be asked for with one press, and what is said then.
SAID = {
    "review": "A review of the policy is open.",
    "password": "The account’s runners have been told to change its password now.",
    "suspend": "Nobody posts there until the leadership team says so.",
    "training": "It is in the list of actions.",
}


@require_GET
@worked_on
def elsewhere(request: Request, case: Case) -> HttpResponse:
    """Only what this person may ask for."""
    account, user = case.account, request.user
    context = page_of(
        case,
        policies=_policies(request, case),
        account=account,
        may_change=account is not None and urgent_change.may_ask(account, user),
        may_suspend=account is not None and Action.SUSPEND in ACCOUNT.actions_for(account, user),
        is_named=service.is_named(case),
    )
    return render(request, "incidents/case_elsewhere.html", context)


def _policies(request: Request, case: Case) -> Any:
    """Policies in force of the school and its trust that this person may have reviewed."""
    user = request.user
    places = [
        place for place in (case.organisation, case.organisation.parent)
        if place is not None and user.can(Permission.VIEW_DRAFTS, at=place)
    ]  # fmt: skip
    found = Policy.objects.visible_to(user).filter(owner__in=places, current__isnull=False)
    return found.order_by("title")


@require_POST
@worked_on
def ask_elsewhere(request: Request, case: Case, what: str) -> HttpResponse:
    """One press, one service."""
    by = request.user
    deeds = {
        "review": lambda: service.review_policy(case, by=by, policy=_policy(request, case)),
        "password": lambda: service.change_password(case, by=by),
        "suspend": lambda: service.suspend_account(case, by=by),
        "training": lambda: service.note_training(case, by=by),
    }
    if what not in deeds:
        raise Http404
    return pressed(request, deeds[what], said=SAID[what], to=to(case, "elsewhere"))


def _policy(request: Request, case: Case) -> Policy:
    chosen = request.POST.get("policy", "")
    found = _policies(request, case).filter(pk=chosen).first() if chosen.isdecimal() else None
    if found is None:
        if not _policies(request, case).exists():
            raise PermissionDenied
        raise Http404
    return found  # type: ignore[no-any-return]
