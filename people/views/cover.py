"""Cover: one's own, and that of a school's people."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people.cover import cover_on
from people.forms.cover import ChangeCoverForm, OwnCoverForm, StaffCoverForm
from people.http import Request
from people.models import Absence, Membership, User
from people.roles import Permission
from people.services import absence as absences
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]
PER_PAGE = 25
SHOWN = 50  # of one person's own: more than anybody has


def _with_people(rows: QuerySet[Absence]) -> QuerySet[Absence]:
    return rows.select_related("membership__organisation__parent", "membership__person",
                               "deputy__person", "set_by")  # fmt: skip


@require_GET
def mine(request: Request) -> HttpResponse:
    """When I am away and who stands in; for whom I stand in."""
    today = timezone.localdate()
    rows = _with_people(Absence.objects.visible_to(request.user).not_over(today))
    own = rows.filter(membership__person=request.user)
    context = {
        "own": _told(own[:SHOWN]),
        "others": rows.filter(deputy__person=request.user)[:SHOWN],
        "today": today,
    }
    return render(request, "people/cover_mine.html", context)


@require_http_methods(FORM_METHODS)
def mine_add(request: Request) -> HttpResponse:
    """I am away from … until …; … stands in for me."""
    form = OwnCoverForm(typed(request), person=request.user, cancel=reverse("people:cover"))
    if form.is_valid():
        facts = dict(form.cleaned_data)
        only = Membership.objects.filter(pk=request.user.posts[0].membership_id)
        membership = facts.pop("membership", None) or only.select_related("organisation").get()
        try:
            absences.set_cover(membership, by=request.user, **facts)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            name = facts["deputy"].person.name
            messages.success(request, f"Saved. {name} stands in for you and is told so.")
            return redirect("people:cover")
    context = {"form": form, "heading": "You are away", "is_own": True}
    return render(request, "people/cover_form.html", context)


@require_http_methods(FORM_METHODS)
def mine_change(request: Request, pk: int) -> HttpResponse:
    return _change(request, _own(request, pk), reverse("people:cover"))


@require_POST
def mine_end(request: Request, pk: int) -> HttpResponse:
    return _end(request, _own(request, pk), reverse("people:cover"))


@require_GET
def school_list(request: Request, school: str) -> HttpResponse:
    """Who is away from the school now and later, and who is told in their place."""
    at = school_where(request, school, Permission.VIEW_PEOPLE)
    rows = Absence.objects.visible_to(request.user).not_over(at.today())
    page = Paginator(
        _with_people(rows.filter(membership__organisation=at)), PER_PAGE
    ).get_page(request.GET.get("page"))  # fmt: skip
    context = {
        "school": at,
        "page": page,
        "rows": _told(page.object_list),
        "today": at.today(),
        "may_manage": request.user.can(Permission.MANAGE_PEOPLE, at=at),
        "may_see_owed": request.user.can(Permission.VIEW_SIGNATURES, at=at),
        "may_see_mail": request.user.can(Permission.VIEW_DELIVERY, at=at),
    }
    return render(request, "people/cover_list.html", context)


@require_http_methods(FORM_METHODS)
def school_add(request: Request, school: str) -> HttpResponse:
    """Somebody is away and has not entered it themselves."""
    at = school_where(request, school, Permission.MANAGE_PEOPLE)
    back = reverse("people:cover_list", args=[at.slug])
    form = StaffCoverForm(typed(request), school=at, cancel=back)
    if form.is_valid():
        try:
            absences.set_cover(by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            names = [form.cleaned_data[name].person.name for name in ("deputy", "membership")]
            messages.success(request, "Saved. {} stands in for {}.".format(*names))
            return redirect(back)
    context = {"school": at, "form": form, "heading": "Somebody is away"}
    return render(request, "people/cover_form.html", context)


@require_http_methods(FORM_METHODS)
def school_change(request: Request, school: str, pk: int) -> HttpResponse:
    absence, back = _of_school(request, school, pk)
    return _change(request, absence, back)


@require_POST
def school_end(request: Request, school: str, pk: int) -> HttpResponse:
    absence, back = _of_school(request, school, pk)
    return _end(request, absence, back)


def _change(request: Request, absence: Absence, back: str) -> HttpResponse:
    form = ChangeCoverForm(typed(request), absence=absence, cancel=back)
    if form.is_valid():
        try:
            absences.change(absence, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The changes are saved.")
            return redirect(back)
    context = {
        "school": absence.organisation,
        "form": form,
        "absence": absence,
        "is_own": absence.membership.person_id == request.user.pk,
    }
    return render(request, "people/cover_form.html", context)


def _end(request: Request, absence: Absence, back: str) -> HttpResponse:
    try:
        ended = absences.end(absence, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        name = ended.membership.person.name
        over = "stays" if ended.withdrawn_at else "is back"
        messages.success(request, f"{name} {over}. Notices go to them.")
    return redirect(back)


def _own(request: Request, pk: int) -> Absence:
    rows = _with_people(Absence.objects.visible_to(request.user).standing())
    return get_object_or_404(rows, pk=pk, membership__person=request.user)


def _of_school(request: Request, school: str, pk: int) -> tuple[Absence, str]:
    at = school_where(request, school, Permission.VIEW_PEOPLE)
    rows = _with_people(Absence.objects.visible_to(request.user).standing())
    absence = get_object_or_404(rows, pk=pk, membership__organisation=at)
    if not absences.may_set(absence.membership, by=request.user):
        raise PermissionDenied
    return absence, reverse("people:cover_list", args=[at.slug])


def _told(rows: Iterable[Absence]) -> list[tuple[Absence, str]]:
    """Each absence, and in words what happens where the deputy it names is not told today."""
    found = list(rows)
    if not found:
        return []
    cover = cover_on(found[0].organisation.today())
    stand_in = {
        one.pk: cover.stand_in(one.membership.person_id, one.organisation)
        for one in found
        if cover.away(one.membership.person_id, one.organisation)
    }
    names = dict(User.objects.filter(pk__in={*stand_in.values()}).values_list("pk", "name"))
    return [
        (one, _instead(one, names.get(stand_in[one.pk])) if one.pk in stand_in else "")
        for one in found
    ]


def _instead(absence: Absence, told: str | None) -> str:
    deputy = absence.deputy.person
    if told == deputy.name:
        return ""
    if told:
        return f"{deputy.name} is away or has left: {told} is told instead."
    return f"{deputy.name} has left: nobody is told instead. Name somebody else."
