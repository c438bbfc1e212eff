"""A school's people: the list, one person, and what the office does for them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people import listing
from people.forms.staff import LeaveForm, PeopleFilterForm, PersonForm, RolesForm
from people.http import Request
from people.models import Invitation, Membership, Organisation
from people.roles import Permission, Role
from people.services import staff
from people.services.sign_in import may_help
from people.views.scope import latest_post, school_where, typed
from web.csv import stream_csv
from web.errors import RuleBroken
from web.forms import refuse
from web.words import day_in_words

P = Permission
PER_PAGE = 50
FORM_METHODS = ["GET", "POST"]


@require_GET
def people_list(request: Request, school: str) -> HttpResponse:
    """Everybody on the staff list, fifty at a time."""
    at = school_where(request, school, P.VIEW_PEOPLE)
    today = at.today()
    form = PeopleFilterForm(request.GET or None, school=at)
    posts = listing.posts_at(at, form.cleaned_data if form.is_valid() else {}, today)
    page = Paginator(posts, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(post, listing.status_of(post, today), listing.role_labels(post)) for post in page]
    context = {
        "school": at,
        "filters": form,
        "page": page,
        "rows": rows,
        "filtered": form.is_bound,
        "query": request.GET.urlencode(),
        "may_manage": request.user.can(P.MANAGE_PEOPLE, at=at),
    }
    return render(request, "people/person_list.html", context)


@require_GET
def people_export(request: Request, school: str) -> StreamingHttpResponse:
    """The list, as filtered, for a spreadsheet."""
    at = school_where(request, school, P.VIEW_PEOPLE)
    form = PeopleFilterForm(request.GET or None, school=at)
    posts = listing.posts_at(at, form.cleaned_data if form.is_valid() else {}, at.today())
    return stream_csv(
        f"people-{at.slug}-{at.today()}.csv", listing.EXPORT_HEADER, listing.export_rows(posts)
    )


@require_GET
def person_detail(request: Request, school: str, pk: int) -> HttpResponse:
    """One person: their posts where this viewer may see them, their roles, what can be done."""
    at = school_where(request, school, P.VIEW_PEOPLE)
    post = latest_post(request, at, pk)
    posts = list(
        Membership.objects.visible_to(request.user)
        .filter(person=pk)
        .select_related("organisation", "line_manager")
        .prefetch_related("roles")
        .order_by("-starts_on", "-pk")
    )
    invitation = Invitation.objects.open().filter(person=pk).first()
    today = at.today()
    context = {
        "school": at,
        "post": post,
        "person": post.person,
        "posts": [(one, *listing.status_of(one, today)) for one in posts],
        "facts": _facts(post, invitation),
        "invitation": invitation,
        "may_manage": request.user.can(P.MANAGE_PEOPLE, at=at),
        "may_invite": post.person.last_login is None
        and not post.person.has_usable_password()
        and bool(post.person.email)
        and (post.ends_on is None or post.ends_on >= today),
        "may_undo": staff.can_undo_leaving(post),
        "may_reset": post.person.pk != request.user.pk and may_help(request.user, at),
        "record_url": _record_url(request, at, post),
        "may_see_signed": request.user.can(P.VIEW_SIGNATURES, at=at),
    }
    return render(request, "people/person_detail.html", context)


def _facts(post: Membership, invitation: Invitation | None) -> list[tuple[str, Any]]:
    person = post.person
    if person.last_login:
        signed_in = f"Last on {day_in_words(person.last_login.date())}"
    elif invitation:
        signed_in = (
            f"Not yet; invited on {day_in_words(invitation.created_at.date())}, "
            f"valid until {day_in_words(invitation.expires_at.date())}"
        )
    elif person.has_usable_password():
        signed_in = "Not yet, but they can: a password is set"
    elif person.email:
        signed_in = "Not yet; not invited"
    else:
        signed_in = "Cannot sign in without an e-mail address"
    return [
        ("E-mail", person.email),
        ("Signed in", signed_in),
        ("Job title", post.job_title),
        ("Department", post.department),
        ("Line manager", post.line_manager),
        ("Employment", post.get_employment_display()),
        ("Staff number", post.payroll_id),
        ("First day", day_in_words(post.starts_on)),
        ("Last day", day_in_words(post.ends_on) if post.ends_on else ""),
        ("Term time only", "Yes" if post.term_time_only else "No"),
    ]


def _record_url(request: Request, at: Organisation, post: Membership) -> str:
    """Their post's page in the record, for whoever may read it."""
    try:
        return reverse("trail:object", args=[at.slug, "people.membership", post.pk])
    except NoReverseMatch:
        return ""


@require_http_methods(FORM_METHODS)
def person_add(request: Request, school: str) -> HttpResponse:
    """Put one person on the list."""
    at = school_where(request, school, P.MANAGE_PEOPLE)
    form = PersonForm(
        typed(request),
        school=at,
        submit="Add person",
        cancel=reverse("people:list", args=[at.slug]),
        with_roles=True,
    )
    if form.is_valid():
        roles = [Role(role) for role in form.cleaned_data["roles"]]
        try:
            post = staff.add(
                at, roles=roles, by=request.user, **form.person_values, **form.post_values
            )
        except (RuleBroken, ValidationError) as problem:
            _refuse(form, problem)
        else:
            messages.success(request, f"{post.person.name} is on the staff list.")
            return redirect("people:detail", at.slug, post.person_id)
    return render(request, "people/person_add.html", {"school": at, "form": form})


@require_http_methods(FORM_METHODS)
def person_change(request: Request, school: str, pk: int) -> HttpResponse:
    """Correct a person's details and their post here."""
    at = school_where(request, school, P.MANAGE_PEOPLE)
    post = latest_post(request, at, pk)
    with_person = staff.may_change_person(post.person, by=request.user)
    form = PersonForm(
        typed(request),
        instance=post,
        school=at,
        submit="Save",
        cancel=reverse("people:detail", args=[at.slug, pk]),
        with_person=with_person,
    )
    if form.is_valid():
        try:
            staff.change(post, form.person_values, form.post_values, by=request.user)
        except (RuleBroken, ValidationError) as problem:
            _refuse(form, problem)
        else:
            messages.success(request, "The changes are saved.")
            return redirect("people:detail", at.slug, pk)
    context = {"school": at, "form": form, "post": post, "with_person": with_person}
    return render(request, "people/person_change.html", context)


@require_http_methods(FORM_METHODS)
def person_roles(request: Request, school: str, pk: int) -> HttpResponse:
    """What somebody may do here, from today."""
    at = school_where(request, school, P.MANAGE_PEOPLE)
    post = latest_post(request, at, pk)
    held = list(post.roles.lasting().values_list("role", flat=True))
    form = RolesForm(
        typed(request),
        initial={"roles": held},
        school=at,
        cancel=reverse("people:detail", args=[at.slug, pk]),
    )
    if form.is_valid():
        try:
            staff.give_roles(
                post, [Role(role) for role in form.cleaned_data["roles"]], by=request.user
            )
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, f"The roles of {post.person.name} are saved.")
            return redirect("people:detail", at.slug, pk)
    return render(request, "people/person_roles.html", {"school": at, "form": form, "post": post})


@require_http_methods(FORM_METHODS)
def person_leave(request: Request, school: str, pk: int) -> HttpResponse:
    """First the last day, then what it means, then it is recorded."""
    at = school_where(request, school, P.MANAGE_PEOPLE)
    post = latest_post(request, at, pk)
    cancel = reverse("people:detail", args=[at.slug, pk])
    form = LeaveForm(
        typed(request),
        initial={"last_day": post.ends_on},
        cancel=cancel,
    )
    context = {"school": at, "form": form, "post": post}
    if form.is_valid():
        last_day = form.cleaned_data["last_day"]
        if last_day < post.starts_on:
            form.add_error("last_day", "The last day cannot be before the first.")
            return render(request, "people/person_leave.html", context)
        if "confirmed" in request.POST:
            try:
                staff.leave(post, last_day=last_day, by=request.user)
            except RuleBroken as problem:
                refuse(form, problem)
                return render(request, "people/person_leave.html", context)
            messages.success(request, f"{post.person.name}: last day {day_in_words(last_day)}.")
            return redirect("people:detail", at.slug, pk)
        checking = LeaveForm(
            initial={"last_day": last_day, "confirmed": True}, cancel=cancel, checking=True
        )
        context |= {"form": checking, "last_day": last_day, "gone": last_day < at.today()}
        return render(request, "people/person_leave_confirm.html", context)
    return render(request, "people/person_leave.html", context)


@require_POST
def person_stay(request: Request, school: str, pk: int) -> HttpResponse:
    """They stay after all."""
    at = school_where(request, school, P.MANAGE_PEOPLE)
    post = latest_post(request, at, pk)
    try:
        staff.undo_leaving(post, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"{post.person.name} stays on the staff list.")
    return redirect("people:detail", at.slug, pk)


def _refuse(form: PersonForm, problem: RuleBroken | ValidationError) -> None:
    if isinstance(problem, RuleBroken):
        refuse(form, problem)
        return
    for field, sentences in getattr(problem, "message_dict", {"": problem.messages}).items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)
