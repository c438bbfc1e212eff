"""The staff import: upload, columns, preview, confirm. Nothing is written before the last."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people.forms.importing import ColumnsForm, ConfirmForm, UploadForm
from people.http import Request
from people.importing.columns import problems
from people.importing.plan import Outcome, Plan
from people.importing.plan_changed import PlanChanged
from people.models import Organisation, StaffImport, User
from people.roles import Permission
from people.services import importing
from people.services.invitations import invite_all, waiting_at
from people.views.lists import kept, own_list
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse

ROWS_PER_PAGE = 100
SHOWN_AT_ONCE = 50
Status = StaffImport.Status


@require_http_methods(["GET", "POST"])
def import_upload(request: Request, school: str) -> HttpResponse:
    """Choose a file."""
    at = school_where(request, school, Permission.MANAGE_PEOPLE)
    form = UploadForm(
        typed(request),
        request.FILES if request.method == "POST" else None,
        cancel=reverse("people:list", args=[at.slug]),
    )
    if found := kept(form, partial(importing.upload, at, by=request.user)):
        return redirect("people:import_columns", at.slug, found.pk)
    waiting = StaffImport.objects.visible_to(request.user).filter(organisation=at).waiting()
    context = {"school": at, "form": form, "waiting": waiting.first()}
    return render(request, "people/import_upload.html", context)


@require_http_methods(["GET", "POST"])
def import_columns(request: Request, school: str, pk: int) -> HttpResponse:
    """Correct which column is what."""
    at, found = _get(request, school, pk)
    if found.status != Status.PREVIEWED:
        return _over(request, at, found)
    form = ColumnsForm(
        typed(request),
        found=found,
        cancel=reverse("people:list", args=[at.slug]),
    )
    if request.method == "POST" and form.is_valid():
        try:
            importing.choose_columns(found, form.mapping, by=request.user)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            return redirect(found)
    context = {"school": at, "form": form, "found": found}
    return render(request, "people/import_columns.html", context)


@require_GET
def import_preview(request: Request, school: str, pk: int) -> HttpResponse:
    """What the file would change."""
    at, found = _get(request, school, pk)
    if found.status != Status.PREVIEWED:
        return _over(request, at, found)
    if problems(found.mapping, len(found.headings)):
        return redirect("people:import_columns", at.slug, found.pk)
    plan = importing.plan_of(found)
    return _show(request, at, found, plan, _form(plan, at))


@require_POST
def import_confirm(request: Request, school: str, pk: int) -> HttpResponse:
    """Write what the preview showed."""
    at, found = _get(request, school, pk)
    if found.status != Status.PREVIEWED:
        return _over(request, at, found)
    plan = importing.plan_of(found)
    form = _form(plan, at, request.POST)
    if not form.is_valid():
        return _show(request, at, found, plan, form)
    try:
        importing.confirm(
            found,
            by=request.user,
            digest=form.cleaned_data["digest"],
            leavers=form.chosen,
            leave_out_errors=form.cleaned_data.get("leave_out_errors", False),
        )
    except PlanChanged as problem:
        messages.warning(request, str(problem))
        return redirect(found)
    except RuleBroken as problem:
        refuse(form, problem)
        return _show(request, at, found, plan, form)
    return redirect("people:import_done", at.slug, found.pk)


@require_POST
def import_abandon(request: Request, school: str, pk: int) -> HttpResponse:
    """Forget the file."""
    at, found = _get(request, school, pk)
    if found.status == Status.PREVIEWED:
        importing.abandon(found, by=request.user)
        messages.info(request, "The file is forgotten. Nothing was changed.")
    return redirect("people:list", at.slug)


@require_GET
def import_done(request: Request, school: str, pk: int) -> HttpResponse:
    """What was written, and the offer to invite those who are new."""
    at, found = _get(request, school, pk)
    if found.status != Status.DONE:
        return redirect("people:import", at.slug)
    context = {"school": at, "found": found, "waiting": _to_invite(at, found).count()}
    return render(request, "people/import_done.html", context)


@require_POST
def import_invite(request: Request, school: str, pk: int) -> HttpResponse:
    """Send invitations to those whom this import brought."""
    at, found = _get(request, school, pk)
    sent, reasons = invite_all(_to_invite(at, found), at, by=request.user)
    if sent:
        count = "1 invitation is" if len(sent) == 1 else f"{len(sent)} invitations are"
        messages.success(request, f"{count} on the way.")
    else:
        messages.info(request, "There was nobody left to invite.")
    for reason in reasons[:10]:
        messages.warning(request, reason)
    return redirect("people:list", at.slug)


def _to_invite(at: Organisation, found: StaffImport) -> QuerySet[User]:
    return waiting_at(at).filter(pk__in=found.added)


def _get(request: Request, slug: str, pk: int) -> tuple[Organisation, StaffImport]:
    lists = StaffImport.objects.visible_to(request.user)
    return own_list(request, slug, pk, lists, Permission.MANAGE_PEOPLE)


def _over(request: Request, at: Organisation, found: StaffImport) -> HttpResponse:
    if found.status == Status.DONE:
        return redirect("people:import_done", at.slug, found.pk)
    messages.info(request, "This upload is over: nothing of it was kept. Choose the file again.")
    return redirect("people:import", at.slug)


def _form(plan: Plan, at: Organisation, data: object = None) -> ConfirmForm:
    too_many = len(plan.leavers) > importing.MOST_LEAVERS
    return ConfirmForm(
        data,
        leavers=[] if too_many else plan.leavers,
        today=at.today(),
        has_errors=bool(plan.of(Outcome.ERROR)),
        initial={"digest": plan.digest},
    )


def _show(
    request: Request, at: Organisation, found: StaffImport, plan: Plan, form: ConfirmForm
) -> HttpResponse:
    show = request.GET.get("show", "")
    if show not in set(Outcome):
        show = next(
            (one for one in ("error", "added", "changed", "unchanged") if plan.of(one)), "added"
        )
    warned = [row for row in plan.rows if row.warnings and not row.errors]
    counts = plan.counts
    context = {
        "school": at,
        "found": found,
        "plan": plan,
        "form": form,
        "show": show,
        "tabs": [
            ("added", "New", counts["added"]),
            ("changed", "Changed", counts["changed"]),
            ("unchanged", "As they are", counts["unchanged"]),
            ("error", "Errors", counts["error"]),
        ],
        "page": Paginator(plan.of(show), ROWS_PER_PAGE).get_page(request.GET.get("page")),
        "warned": warned[:SHOWN_AT_ONCE],
        "more_warned": max(0, len(warned) - SHOWN_AT_ONCE),
        "too_many_leavers": len(plan.leavers) > importing.MOST_LEAVERS,
        "confirmable": not plan.changes_nothing or bool(form.leavers),
    }
    return render(request, "people/import_preview.html", context)
