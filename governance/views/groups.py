"""Parents and pupils: how many of each group signed, apart from the figures of staff (D9)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from governance.forms.groups import CorrectionForm, GroupFilter, GroupForm
from governance.groups import figures_at, history_of
from governance.models import GroupRecord, Policy, PolicyVersion
from governance.models.groups import GroupRecordQuerySet
from governance.services import groups
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_of, school_where, typed
from web.errors import RuleBroken
from web.forms import refuse

PER_PAGE = 50
VERSIONS_OFFERED = 20


def _records(request: Request, slug: str) -> tuple[Organisation, GroupRecordQuerySet]:
    """Their place's records. 403 for whoever sees neither figures nor records of signatures."""
    place = school_of(request, slug)
    any_of = (Permission.VIEW_DASHBOARD, Permission.RECORD_SIGNATURES)
    if not any(request.user.can(permission, at=place) for permission in any_of):
        raise PermissionDenied
    return place, GroupRecord.objects.visible_to(request.user).filter(organisation=place)


@require_GET
def group_list(request: Request, school: str) -> HttpResponse:
    """The last word on every group, with what it comes to for each policy in force."""
    place, records = _records(request, school)
    form = GroupFilter(request.GET or None)
    rows = records.last_word().select_related("version__policy", "recorded_by", "organisation")
    if form.is_bound and form.is_valid():
        rows = rows.filter(_matching(form.cleaned_data))
    context = {
        "school": place,
        "form": form,
        "figures": figures_at(place),
        "page": Paginator(
            rows.defer("version__body").order_by(
                "version__title", "-version__ordinal", "audience", "group", "-pk"
            ),
            PER_PAGE,
        ).get_page(request.GET.get("page")),
        "policies": _to_record(place)
        if request.user.can(Permission.RECORD_SIGNATURES, at=place)
        else [],
    }
    return render(request, "governance/group_list.html", context)


def _matching(data: dict[str, str]) -> Q:
    found = Q(version__title__icontains=data["q"].strip()) | Q(group__icontains=data["q"].strip())
    return found & Q(audience=data["audience"]) if data["audience"] else found


def _to_record(place: Organisation) -> QuerySet[Policy]:
    found = Policy.objects.in_force().documents().reaching(place).select_related("current")
    return found.only("title", "current__title", "parent_id").order_by("current__title", "pk")


@require_http_methods(["GET", "POST"])
def group_new(request: Request, school: str, pk: int) -> HttpResponse:
    place = school_where(request, school, Permission.RECORD_SIGNATURES)
    policy = get_object_or_404(Policy.objects.in_force().documents().reaching(place), pk=pk)
    published = PolicyVersion.objects.published().filter(policy=policy).defer("body")
    form = GroupForm(
        typed(request),
        request.FILES or None,
        place=place,
        versions=list(published.order_by("-ordinal")[:VERSIONS_OFFERED]),
        cancel=reverse("governance:groups", args=[place.slug]),
        initial={"counted_on": place.today(), "version": policy.current_id},
    )
    if request.method == "POST" and form.is_valid():
        try:
            record = groups.record(place, by=request.user, **form.cleaned_data)
        except groups.RecordedAlready as problem:
            messages.warning(request, str(problem))
            return redirect("governance:group_correct", place.slug, problem.existing.pk)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, f"{record} is on record.")
            return redirect("governance:groups", place.slug)
    context = {"school": place, "policy": policy, "form": form}
    return render(request, "governance/group_new.html", context)


@require_GET
def group(request: Request, school: str, pk: int) -> HttpResponse:
    """One group: its figures, every earlier word on it, the scans for those who record."""
    place, records = _records(request, school)
    related = "version__policy", "organisation", "recorded_by"
    record = get_object_or_404(records.select_related(*related), pk=pk)
    history = list(history_of(record).prefetch_related("scans__file"))
    context = {
        "school": place,
        "record": history[0],
        "history": history,
        "may_record": request.user.can(Permission.RECORD_SIGNATURES, at=place),
    }
    return render(request, "governance/group_detail.html", context)


@require_http_methods(["GET", "POST"])
def group_correct(request: Request, school: str, pk: int) -> HttpResponse:
    place, records = _records(request, school)
    if not request.user.can(Permission.RECORD_SIGNATURES, at=place):
        raise PermissionDenied
    related = "version__policy", "organisation__parent"
    record = get_object_or_404(records.select_related(*related), pk=pk)
    names = ("asked", "signed", "counted_on", "how", "note", "is_void")
    initial = {name: getattr(record, name) for name in names}
    form = CorrectionForm(typed(request), request.FILES or None, record=record, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            corrected = groups.correct(record, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "Corrected. The earlier figures stay on record.")
            return redirect(corrected)
    context = {"school": place, "record": record, "form": form}
    return render(request, "governance/group_correct.html", context)
