"""Lists of training: import with a preview, and everything on record as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance.forms.training_lists import TrainingConfirmForm, TrainingUploadForm
from governance.models import TrainingImport, TrainingRecord
from governance.services import training_import
from governance.training_list import Outcome, Plan
from people.http import Request
from people.importing.plan_changed import PlanChanged
from people.models import Membership, Organisation
from people.roles import Permission
from people.views.lists import kept, own_list
from people.views.scope import school_where, typed
from web.csv import stream_csv
from web.errors import RuleBroken
from web.forms import refuse

P = Permission
ROWS_PER_PAGE = 100
Status = TrainingImport.Status


@require_http_methods(["GET", "POST"])
def upload(request: Request, school: str) -> HttpResponse:
    """Choose a file. Nothing is recorded before it has been looked at."""
    place = school_where(request, school, P.MANAGE_TRAINING)
    files = request.FILES if request.method == "POST" else None
    cancel = reverse("governance:training", args=[place.slug])
    form = TrainingUploadForm(typed(request), files, cancel=cancel)
    if found := kept(form, partial(training_import.upload, place, by=request.user)):
        return redirect(found)
    waiting = TrainingImport.objects.visible_to(request.user).filter(organisation=place).waiting()
    context = {"school": place, "form": form, "waiting": waiting.first()}
    return render(request, "governance/training_import.html", context)


def _get(request: Request, slug: str, pk: int) -> tuple[Organisation, TrainingImport]:
    lists = TrainingImport.objects.visible_to(request.user)
    return own_list(request, slug, pk, lists, P.MANAGE_TRAINING)


@require_GET
def preview(request: Request, school: str, pk: int) -> HttpResponse:
    """What the list would write."""
    place, found = _get(request, school, pk)
    if found.status != Status.PREVIEWED:
        return _over(request, place, found)
    plan = training_import.plan_of(found)
    return _show(request, place, found, plan, _form(plan))


@require_POST
def confirm(request: Request, school: str, pk: int) -> HttpResponse:
    """Write what the preview showed."""
    place, found = _get(request, school, pk)
    if found.status != Status.PREVIEWED:
        return _over(request, place, found)
    plan = training_import.plan_of(found)
    form = _form(plan, request.POST)
    if not form.is_valid():
        return _show(request, place, found, plan, form)
    try:
        done = training_import.confirm(found, by=request.user, **form.cleaned_data)
    except PlanChanged as problem:
        messages.warning(request, str(problem))
        return redirect(found)
    except RuleBroken as problem:
        refuse(form, problem)
        return _show(request, place, found, plan, form, status=422)
    return _over(request, place, done)


@require_POST
def abandon(request: Request, school: str, pk: int) -> HttpResponse:
    """Forget the list."""
    place, found = _get(request, school, pk)
    if found.status == Status.PREVIEWED:
        training_import.abandon(found, by=request.user)
        messages.info(request, "The list is forgotten. Nothing was recorded.")
    return redirect("governance:training", place.slug)


def _over(request: Request, place: Organisation, found: TrainingImport) -> HttpResponse:
    if found.status == Status.DONE:
        counts = found.counts
        parts = [f"{counts.get('added', 0)} recorded"]
        parts += [f"{n} on record already" for n in [counts.get("unchanged", 0)] if n]
        parts += [f"{n} left out because of errors" for n in [counts.get("error", 0)] if n]
        messages.success(request, f"The list has been imported: {', '.join(parts)}.")
    else:
        messages.info(request, "This upload is over: nothing of it was kept. Choose it again.")
    return redirect("governance:training", place.slug)


def _form(plan: Plan, data: Any = None) -> TrainingConfirmForm:
    has_errors = bool(plan.of(Outcome.ERROR))
    return TrainingConfirmForm(data, has_errors=has_errors, initial={"digest": plan.digest})


def _show(
    request: Request,
    place: Organisation,
    found: TrainingImport,
    plan: Plan,
    form: TrainingConfirmForm,
    status: int = 200,
) -> HttpResponse:
    counts = plan.counts
    show = request.GET.get("show", "")
    if show not in set(Outcome):
        show = next((one for one in ("error", "added", "unchanged") if counts[one]), "added")
    context = {
        "school": place,
        "found": found,
        "form": form,
        "show": show,
        "tabs": [
            ("added", "New", counts["added"]),
            ("unchanged", "On record already", counts["unchanged"]),
            ("error", "Errors", counts["error"]),
        ],
        "page": Paginator(plan.of(show), ROWS_PER_PAGE).get_page(request.GET.get("page")),
        "confirmable": counts["added"] > 0,
    }
    return render(request, "governance/training_import_preview.html", context, status=status)


@require_GET
def records_csv(request: Request, school: str) -> HttpResponseBase:
    """Everything on record of the people of this school; the import takes the same file back."""
    place = school_where(request, school, P.VIEW_TRAINING)
    header = ["Name", "E-mail", "Course", "Completed on", "Valid until", "Provider", "How", "State"]
    people = Membership.objects.filter(organisation=place).values("person")
    rows = TrainingRecord.objects.visible_to(request.user).filter(person__in=people)
    name = f"training-records-{place.slug}-{place.today()}.csv"
    return stream_csv(name, header, _lines(rows))


def _lines(rows: Any) -> Iterator[list[str]]:
    how, state = dict(TrainingRecord.How.choices), dict(TrainingRecord.State.choices)
    columns = (
        "person__name", "person__email", "course__title", "completed_on", "expires_on", "provider",
        "how", "state",
    )  # fmt: skip
    found = rows.order_by("person__sort_name", "person__name", "completed_on", "pk")
    for name, email, course, done, ends, provider, via, stands in found.values_list(
        *columns
    ).iterator(chunk_size=2000):
        yield [
            name, email or "", course, f"{done:%d/%m/%Y}", f"{ends:%d/%m/%Y}" if ends else "",
            provider, how[via], state[stands],
        ]  # fmt: skip
