"""Your tasks, and the dashboards of a school and a trust."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from governance.progress import Figures
from incidents.office import concerns_of
from notices.duties import duties_of
from notices.health import delivery_is_delayed
from notices.tasklist import tasks
from overview.account_figures import account_figures
from overview.dashboards import school_dashboard, trust_dashboard
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where


@require_GET
def home(request: Request) -> HttpResponse:
    """What this person owes, most urgent first, and nothing else."""
    today = timezone.localdate()
    owed = tasks(duties_of(request.user, today), request.user, today)
    late = sum(task.days < 0 for task in owed)
    context = {
        "tasks": owed,
        "late": late,
        "mail_is_late": delivery_is_delayed(),
        **concerns_of(request.user),
    }
    return render(request, "overview/home.html", context)


@require_GET
def dashboard(request: Request, school: str) -> HttpResponse:
    """Figures for those who lead or govern; names only for those who may see who has signed."""
    place = school_where(request, school, Permission.VIEW_DASHBOARD)
    with_names = request.user.can(Permission.VIEW_SIGNATURES, at=place)
    context = {
        "school": place,
        "board": school_dashboard(place, with_names=with_names),
        "with_names": with_names,
        "may_manage": request.user.can(Permission.MANAGE_POLICIES, at=place),
        "handles": request.user.can(Permission.HANDLE_CASES, at=place),
        "accounts": account_figures(place),
        "may_view_accounts": request.user.can(Permission.VIEW_ACCOUNTS, at=place),
    }
    if place.kind == Organisation.Kind.TRUST:
        schools = trust_dashboard(place)
        context["schools"] = schools
        context["schools_total"] = sum((line.figures for line in schools), Figures())
    return render(request, "overview/dashboard.html", context)
