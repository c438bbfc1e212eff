"""What I was told, and how the school's mail fares."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notices import health, preferences, reports, services
from notices.forms import EVERY_DAY, DigestForm
from notices.models import Mail, Notice
from people.http import Request
from people.roles import Permission
from people.views.scope import school_where, typed
from web.errors import RuleBroken

NOTICES_PER_PAGE = 25


@require_GET
def notice_list(request: Request) -> HttpResponse:
    """Every notice sent to me, and why."""
    mine = Notice.objects.visible_to(request.user).select_related(
        "about", "mail", "organisation", "standing_in_for"
    )
    page = Paginator(mine, NOTICES_PER_PAGE).get_page(request.GET.get("page"))
    unread = any(notice.read_at is None for notice in page)
    return render(request, "notices/notice_list.html", {"page": page, "unread": unread})


@require_POST
def notices_read(request: Request) -> HttpResponse:
    services.mark_read(request.user)
    return redirect("notices:mine")


@require_http_methods(["GET", "POST"])
def reminders(request: Request) -> HttpResponse:
    """How often mail comes."""
    chosen = request.user.digest_day
    form = DigestForm(typed(request), initial={"day": EVERY_DAY if chosen is None else str(chosen)})
    if form.is_valid():
        preferences.choose_digest(request.user, day=form.cleaned_data["day"])
        messages.success(request, "Your choice is saved.")
        return redirect("notices:reminders")
    return render(request, "notices/reminders.html", {"form": form})


@require_GET
def delivery(request: Request, school: str) -> HttpResponse:
    """What failed, who cannot be reached, and whether the machinery is alive."""
    organisation = school_where(request, school, Permission.VIEW_DELIVERY)
    failed = reports.failed_at(organisation)
    context = {
        "school": organisation,
        "page": Paginator(failed, NOTICES_PER_PAGE).get_page(request.GET.get("page")),
        "waiting": reports.waiting_at(organisation),
        "unreachable": reports.unreachable_at(organisation),
        "heartbeat": health.heartbeat(),
    }
    return render(request, "notices/delivery_detail.html", context)


@require_POST
def mail_retry(request: Request, school: str, pk: int) -> HttpResponse:
    organisation = school_where(request, school, Permission.VIEW_DELIVERY)
    visible = Mail.objects.visible_to(request.user).filter(organisation=organisation)
    try:
        services.retry(get_object_or_404(visible, pk=pk), by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The mail will be sent again within a few minutes.")
    return redirect("notices:delivery", school=organisation.slug)
