"""A draft on its way: text, audience, sign-off, publication."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from files.purposes import Purpose
from files.services import store
from governance import signing_off
from governance.audience import in_words
from governance.comparing import Changes, compare
from governance.forms.reviews import CommentForm
from governance.forms.sign_off import SignedElsewhereForm
from governance.forms.writing import (
    AudienceForm,
    PublishForm,
    ReasonForm,
    TextForm,
)
from governance.models import PolicyVersion
from governance.obligations import audience_of
from governance.services import drafts, publishing, sign_off
from governance.text.render import to_html
from governance.workflow import (
    VERSION,
    WHERE,
    Action,
    Status,
    asked_now,
    removals,
    roles_to_sign,
)
from people.http import Request
from people.roles import Permission, Role
from trail.workflow import InvalidTransition
from web.errors import RuleBroken
from web.forms import refuse

# What the guards and the pages of a sign-off read again and again.
SIGN_OFF = ("sign_offs__person", "policy__signatories", "policy__removals__by")


def get_version(
    request: Request, pk: int, permission: Permission | None = Permission.MANAGE_POLICIES
) -> PolicyVersion:
    """A version they may see (else 404), whose owner gives them the permission (else 403)."""
    versions = PolicyVersion.objects.visible_to(request.user).select_related(
        "policy__owner__parent", "policy__current", "created_by", "edited_by"
    )
    version = get_object_or_404(versions, pk=pk)
    if permission and not request.user.can(permission, at=version.policy.owner):
        raise PermissionDenied
    return version


def version_page(
    request: Request, template: str, version: PolicyVersion, **more: object
) -> HttpResponse:
    context = {
        "version": version,
        "policy": version.policy,
        "school": version.policy.owner,
        "nav_path": reverse("governance:manage", args=[version.policy.owner.slug]),
        **more,
    }
    return render(request, f"governance/{template}.html", context)


def _closed(request: Request, version: PolicyVersion) -> HttpResponse | None:
    """To the policy's page, with the reason, instead of a form that nobody could send."""
    if request.method != "GET" or not (why := drafts.why_closed(version)):
        return None
    messages.info(request, why)
    return redirect("governance:policy", version.policy_id)


def _not_waiting(request: Request, version: PolicyVersion) -> HttpResponse | None:
    """The same for what is done while a text waits for sign-off."""
    if request.method != "GET" or version.status == Status.IN_SIGN_OFF:
        return None
    return _moved_on(request, version)


def _moved_on(request: Request, version: PolicyVersion) -> HttpResponse:
    """To the policy's page: pressed twice, or from a page that is out of date."""
    version.refresh_from_db(fields=["status"])
    where = WHERE[Status(version.status)]
    messages.info(request, f"Nothing was changed. The text has moved on meanwhile: {where}.")
    return redirect("governance:policy", version.policy_id)


@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    version = get_version(request, pk)
    if closed := _closed(request, version):
        return closed
    comments = signing_off.comments_on(version)
    form = TextForm(request.POST or None, version=version, comments=comments)
    theirs: Changes | None = None
    if request.method == "POST" and form.is_valid():
        try:
            drafts.edit_text(version, by=request.user, **form.cleaned_data)
        except drafts.EditedMeanwhile as problem:
            theirs = compare(form.cleaned_data["body"], problem.version.body)
            version = problem.version
            # Saving again is now deliberate: the form carries on from what is saved.
            form.data = {**form.data.dict(), "edition": str(version.edition)}  # type: ignore[attr-defined]
            refuse(form, problem)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The text has been saved.")
            return redirect("governance:policy", version.policy_id)
    context = {
        "form": form,
        "theirs": theirs,
        "comments": comments,
        "ticked": form.cleaned_data.get("done", []) if form.is_bound else [],
    }
    return version_page(request, "version_edit", version, **context)


@require_http_methods(["GET", "POST"])
def audience(request: Request, pk: int) -> HttpResponse:
    """Whom a draft is for, with everyone it would reach (D9)."""
    version = get_version(request, pk)
    if version.policy.is_appendix:
        messages.info(request, "An appendix is for the people that the trust's policy is for.")
        return redirect("governance:policy", version.policy_id)
    if closed := _closed(request, version):
        return closed
    form = AudienceForm(request.POST or None, version=version)
    if request.method == "POST" and form.is_valid():
        try:
            drafts.set_audience(version, form.rules(), by=request.user)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, f"Saved. It is for {_people(version)} today.")
            return redirect("governance:audience", version.pk)
    covered = (
        audience_of(version, version.organisation.today())
        .select_related("person", "organisation")
        .order_by("person__sort_name", "person__name")
    )
    counts = covered.order_by().values("employment").annotate(n=Count("person", distinct=True))
    labels = dict(version.audience.model._meta.get_field("employment").choices or [])
    context = {
        "form": form,
        "page": Paginator(covered, 50).get_page(request.GET.get("page")),
        "counts": [(labels[row["employment"]], row["n"]) for row in counts],
    }
    return version_page(request, "version_audience", version, **context)


def _covered(version: PolicyVersion, on: date) -> int:
    return audience_of(version, on).values("person").distinct().count()


def _people(version: PolicyVersion) -> str:
    number = _covered(version, version.organisation.today())
    return "1 person" if number == 1 else f"{number:,} people"


@require_POST
def send(request: Request, pk: int) -> HttpResponse:
    version = get_version(request, pk)
    return _try(
        request,
        version,
        lambda: sign_off.send(version, by=request.user),
        "Sent. Those who sign it off will find it among their tasks.",
    )


@require_POST
def take_back(request: Request, pk: int) -> HttpResponse:
    version = get_version(request, pk)
    return _try(
        request,
        version,
        lambda: sign_off.take_back(version, by=request.user),
        "The text is a draft again.",
    )


def _try(request: Request, version: PolicyVersion, deed, done: str) -> HttpResponse:  # type: ignore[no-untyped-def]
    """Do it and say so, or say everything that stands in the way; back to the policy's page."""
    try:
        deed()
    except InvalidTransition:
        return _moved_on(request, version)
    except RuleBroken as problem:
        for reason in problem.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, done)
    return redirect("governance:policy", version.policy_id)


@require_http_methods(["GET", "POST"])
def sign_off_page(request: Request, pk: int) -> HttpResponse:
    """A signatory reads exactly what would be published, and signs it or sends it back."""
    version = get_version(request, pk, Permission.VIEW_DRAFTS)
    if request.method == "GET":
        return draft_page(request, version)
    return _try(
        request,
        version,
        lambda: sign_off.sign(
            version,
            by=request.user,
            displayed=request.POST.get("displayed", ""),
            audience=request.POST.get("audience", ""),
        ),
        "Thank you. Your signature is on record.",
    )


def draft_page(
    request: Request, version: PolicyVersion, *, comment_form: CommentForm | None = None
) -> HttpResponse:
    """The text as it would be published, whose turn it is, and what is said about it."""
    prefetch_related_objects([version], *SIGN_OFF)
    published = version.policy.current
    since = signing_off.new_since(version, request.user)
    actions = VERSION.actions_for(version, request.user)
    may_sign = Action.SIGN_OFF in actions
    context = {
        "html": to_html(version.body),
        "since": since,
        "changes": compare(published.body, version.body) if published and not since else None,
        "earlier": published,
        "turns": signing_off.turns(version),
        "capacities": [role.label for role in roles_to_sign(version, request.user)],
        "sign_problems": VERSION.problems(Action.SIGN_OFF, version, request.user),
        "may_sign": may_sign,
        "may_return": Action.RETURN in actions,
        "audience": in_words(version.audience.select_related("organisation")),
        "comments": signing_off.comments_on(version),
        "comment_form": None
        if version.is_published
        else comment_form or CommentForm(version=version),
        "may_manage": request.user.can(Permission.MANAGE_POLICIES, at=version.policy.owner),
    }
    return version_page(request, "version_sign_off", version, **context)


@require_http_methods(["GET", "POST"])
def send_back(request: Request, pk: int) -> HttpResponse:
    version = get_version(request, pk, Permission.VIEW_DRAFTS)
    if not VERSION.allowed(Action.RETURN, version, request.user):
        raise PermissionDenied
    if moved_on := _not_waiting(request, version):
        return moved_on
    form = ReasonForm(
        request.POST or None,
        label="What should change?",
        missing="Say what should change.",
        submit="Send it back",
        cancel=reverse("governance:policy", args=[version.policy_id]),
    )
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["reason"]
        return _try(
            request,
            version,
            lambda: sign_off.send_back(version, by=request.user, note=note),
            "Sent back, with your comment.",
        )
    return version_page(request, "version_form", version, form=form, heading="Send it back")


@require_http_methods(["GET", "POST"])
def signed_elsewhere(request: Request, pk: int) -> HttpResponse:
    version = get_version(request, pk)
    if moved_on := _not_waiting(request, version):
        return moved_on
    form = SignedElsewhereForm(
        request.POST or None, request.FILES or None, version=version, waiting=asked_now(version)
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        upload = data.pop("scan")
        try:
            data["role"] = Role(data["role"])
            with transaction.atomic():  # a scan is kept with its signature or not at all
                if upload:
                    data["scan"] = store(
                        upload,
                        organisation=version.organisation,
                        by=request.user,
                        purpose=Purpose.SIGN_OFF_SCAN,
                    )
                sign_off.record_elsewhere(version, by=request.user, **data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The signature has been recorded.")
            return redirect("governance:policy", version.policy_id)
    return version_page(request, "version_form", version, form=form, heading="Signed elsewhere")


def _next_review(version: PolicyVersion, today: date) -> date:
    """The day the first version's document names, if it is to come; else an interval from now."""
    named = version.policy.review_due_on
    if version.policy.asking_id is None and named and named > today:
        return named
    return publishing.add_months(today, version.policy.review_months)


@require_http_methods(["GET", "POST"])
def publish(request: Request, pk: int) -> HttpResponse:
    """Material or minor, what changed, and how many people will be asked (D4)."""
    version = get_version(request, pk)
    if version.is_published:
        return _moved_on(request, version)
    prefetch_related_objects([version], *SIGN_OFF)
    first = version.policy.asking_id is None
    today = version.organisation.today()
    initial = {
        "agreed_on": version.agreed_on,
        "review_due_on": _next_review(version, today),
    }
    review = version.policy.reviews.open().first()
    form = PublishForm(
        request.POST or None, version=version, first=first, review=review, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        data = {"change": PolicyVersion.Change.MATERIAL, **form.cleaned_data}
        try:
            publishing.publish(version, by=request.user, **data)
        except InvalidTransition:
            return _moved_on(request, version)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "Published. Everyone it asks finds it among their tasks.")
            return redirect("governance:policy", version.policy_id)
    context = {
        "form": form,
        "first": first,
        "covered": _covered(version, today),
        "problems": VERSION.problems(Action.PUBLISH, version, request.user),
        "removals": removals(version),
        "turns": signing_off.turns(version),
        "waiting_comments": version.comments.waiting().count(),
    }
    return version_page(request, "version_publish", version, **context)


@require_http_methods(["GET", "POST"])
def discard(request: Request, pk: int) -> HttpResponse:
    version = get_version(request, pk)
    if closed := _closed(request, version):
        return closed
    if request.method == "POST":
        owner = version.policy.owner
        try:
            drafts.discard(version, by=request.user)
        except RuleBroken as problem:
            messages.error(request, str(problem))
            return redirect("governance:policy", version.policy_id)
        messages.success(request, "The draft has been thrown away.")
        return redirect("governance:manage", owner.slug)
    return version_page(request, "version_discard", version)
