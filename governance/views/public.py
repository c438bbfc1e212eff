"""What anybody may read of a school, without signing in (D17)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from governance import printing, public
from governance.guidance import shown_at
from governance.models import Policy, PolicyVersion
from governance.reading import replaced_by
from people.models import Organisation
from web.pdf import pdf_answer
from web.public import for_everybody

PER_PAGE = 100


def place_or_404(slug: str) -> Organisation:
    place = public.place_of(slug)
    if place is None:
        raise Http404
    return place


def draw(request: HttpRequest, template: str, place: Organisation, **context: Any) -> HttpResponse:
    """A public page. On paper it says where what counts is found: here, or at `counts`."""
    context |= {
        "school": place,
        "contact": place.setting("public.contact"),
        "today": place.today(),
        "portal_name": settings.PORTAL_NAME,
    }
    context["address"] = f"{settings.SITE_URL}{context.get('counts', request.path)}"
    return render(request, template, context)


@for_everybody
def policies(request: HttpRequest, school: str) -> HttpResponseBase:
    """The school's public page: its policies and those of its trust."""
    place = place_or_404(school)
    page = Paginator(public.in_force_at(place), PER_PAGE).get_page(request.GET.get("page"))
    guidance, cards = shown_at(place), public.cards_of(place)
    if guidance is None and not page.object_list and not cards:
        raise Http404
    context = {"page": page, "guidance": guidance, "cards": cards}
    return draw(request, "governance/public_school.html", place, **context)


def _get_policy(place: Organisation, pk: int) -> Policy:
    """A policy that anybody may read there and that has been published."""
    found = public.policies_of(place).filter(versions__status="published").distinct()
    return get_object_or_404(found.select_related("owner"), pk=pk)


@for_everybody
def policy(request: HttpRequest, school: str, pk: int) -> HttpResponseBase:
    """A policy in force, with that school's appendix; or that it has been withdrawn."""
    place = place_or_404(school)
    found = _get_policy(place, pk)
    if found.parent_id is not None:
        return redirect("governance:public_policy", place.slug, found.parent_id)
    if found.current_id is None:
        return _withdrawn(request, place, found)
    texts = public.texts_of(found, place)
    context = {
        "policy": found,
        "version": texts[0].version,
        "texts": texts,
        "outline": [heading for text in texts for heading in text.headings],
        "related": public.related_to(found, place),
        "versions": public.earlier_versions([text.policy for text in texts]),
    }
    return draw(request, "governance/public_policy.html", place, **context)


@for_everybody
def policy_pdf(request: HttpRequest, school: str, pk: int) -> HttpResponseBase:
    """The same as a PDF, with the code by which a printed copy can be checked."""
    place = place_or_404(school)
    found = _get_policy(place, pk)
    parts = public.parts_of(found, place)
    if not parts:
        raise Http404
    name = printing.file_name(found.title)
    return pdf_answer(public.pdf_of(parts), name, shown=True)


def _withdrawn(request: HttpRequest, place: Organisation, found: Policy) -> HttpResponse:
    """Not why: the reason was written for the school's own people."""
    context = {
        "policy": found,
        "withdrawn_at": found.withdrawals.values_list("at", flat=True).first(),
        "versions": public.earlier_versions([found]),
    }
    return draw(request, "governance/public_withdrawn.html", place, **context)


@for_everybody
def version(request: HttpRequest, school: str, pk: int, version: int) -> HttpResponseBase:
    """A version that is no longer in force, marked as such. The one that is has its own page."""
    place = place_or_404(school)
    versions = PolicyVersion.objects.published().filter(
        policy=pk, policy__in=public.policies_of(place)
    )
    found = get_object_or_404(versions.select_related("policy__owner", "withdrawal"), pk=version)
    if found.policy.current_id == found.pk:
        return redirect("governance:public_policy", place.slug, pk)
    context = {
        "policy": found.policy,
        "version": found,
        "text": public.text_of(found.policy, found),
        "withdrawn_at": found.withdrawal.at if hasattr(found, "withdrawal") else None,
        "next": replaced_by(found),
        "counts": reverse("governance:public_policy", args=[place.slug, pk]),
    }
    return draw(request, "governance/public_version.html", place, **context)
