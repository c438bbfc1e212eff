"""The review calendar, one policy's reviews, and what is said about a draft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from governance import review_calendar
from governance.forms.reviews import CalendarFilter, OpenReviewForm
from governance.forms.writing import ReasonForm
from governance.models import Policy, Review
from governance.responsible import heads_of
from governance.review_calendar import Filter, Line
from governance.services import reviewing
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where
from web.csv import stream_csv
from web.errors import RuleBroken
from web.forms import refuse

PER_PAGE = 50


def _lines(request: Request, place: Organisation) -> tuple[list[Line], list[Line], CalendarFilter]:
    """Everything that counts there, what was asked for of it, and the questions."""
    lines = review_calendar.lines_at(place, request.user)
    form = CalendarFilter(request.GET or None, lines=lines, today=place.today())
    if not form.is_valid():
        return lines, lines, form
    wanted = Filter(**form.cleaned_data)
    return lines, [line for line in lines if wanted.matches(line)], form


@require_GET
def reviews(request: Request, school: str) -> HttpResponse:
    """What is overdue, under review, and due in the coming months; for a trust in all schools."""
    place = school_where(request, school, Permission.VIEW_DRAFTS)
    lines, found, form = _lines(request, place)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    seen = review_calendar.owners_seen(lines, place, request.user)
    shown = [
        replace(line, href=review_calendar.address_of(line, request.user, seen)) for line in page
    ]
    context = {
        "school": place,
        "nav_path": reverse("governance:manage", args=[place.slug]),
        "form": form,
        "page": page,
        "sections": list(review_calendar.sections(shown)),
        "months": review_calendar.months(lines, place.today()),
        "overdue": sum(line.is_overdue for line in lines),
        "open": sum(line.is_open for line in lines),
        "several_owners": len({line.owner_id for line in lines}) > 1,
    }
    return render(request, "governance/review_calendar.html", context)


@require_GET
def reviews_csv(request: Request, school: str) -> HttpResponseBase:
    """The same list, narrowed the same way."""
    place = school_where(request, school, Permission.VIEW_DRAFTS)
    _, found, _ = _lines(request, place)
    header = [
        "Policy",
        "Owner",
        "Committee",
        "Author",
        "Next review",
        "State",
        "Under review since",
    ]
    header += ["Why", "To be finished by"]
    filename = f"reviews-{place.slug}-{place.today().isoformat()}.csv"
    return stream_csv(filename, header, _rows(found))


def _rows(lines: list[Line]) -> Iterator[list[str]]:
    for line in lines:
        yield [
            line.title,
            line.owner,
            line.committee,
            line.author,
            line.review_due_on.isoformat() if line.review_due_on else "",
            line.state,
            line.opened_on.isoformat() if line.opened_on else "",
            line.why,
            line.finish_by.isoformat() if line.finish_by else "",
        ]


def _get_policy(request: Request, pk: int) -> Policy:
    """A policy they may see (else 404), whose drafts they see or whose author they are (403)."""
    policies = Policy.objects.visible_to(request.user).select_related(
        "owner__parent", "current", "author"
    )
    policy = get_object_or_404(policies, pk=pk)
    sees = request.user.can(Permission.VIEW_DRAFTS, at=policy.owner)
    if not sees and policy.author_id != request.user.pk:
        raise PermissionDenied
    return policy


@require_GET
def review(request: Request, pk: int) -> HttpResponse:
    """How far one policy's review is, what can be done now, and every review before it."""
    policy = _get_policy(request, pk)
    rows = list(policy.reviews.select_related("opened_by", "closed_by"))
    may_manage = request.user.can(Permission.MANAGE_POLICIES, at=policy.owner)
    today = policy.owner.today()
    context = {
        "policy": policy,
        "school": policy.owner,
        "nav_path": reverse("governance:manage", args=[policy.owner.slug]),
        "open": next((one for one in rows if one.is_open), None),
        "closed": [one for one in rows if not one.is_open],
        "overdue": bool(policy.review_due_on and policy.review_due_on < today),
        "today": today,
        "draft": policy.versions.open().defer("body").first() if may_manage else None,
        "may_manage": may_manage,
        "may_open": request.user.can(Permission.VIEW_DRAFTS, at=policy.owner),
        "heads": [] if may_manage else heads_of(policy.owner),
    }
    return render(request, "governance/review_detail.html", context)


@require_http_methods(["GET", "POST"])
def review_open(request: Request, pk: int) -> HttpResponse:
    """Ask for a review on any day, with what calls for it."""
    policy = _get_policy(request, pk)
    if not request.user.can(Permission.VIEW_DRAFTS, at=policy.owner):
        raise PermissionDenied
    form = OpenReviewForm(request.POST or None, policy=policy, today=policy.owner.today())
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.open_review(policy, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The review is open. The author finds it among their tasks.")
            return redirect("governance:review", policy.pk)
    lead = "The policy stays in force. Readers see that it is under review."
    return _form_page(request, policy, form, "Open a review", lead)


@require_http_methods(["GET", "POST"])
def review_cancel(request: Request, pk: int) -> HttpResponse:
    """Close a review that is not needed after all."""
    found = get_object_or_404(
        Review.objects.visible_to(request.user).select_related("policy__owner__parent"), pk=pk
    )
    policy = found.policy
    if not request.user.can(Permission.MANAGE_POLICIES, at=policy.owner):
        raise PermissionDenied
    form = ReasonForm(
        request.POST or None,
        label="Why is the review not needed?",
        submit="Cancel the review",
        tone="danger",
        cancel=reverse("governance:review", args=[policy.pk]),
    )
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.cancel(found, by=request.user, note=form.cleaned_data["reason"])
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The review has been cancelled. It stays on record.")
            return redirect("governance:review", policy.pk)
    lead = "The date of the next review stays as it is."
    return _form_page(request, policy, form, "Cancel the review", lead)


def _form_page(
    request: Request, policy: Policy, form: Any, heading: str, lead: str
) -> HttpResponse:
    context = {
        "policy": policy,
        "school": policy.owner,
        "nav_path": reverse("governance:manage", args=[policy.owner.slug]),
        "form": form,
        "heading": heading,
        "lead": lead,
    }
    return render(request, "governance/review_form.html", context)
