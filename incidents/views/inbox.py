"""The inbox: what waits for whoever handles concerns at a school or a trust."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from incidents import listing
from incidents.forms.triage import InboxFilterForm
from incidents.ticking import clocks_have_stopped
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where


@require_GET
def inbox(request: Request, school: str) -> HttpResponse:
    """Age and clock, kind, seriousness, owner and state of each case that this person sees."""
    at = school_where(request, school, Permission.HANDLE_CASES)
    form = InboxFilterForm(request.GET or None)
    filters = form.filters(request.user)
    page = listing.inbox(at, request.user, filters, number_of(request))
    context = {
        "school": at,
        "filters": form,
        "filtered": form.is_bound and any(request.GET.values()),
        "page": page,
        "is_trust": at.kind == Organisation.Kind.TRUST,
        "clocks_stopped": clocks_have_stopped(),
        "answers_requests": request.user.can(Permission.ANSWER_REQUESTS, at=at),
        "keeps_routes": request.user.can(Permission.MANAGE_SCHOOL, at=at),
    }
    return render(request, "incidents/inbox.html", context)


def number_of(request: Request) -> int:
    """The page that was asked for; the first where it is none."""
    given = request.GET.get("page", "")
    return min(int(given), 10_000) if given.isascii() and given.isdigit() else 1


@require_GET
def first_inbox(request: Request) -> HttpResponse:
    """The inbox of the first place where this person handles concerns; else their tasks."""
    for post in request.user.posts:
        if request.user.can(Permission.HANDLE_CASES, at=post.organisation):
            return redirect("incidents:inbox", post.organisation.slug)
    return redirect("overview:home")
