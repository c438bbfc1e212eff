"""Who has signed and who has not, for those who lead a school or a team."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import how_signed, progress
from governance.first_signers import PER_PAGE, first_page, policy_at
from governance.forms.signers import ExemptionForm, SignersFilter
from governance.models import Exemption, Policy, Signature
from governance.obligations import Grace
from governance.progress import Figures
from governance.services import exemptions
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_of, school_where
from web.csv import stream_csv
from web.errors import RuleBroken
from web.forms import refuse

if TYPE_CHECKING:
    from governance.obligations import Pair


def _get_policy(request: Request, school: Organisation, pk: int) -> Policy:
    """A policy in force that counts at this school, which came from `visible_to` itself.

    Whether they may read it is asked in `_rows`, of those who may not see who has signed.
    """
    policy = policy_at(pk, school)
    if policy is None:
        raise Http404
    return policy


def _rows(request: Request, policy: Policy, school: Organisation, on: date) -> QuerySet[Pair, Pair]:
    """Everyone whom the policy covers there; for a line manager, the people they manage."""
    if request.user.can(Permission.VIEW_SIGNATURES, at=school):
        return progress.signers(policy, school, on)
    return _team(request, policy, school, on)


def _team(request: Request, policy: Policy, school: Organisation, on: date) -> QuerySet[Pair, Pair]:
    """Those of them whom this person manages. 403 for whoever manages none."""
    team = progress.signers(policy, school, on).filter(line_manager=request.user)
    if not team.exists():
        # To whoever cannot read the policy either, there is none.
        get_object_or_404(Policy.objects.visible_to(request.user), pk=policy.pk)
        raise PermissionDenied
    return team


def _matching(form: SignersFilter, grace: Grace, on: date) -> Q:
    if not form.is_valid():
        return Q()
    data = form.cleaned_data
    found = progress.in_state(data["state"], grace, on)
    if data["department"]:
        found &= Q(department=data["department"])
    if data["q"].strip():
        found &= Q(person__name__icontains=data["q"].strip())
    return found


def _known_count(form: SignersFilter, departments: dict[str, Figures]) -> int | None:
    """How many the list holds, where the figures say so already: unless a name is looked for."""
    if not form.is_bound:
        return progress.total(departments).total
    if not form.is_valid() or form.cleaned_data["q"].strip():
        return None
    department = form.cleaned_data["department"]
    figures = departments[department] if department else progress.total(departments)
    return progress.count_in_state(figures, form.cleaned_data["state"])


def _only_a_state(form: SignersFilter) -> str | None:
    """The state that the list is narrowed down to, when by nothing else ("": not at all)."""
    if not form.is_bound:
        return ""
    if not form.is_valid() or form.cleaned_data["q"].strip() or form.cleaned_data["department"]:
        return None
    return str(form.cleaned_data["state"])


@require_GET
def signers(request: Request, school: str, pk: int) -> HttpResponse:
    place = school_of(request, school)
    policy, on = _get_policy(request, place, pk), place.today()
    grace = Grace.at(place)
    whole_school = request.user.can(Permission.VIEW_SIGNATURES, at=place)
    # Building the rows of a whole school costs more than all else here; its first page needs none.
    team = None if whole_school else _team(request, policy, place, on)
    if team is None:
        departments = progress.signer_figures(policy, place, grace, on)
        seen_by_others = how_signed.seen_by_others_at(policy, place, on)
    else:
        departments = progress.figures_by(team, grace, on, "department")
        seen_by_others = how_signed.seen_by_others(team, policy)
    form = SignersFilter(request.GET or None, departments=list(departments))
    known = _known_count(form, departments)
    state = _only_a_state(form)
    if team is None and state is not None and known is not None and "page" not in request.GET:
        page = first_page(policy, place, grace, on, state=state, count=known)
    else:
        rows = progress.signers(policy, place, on) if team is None else team
        found = rows.filter(_matching(form, grace, on)) if form.is_bound else rows
        paginator = Paginator(how_signed.with_how(found), PER_PAGE)
        if known is not None:  # saves a query over the whole school
            paginator.count = known
        page = paginator.get_page(request.GET.get("page"))
    context = {
        "policy": policy,
        "school": place,
        "form": form,
        "page": page,
        "rows": progress.with_due(page, grace),
        "today": on,
        "figures": progress.total(departments),
        "seen_by_others": seen_by_others,
        "may_record": request.user.can(Permission.RECORD_SIGNATURES, at=place),
        "whole_school": whole_school,
        "may_exempt": request.user.can(Permission.EXEMPT_PEOPLE, at=place),
    }
    return render(request, "governance/signer_list.html", context)


@require_GET
def signers_csv(request: Request, school: str, pk: int) -> HttpResponseBase:
    """The same list, filtered the same way, streamed; safe to open in a spreadsheet."""
    place = school_of(request, school)
    policy, on = _get_policy(request, place, pk), place.today()
    rows, grace = _rows(request, policy, place, on), Grace.at(place)
    form = SignersFilter(request.GET or None, departments=[])
    form.fields["department"] = type(form.fields["q"])(required=False)
    found = rows.filter(_matching(form, grace, on)) if form.is_bound else rows
    header = [
        "Name", "E-mail", "Job title", "Department", "Line manager", "State", "Due", "Signed",
        "How",
    ]  # fmt: skip
    filename = f"signatures-{place.slug}-{policy.pk}-{on.isoformat()}.csv"
    return stream_csv(filename, header, _lines(found, grace, on))


def _lines(found: QuerySet[Pair, Pair], grace: Grace, on: date) -> Iterator[list[str]]:
    columns = (
        "person__name",
        "person__email",
        "job_title",
        "department",
        "line_manager__name",
        "signed_at",
        "exempt",
        "asked_at",
        "starts_on",
        "exempt_until",
        "signed_how",
    )
    for row in how_signed.with_how(found).values_list(*columns).iterator(chunk_size=2000):
        name, email, job, department, manager, signed_at, exempt, asked_at, since, until = row[:10]
        due_on = grace.due_on(asked_at, since, until)
        state = _state(signed=signed_at is not None, exempt=exempt, late=due_on < on)
        # Nobody knows the hour of a signature on paper.
        shown = "%Y-%m-%d" if row[10] == Signature.Method.PAPER else "%Y-%m-%d %H:%M"
        signed = signed_at.astimezone(grace.zone).strftime(shown) if signed_at else ""
        yield [
            name,
            email or "",
            job,
            department,
            manager or "",
            state,
            due_on.isoformat(),
            signed,
            how_signed.in_words(row[10]),
        ]


def _state(*, signed: bool, exempt: bool, late: bool) -> str:
    if signed:
        return "Signed"
    if exempt:
        return "Exempt"
    return "Overdue" if late else "Not signed"


@require_GET
def exemption_list(request: Request, school: str) -> HttpResponse:
    place = school_where(request, school, Permission.VIEW_SIGNATURES)
    rows = (
        Exemption.objects.visible_to(request.user)
        .filter(organisation=place)
        .select_related("person", "policy", "allowed_by")
    )
    context = {
        "school": place,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "today": place.today(),
        "may_exempt": request.user.can(Permission.EXEMPT_PEOPLE, at=place),
    }
    return render(request, "governance/exemption_list.html", context)


@require_http_methods(["GET", "POST"])
def exemption_new(request: Request, school: str) -> HttpResponse:
    place = school_where(request, school, Permission.EXEMPT_PEOPLE)
    initial = {"starts_on": place.today(), "person": request.GET.get("person")}
    form = ExemptionForm(
        request.POST or None, organisation=place, user=request.user, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            exemptions.allow(data.pop("person"), place, by=request.user, **data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The exemption has been recorded.")
            return redirect("governance:exemptions", place.slug)
    context = {"school": place, "form": form}
    return render(request, "governance/exemption_new.html", context)


@require_POST
def exemption_end(request: Request, school: str, pk: int) -> HttpResponse:
    place = school_of(request, school)
    rows = Exemption.objects.visible_to(request.user).filter(organisation=place)
    try:
        ended = exemptions.end(get_object_or_404(rows, pk=pk), by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        begun_today = ended.ends_on == place.today()
        when = "ends today. From tomorrow" if begun_today else "has ended. From now on"
        messages.success(request, f"The exemption {when} the person is asked to sign.")
    return redirect("governance:exemptions", place.slug)
