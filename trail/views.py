from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_GET

from trail.forms import RecordFilter
from trail.models import AuditEvent, AuditEventQuerySet
from trail.permissions import VIEW_TRAIL
from trail.scopes import organisation_for, require_object, require_record
from trail.words import target_words

if TYPE_CHECKING:
    from people.http import Request

PER_PAGE = 50


@require_GET
def school_record(request: Request, school: str) -> HttpResponse:
    """The whole record of a trust or school, newest line first."""
    organisation = organisation_for(request.user, school)
    require_record(request.user, organisation)
    form = RecordFilter(request.GET or None, school=organisation)
    events = form.narrow(AuditEvent.objects.filter(organisation=organisation))
    context = {"form": form, "page": _page(request, events), "school": organisation}
    return render(request, "trail/record_school.html", context)


@require_GET
def object_record(request: Request, school: str, target_type: str, target_id: int) -> HttpResponse:
    """The lines about one row, for whoever may read them."""
    organisation = organisation_for(request.user, school)
    require_object(request.user, organisation, target_type, target_id)
    events = AuditEvent.objects.filter(organisation=organisation).about(target_type, target_id)
    page = _page(request, events)
    if not page.paginator.count:
        raise Http404
    context = {
        "page": page,
        "school": organisation,
        "title": capfirst(target_words(page[0])),
        "whole": reverse("trail:school", args=[organisation.slug])
        if request.user.can(VIEW_TRAIL, at=organisation)
        else "",
    }
    return render(request, "trail/record_object.html", context)


def _page(request: Request, events: AuditEventQuerySet) -> Page[AuditEvent]:
    newest = events.select_related("actor").order_by("-number")
    return Paginator(newest, PER_PAGE).get_page(request.GET.get("page"))
