"""A school takes up its trust's policy; the trust sees which schools have."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import adoption, progress
from governance.adoption import SchoolLine
from governance.forms.appendices import SchoolsFilter
from governance.models import Adoption, Policy
from governance.obligations import Grace
from governance.progress import Figures
from governance.services import appendices
from governance.views.managing import get_policy
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where
from web.csv import stream_csv
from web.errors import RuleBroken

PER_PAGE = 50


def _policy_of_the_trust(request: Request, school: Organisation, pk: int) -> Policy:
    """A policy in force of the trust above this school; to anybody else there is none."""
    policies = (
        Policy.objects.visible_to(request.user)
        .in_force()
        .documents()
        .filter(owner=school.parent_id)
        .select_related("current", "asking", "owner")
    )
    return get_object_or_404(policies, pk=pk)


@require_http_methods(["GET", "POST"])
def adopt(request: Request, school: str, pk: int) -> HttpResponse:
    """One trust policy at one school: read it, add to it, confirm that it holds here."""
    wanted = Permission.VIEW_DRAFTS if request.method == "GET" else Permission.MANAGE_POLICIES
    place = school_where(request, school, wanted)
    policy = _policy_of_the_trust(request, place, pk)
    if request.method == "POST":
        try:
            appendices.adopt(policy, place, by=request.user)
        except RuleBroken as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, f"{place} has adopted this policy. The trust can see it.")
        return redirect("governance:adoption", place.slug, policy.pk)
    return _render_adoption(request, place, policy)


def _render_adoption(request: Request, place: Organisation, policy: Policy) -> HttpResponse:
    assert policy.current is not None
    on, grace = place.today(), Grace.at(place)
    rows = progress.at(place, on).filter(document_ref=policy.pk)
    figures = progress.figures_by(rows, grace, on, "policy_ref")
    given = list(
        Adoption.objects.filter(version__policy=policy, organisation=place).select_related(
            "by", "version"
        )
    )
    appendix = (
        Policy.objects.filter(parent=policy, owner=place)
        .select_related("current")
        .annotate(drafts=Count("versions", filter=~Q(versions__status="published")))
        .first()
    )
    due_on = adoption.due_on(policy, place)
    context = {
        "school": place,
        "policy": policy,
        "nav_path": reverse("governance:manage", args=[place.slug]),
        "adoptions": given,
        "adopted": next((one for one in given if _holds(one, policy)), None),
        "concerned": adoption.concerns(place, policy.current),
        "due_on": due_on,
        "overdue": due_on < on,
        "appendix": appendix,
        "figures": figures.get(policy.pk, Figures()),
        "appendix_figures": figures.get(appendix.pk, Figures()) if appendix else None,
        "may_manage": request.user.can(Permission.MANAGE_POLICIES, at=place),
        "may_see_signatures": request.user.can(Permission.VIEW_SIGNATURES, at=place),
    }
    return render(request, "governance/policy_adopt.html", context)


def _holds(given: Adoption, policy: Policy) -> bool:
    return policy.asking is not None and given.version.ordinal >= policy.asking.ordinal


@require_POST
def start_appendix(request: Request, school: str, pk: int) -> HttpResponse:
    place = school_where(request, school, Permission.MANAGE_POLICIES)
    policy = _policy_of_the_trust(request, place, pk)
    try:
        version = appendices.start_appendix(policy, place, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect("governance:adoption", place.slug, policy.pk)
    messages.success(request, "A draft of your appendix is ready. Write what holds at your school.")
    return redirect("governance:edit", version.pk)


@require_GET
def schools(request: Request, pk: int) -> HttpResponse:
    """A trust's policy, school by school: adopted, appendix, signed, review (P7)."""
    policy = _trust_policy(request, pk)
    found = adoption.lines(policy, policy.owner.today())
    form = SchoolsFilter(request.GET or None)
    shown = list(form.narrow(found))
    context = {
        "policy": policy,
        "school": policy.owner,
        "nav_path": reverse("governance:manage", args=[policy.owner.slug]),
        "form": form,
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "count": len(found),
        "adopted": sum(line.state == "adopted" for line in found),
        "concerned": sum(line.concerned for line in found),
        "overdue": sum(line.state == "overdue" for line in found),
        "appendices": sum(bool(line.appendix and line.appendix.current_id) for line in found),
        "figures": sum((line.figures for line in found), Figures()),
        "review_overdue": policy.review_due_on and policy.review_due_on < policy.owner.today(),
        "may_see_signatures": request.user.can(Permission.VIEW_SIGNATURES, at=policy.owner),
    }
    return render(request, "governance/policy_schools.html", context)


@require_GET
def schools_csv(request: Request, pk: int) -> HttpResponseBase:
    policy = _trust_policy(request, pk)
    on = policy.owner.today()
    form = SchoolsFilter(request.GET or None)
    header = [
        "School", "Adoption", "Adopted on", "Version adopted", "Due", "Appendix",
        "Appendix review", "Expected to sign", "Signed", "Overdue", "Exempt",
        "Appendix signed",
    ]  # fmt: skip
    lines = _csv(form.narrow(adoption.lines(policy, on)))
    return stream_csv(f"schools-{policy.pk}-{on.isoformat()}.csv", header, lines)


def _csv(lines: Iterator[SchoolLine]) -> Iterator[list[str]]:
    for line in lines:
        given, appendix, figures = line.adoption, line.appendix, line.figures
        yield [
            line.school.name,
            line.label,
            given.at.astimezone(line.school.zone).date().isoformat() if given else "",
            given.version.number if given else "",
            line.due_on.isoformat() if line.concerned else "",
            appendix.current.number if appendix and appendix.current else "",
            appendix.review_due_on.isoformat() if appendix and appendix.review_due_on else "",
            str(figures.expected),
            str(figures.signed),
            str(figures.overdue),
            str(figures.exempt),
            str(line.appendix_figures.signed),
        ]


def _trust_policy(request: Request, pk: int) -> Policy:
    """A policy in force of a trust, for whoever looks after the trust's policies."""
    policy = get_policy(request, pk, Permission.VIEW_DRAFTS)
    found = Policy.objects.in_force().documents().filter(owner__kind=Organisation.Kind.TRUST)
    return get_object_or_404(found.select_related("current", "asking", "owner"), pk=policy.pk)
