"""What is kept of concerns, until when and why."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from incidents.kept import schedule
from people.http import Request
from people.roles import Permission
from people.views.scope import school_where


@require_GET
def retention(request: Request, school: str) -> HttpResponse:
    """The schedule, for whoever handles cases. It is the same whether there are any."""
    at = school_where(request, school, Permission.HANDLE_CASES)
    context = {
        "school": at,
        "schedule": schedule(at),
        "may_set": request.user.can(Permission.MANAGE_SCHOOL, at=at),
    }
    return render(request, "incidents/retention_schedule.html", context)
