"""Leaving: what a leaver promises and hands over, and the list of the office (D20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from governance import handover
from governance.forms.leaving import LeaversFilter, LeavingForm, RecordForm
from governance.leaving import asked_from, leavers, statement_for
from governance.models import LeavingStatement
from governance.services import leaving
from governance.services.signing import NotTheName
from people.http import Request
from people.models import Membership, Organisation
from people.roles import Permission
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse

if TYPE_CHECKING:
    from governance.leaving import Leaver

PER_PAGE = 50
A_YEAR = timedelta(days=365)
Method = LeavingStatement.Method


@require_http_methods(["GET", "POST"])
def attest(request: Request, pk: int) -> HttpResponse:
    """One's own leaving: what it means, what to hand over, the statement."""
    posts = leavers().filter(person=request.user).select_related("organisation__parent", "person")
    post = get_object_or_404(posts, pk=pk)
    if statement := leaving.statement_of(post):
        return redirect(statement)
    things = handover.things_of(request.user, post.organisation, post.organisation.today())
    form = LeavingForm(typed(request), post=post, things=things)
    if form.is_valid():
        name = form.cleaned_data["typed_name"]
        try:
            made = leaving.attest(post, by=request.user, typed_name=name, given=form.given())
        except NotTheName as problem:
            form.add_error("typed_name", str(problem))
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            return redirect(made)
    today, opens_on = post.organisation.today(), asked_from(post)
    context = {
        "post": post,
        "school": post.organisation,
        "form": form,
        "things": things,
        "statement": statement_for(post),
        "opens_on": opens_on if opens_on > today else None,
        "too_late": post.ends_on is not None and post.ends_on < today,
    }
    return render(request, "governance/leaving_attest.html", context)


@require_GET
def receipt(request: Request, reference: str) -> HttpResponse:
    """What was promised and handed over: for the leaver, and for those who may see signatures."""
    statements = LeavingStatement.objects.visible_to(request.user).select_related(
        "organisation", "person", "typed", "recorded_by"
    )
    statement = get_object_or_404(statements, reference=reference)
    context = {
        "statement": statement,
        "typed": getattr(statement, "typed", None),  # erased when its time is over
        "things": statement.handed_over.select_related("to"),
        "mine": statement.person_id == request.user.pk,
        "may_list": request.user.can(Permission.VIEW_SIGNATURES, at=statement.organisation),
        "school": statement.organisation,
    }
    return render(request, "governance/leaving_receipt.html", context)


@dataclass(frozen=True)
class Line:
    """One leaver in the list. `status` is a tone, `state` its words."""

    post: Leaver
    statement: LeavingStatement | None
    status: str
    state: str
    can_record: bool


@require_GET
def leaver_list(request: Request, school: str) -> HttpResponse:
    """Who leaves or has left, and whether they have given their statement."""
    place = school_where(request, school, Permission.VIEW_SIGNATURES)
    form, today = LeaversFilter(request.GET or None), place.today()
    rows = _matching(form, leavers().filter(organisation=place), today)
    rows = rows.select_related("person").order_by("-ends_on", "person__sort_name", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "school": place,
        "form": form,
        "page": page,
        "lines": _lines(request, place, list(page), today),
        "today": today,
    }
    return render(request, "governance/leaving_list.html", context)


def _matching(
    form: LeaversFilter, rows: QuerySet[Leaver, Leaver], today: date
) -> QuerySet[Leaver, Leaver]:
    data = form.cleaned_data if form.is_valid() else {}
    states = {
        "missing": Q(given=False, without=False),
        "given": Q(given=True),
        "without": Q(given=False, without=True),
    }
    days = {"ahead": Q(ends_on__gte=today), "all": Q()}
    found = rows.filter(states.get(data.get("state", ""), Q()))
    found = found.filter(days.get(data.get("when", ""), Q(ends_on__gte=today - A_YEAR)))
    words = data.get("q", "").strip()
    return found.filter(person__name__icontains=words) if words else found


def _lines(request: Request, place: Organisation, posts: list[Leaver], today: date) -> list[Line]:
    """With the newest statement of each, in one query more; one given goes before one missing."""
    rows = (
        LeavingStatement.objects.filter(membership__in=posts)
        .annotate(things=Count("handed_over"), done=Count("handed_over__to"))
        .order_by("recorded_at", "pk")
    )
    statements: dict[int, LeavingStatement] = {}
    for row in sorted(rows, key=lambda one: one.method != Method.WITHOUT):
        statements[row.membership_id] = row
    may_record = request.user.can(Permission.MANAGE_PEOPLE, at=place)
    lines = []
    for post in posts:
        assert post.ends_on is not None
        post.organisation = place
        status, state = _state(post, today)
        counts = post.given or post.without
        mine = post.person_id == request.user.pk
        lines.append(
            Line(
                post=post,
                statement=statements.get(post.pk) if counts else None,
                status=status,
                state=state,
                can_record=may_record and not post.given and not mine,
            )
        )
    return lines


def _state(post: Leaver, today: date) -> tuple[str, str]:
    assert post.ends_on is not None
    if post.given:
        return "signed", "Given"
    if post.without:
        return "withdrawn", "Left without"
    if post.ends_on < today:
        return "overdue", "Missing"
    if asked_from(post) > today:
        return "upcoming", "Not asked yet"
    return "pending", "Asked"


@require_http_methods(["GET", "POST"])
def record(request: Request, school: str, pk: int) -> HttpResponse:
    """The office records a statement from paper, or that somebody left without one."""
    place = school_where(request, school, Permission.MANAGE_PEOPLE)
    posts = leavers().filter(organisation=place).select_related("organisation__parent", "person")
    post: Membership | None = posts.filter(pk=pk).first()
    if post is None:
        raise Http404
    things = handover.things_of(post.person, place, place.today())
    form = RecordForm(typed(request), post=post, things=things)
    if form.is_valid():
        data, given = form.cleaned_data, form.given()
        try:
            if data["how"] == "paper":
                made = leaving.record_paper(
                    post, by=request.user, given_on=data["given_on"], given=given
                )
            else:
                made = leaving.record_without(
                    post, by=request.user, reason=data["reason"], given=given
                )
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "It is on record.")
            return redirect(made)
    context = {"school": place, "post": post, "form": form, "statement": statement_for(post)}
    return render(request, "governance/leaving_record.html", context)
