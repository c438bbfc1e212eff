"""What I was told, and how the school's mail fares."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from notices import health, owed, reports, services
from notices.forms import NoticeFilterForm, OwedForm
from notices.models import Mail
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_of, school_where
from web.csv import stream_csv
from web.errors import RuleBroken

NOTICES_PER_PAGE = 25
OWED_PER_PAGE = 50


@require_GET
def notice_list(request: Request) -> HttpResponse:
    """Every notice sent to me, and why."""
    form = NoticeFilterForm(request.GET or None)
    mine = reports.told_to(request.user, form.cleaned_data if form.is_valid() else {})
    page = Paginator(mine, NOTICES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "filters": form,
        "unread": any(notice.read_at is None for notice in page),
        "no_mail": reports.why_no_mail(request.user),
        "next_mail": reports.next_mail(request.user),
    }
    return render(request, "notices/notice_list.html", context)


@require_POST
def notices_read(request: Request) -> HttpResponse:
    services.mark_read(request.user)
    return redirect("notices:mine")


@require_GET
def owed_list(request: Request, school: str) -> HttpResponse:
    """What is owed by whom. Whoever looks after mail only is shown the mail."""
    at = school_of(request, school)
    kinds = owed.kinds_seen_by(request.user, at)
    if not kinds or not request.user.can(Permission.VIEW_SIGNATURES, at=at):
        school_where(request, school, Permission.VIEW_DELIVERY)
        return redirect("notices:delivery", school=at.slug)
    form, found = _owed(request, at, kinds)
    context = {
        "school": at,
        "filters": form,
        "page": Paginator(found, OWED_PER_PAGE).get_page(request.GET.get("page")),
        "late": sum(one.days < 0 for one in found),
        "query": request.GET.urlencode(),
        "may_see_mail": request.user.can(Permission.VIEW_DELIVERY, at=at),
        "may_open": request.user.can(Permission.VIEW_PEOPLE, at=at),
    }
    return render(request, "notices/owed_list.html", context)


@require_GET
def owed_csv(request: Request, school: str) -> HttpResponseBase:
    """The same list, filtered the same way; safe to open in a spreadsheet."""
    at = school_where(request, school, Permission.VIEW_SIGNATURES)
    _, found = _owed(request, at, owed.kinds_seen_by(request.user, at))
    name = f"owed-{at.slug}-{at.today()}.csv"
    return stream_csv(name, owed.EXPORT_HEADER, owed.export_rows(found))


def _owed(
    request: Request, at: Organisation, kinds: dict[str, str]
) -> tuple[OwedForm, list[owed.Owed]]:
    first = next(iter(kinds))
    typed = request.GET if request.GET.keys() & OwedForm.base_fields.keys() else None
    form = OwedForm(
        typed, kinds=kinds, departments=owed.departments_at(at), initial={"kind": first}
    )
    filters = form.cleaned_data if form.is_valid() else {}
    return form, owed.owed_at(at, filters.get("kind") or first, filters)


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
        "may_see_owed": request.user.can(Permission.VIEW_SIGNATURES, at=organisation),
        "nav_path": reverse("notices:owed", args=[organisation.slug]),
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
