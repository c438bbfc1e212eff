"""The policies of a school as those who manage them see them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import progress, signing_off
from governance.audience import in_words
from governance.forms.sign_off import SignatoriesForm
from governance.forms.writing import (
    NewPolicyForm,
    PolicyDetailsForm,
    ReasonForm,
    ReviewedForm,
)
from governance.models import Policy, PolicyVersion, Withdrawal
from governance.obligations import Grace, audience_of, pairs
from governance.progress import Figures
from governance.services import drafts, publishing, reviewing
from governance.services.signatories import was_ever_sent
from governance.views.writing import SIGN_OFF
from governance.workflow import VERSION, Action, Status, removals, roles_to_sign
from people.http import Request
from people.models import Organisation
from people.roles import Permission, Role
from people.views.scope import school_where
from web.errors import RuleBroken
from web.forms import refuse


def get_policy(request: Request, pk: int, permission: Permission) -> Policy:
    """A policy they may see (else 404), whose owner gives them the permission (else 403)."""
    policies = Policy.objects.visible_to(request.user).select_related(
        "owner__parent", "current", "author", "parent"
    )
    policy = get_object_or_404(policies, pk=pk)
    if not request.user.can(permission, at=policy.owner):
        raise PermissionDenied
    return policy


@dataclass(frozen=True)
class PolicyLine:
    """One policy in the list of those that count at a school."""

    policy: Policy
    figures: Figures | None
    draft: Status | None
    review_overdue: bool
    href: str


@require_GET
def manage(request: Request, school: str) -> HttpResponse:
    """Every policy that counts here: in force, being written, due for review."""
    place = school_where(request, school, Permission.VIEW_DRAFTS)
    on = place.today()
    drafts_open = PolicyVersion.objects.open().filter(policy=OuterRef("pk"))
    policies = (
        Policy.objects.visible_to(request.user)
        .reaching(place)
        .select_related("current", "owner", "parent")
        .annotate(
            draft_status=Subquery(drafts_open.values("status")[:1]),
            withdrawn=Exists(Withdrawal.objects.filter(policy=OuterRef("pk"))),
        )
        .order_by("title")
    )
    figures = progress.figures_by(progress.at(place, on), Grace.at(place), on, "policy_ref")
    lines = [
        PolicyLine(
            policy=one,
            figures=figures.get(one.pk),
            draft=Status(one.draft_status) if one.draft_status else None,
            review_overdue=bool(one.current_id and one.review_due_on and one.review_due_on < on),
            href=_page_of(request, one, place),
        )
        for one in policies
    ]
    context = {
        "school": place,
        "lines": lines,
        "may_manage": request.user.can(Permission.MANAGE_POLICIES, at=place),
        "may_see_signatures": request.user.can(Permission.VIEW_SIGNATURES, at=place),
    }
    return render(request, "governance/policy_manage.html", context)


def _page_of(request: Request, policy: Policy, place: Organisation) -> str:
    """A policy of this place: its own page. One of the trust: what it asks of this school."""
    if policy.owner_id == place.parent_id and policy.current_id:
        return reverse("governance:adoption", args=[place.slug, policy.pk])
    if request.user.can(Permission.VIEW_DRAFTS, at=policy.owner):
        return reverse("governance:policy", args=[policy.pk])
    return policy.get_absolute_url()


@require_http_methods(["GET", "POST"])
def new(request: Request, school: str) -> HttpResponse:
    place = school_where(request, school, Permission.MANAGE_POLICIES)
    cancel = reverse("governance:manage", args=[place.slug])
    form = NewPolicyForm(request.POST or None, cancel=cancel)
    if request.method == "POST" and form.is_valid():
        version = drafts.start_policy(place, by=request.user, **form.cleaned_data)
        messages.success(request, "The draft has been saved. Next: say who it is for.")
        return redirect("governance:policy", version.policy_id)
    return render(request, "governance/policy_new.html", {"school": place, "form": form})


@require_GET
def policy(request: Request, pk: int) -> HttpResponse:
    """One policy's own page: its draft with the next steps, its version in force, its details."""
    found = get_policy(request, pk, Permission.VIEW_DRAFTS)
    versions = found.versions.select_related(
        "published_by",
        "created_by",
        "edited_by",
        "returned_by",
        "policy__owner__parent",
        "source_file",
    )
    draft = (
        versions.open()
        .prefetch_related("audience__organisation", "check_questions", *SIGN_OFF)
        .first()
    )
    context = {
        "policy": found,
        "school": found.owner,
        "nav_path": reverse("governance:manage", args=[found.owner.slug]),
        "draft": draft,
        "may_manage": request.user.can(Permission.MANAGE_POLICIES, at=found.owner),
        "may_see_signatures": request.user.can(Permission.VIEW_SIGNATURES, at=found.owner),
        "signatories": [Role(row.role).label for row in found.signatories.all()],
        "withdrawal": found.withdrawals.select_related("by").first(),
        "open_review": found.reviews.open().first(),
        "review_overdue": found.current_id
        and found.review_due_on
        and found.review_due_on < found.owner.today(),
        **(_draft_context(request, draft) if draft else {}),
        **_current_context(found),
    }
    return render(request, "governance/policy_detail.html", context)


def _draft_context(request: Request, draft: PolicyVersion) -> dict[str, object]:
    """What can be done with the draft now, and what stands in the way of publishing it."""
    return {
        "actions": VERSION.actions_for(draft, request.user),
        "publish_problems": VERSION.problems(Action.PUBLISH, draft, request.user),
        "turns": signing_off.turns(draft),
        "draft_audience": in_words(draft.audience.all()),
        "removals": removals(draft),
        "waiting_comments": draft.comments.waiting().count(),
        "i_may_sign": draft.status == Status.IN_SIGN_OFF
        and bool(roles_to_sign(draft, request.user)),
        "covered": audience_of(draft, draft.organisation.today())
        .values("person")
        .distinct()
        .count(),
    }


def _current_context(policy: Policy) -> dict[str, object]:
    if policy.current is None:
        return {}
    on, grace = policy.owner.today(), Grace.at(policy.owner)
    rows = pairs(on).filter(policy_ref=policy.pk, organisation__reached_from__above=policy.owner)
    by_school = progress.figures_by(rows, grace, on, "organisation__name", "organisation__slug")
    return {
        "figures": progress.total(by_school),
        "by_school": [(name, slug, figures) for (name, slug), figures in by_school.items()],
        "audience": in_words(_speaks(policy).audience.select_related("organisation")),
    }


def _speaks(policy: Policy) -> PolicyVersion:
    """The version that says whom a policy in force is for: of an appendix, the trust's."""
    above = policy.parent.current if policy.parent else None
    assert policy.current is not None
    return above or policy.current


@require_http_methods(["GET", "POST"])
def details(request: Request, pk: int) -> HttpResponse:
    found = get_policy(request, pk, Permission.MANAGE_POLICIES)
    form = PolicyDetailsForm(request.POST or None, instance=found, owner=found.owner)
    if request.method == "POST" and form.is_valid():
        drafts.edit_details(found, by=request.user, **form.cleaned_data)
        messages.success(request, "The details have been saved.")
        return redirect("governance:policy", found.pk)
    return _form_page(request, found, form, "Details")


@require_http_methods(["GET", "POST"])
def signatories(request: Request, pk: int) -> HttpResponse:
    found = get_policy(request, pk, Permission.MANAGE_POLICIES)
    if request.method == "GET" and found.versions.filter(status=Status.IN_SIGN_OFF).exists():
        messages.info(request, "To change who signs off, take the text back to draft first.")
        return redirect("governance:policy", found.pk)
    form = SignatoriesForm(request.POST or None, policy=found, asks_why=was_ever_sent(found))
    if request.method == "POST" and form.is_valid():
        try:
            drafts.set_signatories(
                found,
                form.signatories(),
                by=request.user,
                in_order=form.in_order,
                reason=form.cleaned_data.get("reason", ""),
            )
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "Saved.")
            return redirect("governance:policy", found.pk)
    return _form_page(request, found, form, "Who signs off")


@require_POST
def new_version(request: Request, pk: int) -> HttpResponse:
    found = get_policy(request, pk, Permission.MANAGE_POLICIES)
    try:
        version = drafts.start_version(found, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect("governance:policy", found.pk)
    messages.success(request, "A draft of the new version is ready. Change the text below.")
    return redirect("governance:edit", version.pk)


@require_http_methods(["GET", "POST"])
def withdraw(request: Request, pk: int) -> HttpResponse:
    found = get_policy(request, pk, Permission.MANAGE_POLICIES)
    form = ReasonForm(
        request.POST or None,
        label="Why is this policy withdrawn?",
        submit="Withdraw this policy",
        tone="danger",
        cancel=reverse("governance:policy", args=[found.pk]),
    )
    if request.method == "POST" and form.is_valid():
        try:
            publishing.withdraw(found, by=request.user, reason=form.cleaned_data["reason"])
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The policy has been withdrawn. Nobody is asked to sign it.")
            return redirect("governance:policy", found.pk)
    lead = (
        "Nobody will be asked to sign it any more, and readers see the reason. Its text and all "
        "signatures stay on record, and a new version can be published later."
    )
    return _form_page(request, found, form, "Withdraw this policy", lead)


@require_http_methods(["GET", "POST"])
def reviewed(request: Request, pk: int) -> HttpResponse:
    found = get_policy(request, pk, Permission.MANAGE_POLICIES)
    next_due = reviewing.add_months(found.owner.today(), found.review_months)
    form = ReviewedForm(request.POST or None, policy=found, initial={"next_due_on": next_due})
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.review_without_change(found, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The review has been recorded.")
            return redirect("governance:policy", found.pk)
    lead = "The text stays as it is. Only the review date moves, and nobody is asked to sign."
    return _form_page(request, found, form, "Reviewed, no change", lead)


def _form_page(
    request: Request, found: Policy, form: object, heading: str, lead: str = ""
) -> HttpResponse:
    context = {
        "policy": found,
        "school": found.owner,
        "nav_path": reverse("governance:manage", args=[found.owner.slug]),
        "form": form,
        "heading": heading,
        "lead": lead,
    }
    return render(request, "governance/policy_form.html", context)
