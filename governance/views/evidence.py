"""What applied at a moment, evidence packs, and whether a pack was made here (D12, D18)."""

from __future__ import annotations

from typing import Any

import structlog
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from files.services import FileDamaged
from governance import as_at
from governance.evidence import packing, summary
from governance.forms.evidence import ConfirmFileForm, ConfirmForm, MomentForm, PackForm
from governance.models import EvidencePack
from governance.services import evidence
from people.http import Request
from people.models import Organisation, User
from people.roles import Permission
from people.views.scope import latest_post, school_of, school_where, typed
from web.errors import RuleBroken
from web.forms import refuse
from web.public import for_everybody

log = structlog.get_logger(__name__)
Kind = EvidencePack.Kind
PER_PAGE = 50
SIGNED_PER_PAGE = 25


# As at


@require_GET
def my_as_at(request: Request) -> HttpResponse:
    """What applied to oneself, wherever one had a post."""
    place = request.user.posts[0].organisation
    form = MomentForm(request.GET or None, place=place)
    context = {"form": form, "person": request.user, "mine": True}
    if not form.is_bound or form.is_valid():
        moment = _moment(form)
        question = as_at.Question.of(request.user.pk, moment)
        context |= _answer(request, question, moment)
    return render(request, "governance/as_at.html", context)


@require_GET
def person_as_at(request: Request, school: str, pk: int) -> HttpResponse:
    """What applied to one person of the school: by its own policies and those of its trust."""
    place = school_where(request, school, Permission.VIEW_SIGNATURES)
    person = latest_post(request, place, pk).person
    form = MomentForm(request.GET or None, place=place)
    context = {"school": place, "form": form, "person": person, "mine": False}
    if not form.is_bound or form.is_valid():
        moment = _moment(form)
        question = as_at.Question.at(place, moment, person_id=person.pk)
        context |= _answer(request, question, moment)
    return render(request, "governance/as_at.html", context)


def _moment(form: MomentForm) -> Any:
    given = form.cleaned_data.get("moment") if form.is_bound else None
    return given or timezone.now()


def _answer(request: Request, question: as_at.Question, moment: Any) -> dict[str, Any]:
    standings = list(question.standings())
    signed = question.acknowledged()
    return {
        "moment": moment,
        "standings": standings,
        "several": len({one.organisation.pk for one in standings}) > 1,
        "page": Paginator(signed, SIGNED_PER_PAGE).get_page(request.GET.get("page")),
    }


# Packs


def _place(request: Request, school: str) -> Organisation:
    """The school, for whoever may have a pack of its names or of its figures."""
    place = school_of(request, school)
    if not evidence.may_ask(Kind.GOVERNORS, place, request.user):
        raise PermissionDenied
    return place


def _get_pack(request: Request, school: str, pk: int) -> EvidencePack:
    place = _place(request, school)
    packs = EvidencePack.objects.visible_to(request.user).filter(organisation=place)
    related = packs.select_related("organisation__parent", "policy", "person", "requested_by")
    return get_object_or_404(related.select_related("file"), pk=pk)


@require_GET
def pack_list(request: Request, school: str) -> HttpResponse:
    place = _place(request, school)
    packs = EvidencePack.objects.visible_to(request.user).filter(organisation=place)
    rows = packs.select_related("policy", "person", "requested_by")
    context = {
        "school": place,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "with_names": request.user.can(Permission.VIEW_SIGNATURES, at=place),
    }
    return render(request, "governance/evidence_list.html", context)


@require_http_methods(["GET", "POST"])
def pack_new(request: Request, school: str) -> HttpResponse:
    """Ask for a pack. A small one is there on the next page."""
    place = _place(request, school)
    person = _person(request, place)
    form = PackForm(
        typed(request),
        place=place,
        person=person,
        kinds=_kinds(request.user, place),
        initial=_initial(request),
        cancel=reverse("governance:evidence", args=[place.slug]),
    )
    if form.is_valid():
        try:
            pack = evidence.ask(place, by=request.user, **form.asked())
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            if evidence.is_small(pack):
                evidence.make(pack.pk, tell=False)
            return redirect(pack.get_absolute_url())
    context = {"school": place, "form": form, "person": person}
    return render(request, "governance/evidence_new.html", context)


def _kinds(user: User, place: Organisation) -> list[Kind]:
    offered = [Kind.SCHOOL, Kind.POLICY, Kind.GOVERNORS]
    return [kind for kind in offered if evidence.may_ask(kind, place, user)]


def _person(request: Request, place: Organisation) -> User | None:
    """Whom the pack is about, where the address says so."""
    number = request.GET.get("person", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    if not request.user.can(Permission.VIEW_SIGNATURES, at=place):
        raise PermissionDenied
    return latest_post(request, place, int(number)).person


def _initial(request: Request) -> dict[str, Any]:
    """What a link to the form may have filled in."""
    names = {"kind", "policy", "on", "at"}
    return {name: value for name, value in request.GET.items() if name in names}


@require_GET
def pack(request: Request, school: str, pk: int) -> HttpResponse:
    """One pack: how far it is, or where to download it."""
    found = _get_pack(request, school, pk)
    context = {
        "school": found.organisation,
        "pack": found,
        "about": summary.about(found),
        "watching": "watch" in request.GET and found.state == EvidencePack.State.WAITING,
        "with_names": request.user.can(Permission.VIEW_SIGNATURES, at=found.organisation),
    }
    response = render(request, "governance/evidence_pack.html", context)
    if context["watching"]:  # asked for, and ended, by the person: see the page
        response["Refresh"] = "5"
    return response


@require_POST
def pack_download(request: Request, school: str, pk: int) -> HttpResponse:
    """The whole pack, or its summary or figures by themselves. Each goes on record."""
    found = _get_pack(request, school, pk)
    part = request.POST.get("part", "")
    if part and part not in evidence.PARTS:
        raise Http404
    try:
        content = evidence.download(found, by=request.user, part=part)
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect(found.get_absolute_url())
    except FileDamaged:
        log.error("evidence_damaged", pack=found.pk)
        messages.error(request, "This pack cannot be read any more. Please make it again.")
        return redirect(found.get_absolute_url())
    kind = evidence.PARTS.get(part, "application/zip")
    name = f"{found.reference}-{part}" if part else f"{found.reference}.zip"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(content, content_type=kind, headers=headers)


# Was this pack made here


@for_everybody
def confirm(request: HttpRequest) -> HttpResponse:
    """Anybody who was handed a pack may ask. The answer names no person."""
    form = ConfirmForm(request.GET if "fingerprint" in request.GET else None)
    found = None
    if form.is_valid():
        found = evidence.confirm(form.cleaned_data["fingerprint"])
    context = {
        "form": form,
        "found": found,
        "messages": (),
        "second_factor_days_left": None,
        "script_hash": packing.verifier_hash(),
    }
    response = render(request, "governance/evidence_confirm.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "POST"])
def confirm_file(request: Request) -> HttpResponse:
    """The same with the pack itself, for people of the portal. It is not kept."""
    form = ConfirmFileForm(typed(request), request.FILES or None)
    found, status = None, 200
    if form.is_valid():
        try:
            found = evidence.confirm_file(form.cleaned_data["file"])
        except RuleBroken as problem:
            refuse(form, problem)
    if form.errors:
        status = 422
    context = {"form": form, "found": found}
    return render(request, "governance/evidence_confirm_file.html", context, status=status)


@for_everybody
def script(request: HttpRequest) -> HttpResponse:
    """The script that checks a pack, for whoever does not trust the one inside it."""
    name = f'attachment; filename="{packing.VERIFIER}"'
    return HttpResponse(
        packing.verifier(),
        content_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": name},
    )
