"""The page a runner opens before a post: on a phone, or printed beside the camera."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.before_posting import before_posting
from accounts.hours import is_outside
from accounts.views.account import get_account
from accounts.workflow import RUNNING, tends
from people.http import Request


@require_GET
def checklist(request: Request, school: str, pk: int) -> HttpResponse:
    """What is ticked here is kept nowhere."""
    account = get_account(request, school, pk)
    at, now = account.organisation, timezone.now()
    context = {
        "school": at,
        "account": account,
        "sections": before_posting(account),
        "now": now,
        "outside": is_outside(account.house_rules, now, at.zone),
        "in_use": account.status in RUNNING,
        "tends": tends(account, request.user),
    }
    return render(request, "accounts/before_posting.html", context)
