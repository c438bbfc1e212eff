"""The review of access: its list, its rows, and what is decided about each (A9)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access_listing as listing
from accounts.access import sizes
from accounts.forms.access_review import AnswerForm, EndRowForm, RowFilterForm
from accounts.models import AccessReview, AccessReviewRow
from accounts.services import access_reviews
from people.http import Request
from people.roles import Permission
from people.views.scope import school_of, school_where, typed
from web.acting import filled_in, pressed
from web.csv import stream_csv
from web.errors import RuleBroken

P = Permission
FORM_METHODS = ["GET", "POST"]
PER_PAGE, ROWS_PER_PAGE = 25, 100


@require_GET
def review_list(request: Request, school: str) -> HttpResponse:
    """Every review of the school, the newest first."""
    at = school_where(request, school, P.VIEW_ACCOUNTS)
    rows = AccessReview.objects.visible_to(request.user).filter(organisation=at)
    rows = rows.select_related("opened_by").annotate(
        size=Count("rows"), left=Count("rows", filter=Q(rows__decision="pending"))
    )
    page = Paginator(rows.order_by("-opened_on", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "school": at,
        "page": page,
        "is_open": any(review.closed_at is None for review in page),
        "manages": request.user.can(P.MANAGE_ACCOUNTS, at=at),
        "by_itself": at.setting("accounts.access_review"),
        "school_day": at.setting("accounts.access_review_school_day"),
    }
    return render(request, "accounts/access_list.html", context)


@require_POST
def review_open(request: Request, school: str) -> HttpResponse:
    """Look now at who runs what."""
    at = school_where(request, school, P.MANAGE_ACCOUNTS)
    try:
        review = access_reviews.open_review(at, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect("accounts:access_reviews", at.slug)
    messages.success(request, "The review is open. Decide about each person.")
    return redirect(review)


@require_GET
def review_detail(request: Request, school: str, review: int) -> HttpResponse:
    """Who runs what, and what was decided about it."""
    row = _review(request, school, review)
    at = row.organisation
    form = RowFilterForm(request.GET or None)
    filters = form.cleaned_data if form.is_valid() else {}
    page = Paginator(listing.rows_of(row, filters), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    counted = listing.counts(row)
    context = {
        "school": at,
        "review": row,
        "filters": form,
        "filtered": form.is_bound,
        "page": page,
        "rows": listing.shown(row, list(page), request.user),
        "counts": [(label, counted.get(code, 0)) for code, label in listing.Decision.choices],
        "left": counted.get(listing.Decision.PENDING, 0),
        "decides": row.closed_at is None and request.user.can(P.MANAGE_ACCOUNTS, at=at),
        "is_late": row.closed_at is None and row.due_on < at.today(),
    }
    return render(request, "accounts/access_review.html", context)


@require_GET
def review_export(request: Request, school: str, review: int) -> StreamingHttpResponse:
    """The whole review, for a spreadsheet."""
    row = _review(request, school, review)
    name = f"access-{row.organisation.slug}-{row.opened_on}.csv"
    return stream_csv(name, listing.EXPORT_HEADER, listing.export_rows(row))


@require_http_methods(FORM_METHODS)
def review_rest(request: Request, school: str, review: int) -> HttpResponse:
    """Keep all that is left: first what that would be, then exactly that."""
    row = _review(request, school, review)
    if not request.user.can(P.MANAGE_ACCOUNTS, at=row.organisation):
        raise PermissionDenied
    if request.method == "POST":
        shown = request.POST.get("shown", "")
        try:
            number = access_reviews.keep_the_rest(row, by=request.user, shown=shown)
        except RuleBroken as problem:
            messages.error(request, str(problem))
            return redirect(request.path if row.closed_at is None else row)
        words = "person goes" if number == 1 else "people go"
        messages.success(request, f"{number} {words} on running their accounts.")
        return redirect(row)
    rest = access_reviews.the_rest(row, request.user)
    rows = list(rest.select_related("runner__account", "person"))
    left_out = row.rows.to_decide().count() - len(rows)
    context = {
        "school": row.organisation,
        "review": row,
        "rows": rows,
        "left_out": left_out,
        "submit": f"Keep these {len(rows)}" if len(rows) > 1 else "Keep this one",
        "shown": access_reviews.fingerprint(one.pk for one in rows),
    }
    return render(request, "accounts/access_rest.html", context)


@require_POST
def row_keep(request: Request, school: str, row: int) -> HttpResponse:
    """They go on running it."""
    one = _row(request, school, row)
    said = f"{one.person} goes on running “{one.runner.account.name}”."
    return pressed(request, lambda: access_reviews.keep(one, by=request.user), said, one.review)


@require_POST
def row_ask(request: Request, school: str, row: int) -> HttpResponse:
    """Ask them whether they still need it."""
    one = _row(request, school, row)
    said = f"{one.person} has been asked."
    return pressed(request, lambda: access_reviews.ask(one, by=request.user), said, one.review)


@require_http_methods(FORM_METHODS)
def row_end(request: Request, school: str, row: int) -> HttpResponse:
    """They stop running it today: said twice."""
    one = _row(request, school, row)
    at, account = one.review.organisation, one.runner.account
    if not request.user.can(P.MANAGE_ACCOUNTS, at=at):
        raise PermissionDenied
    form = EndRowForm(typed(request), cancel=one.review.get_absolute_url())
    done = filled_in(
        request,
        form,
        lambda **_: access_reviews.end(one, by=request.user),
        f"{one.person} runs “{account.name}” until the end of today.",
        one.review,
    )
    context = {
        "school": at,
        "review": one.review,
        "row": one,
        "account": account,
        "form": form,
        "rest": sizes([account.pk], at.today())[account.pk] - 1,
        "least": int(at.setting("accounts.least_runners")),
    }
    return done or render(request, "accounts/access_end.html", context)


@require_http_methods(FORM_METHODS)
def row_answer(request: Request, school: str, row: int) -> HttpResponse:
    """Whoever was asked says whether they still need it."""
    one = _row(request, school, row)
    if one.person_id != request.user.pk:
        raise PermissionDenied
    form = AnswerForm(typed(request), cancel="/")
    done = filled_in(
        request,
        form,
        lambda **data: access_reviews.answer(one, by=request.user, **data),
        "Thank you. Somebody else decides, and sees your answer.",
        "overview:home",
    )
    context = {
        "school": one.review.organisation, "row": one, "account": one.runner.account, "form": form,
    }  # fmt: skip
    return done or render(request, "accounts/access_answer.html", context)


def _review(request: Request, school: str, pk: int) -> AccessReview:
    at = school_of(request, school)
    rows = AccessReview.objects.visible_to(request.user)
    rows = rows.select_related("organisation__parent", "opened_by")
    return get_object_or_404(rows, organisation=at, pk=pk)


def _row(request: Request, school: str, pk: int) -> AccessReviewRow:
    at = school_of(request, school)
    rows = AccessReviewRow.objects.visible_to(request.user).select_related(
        "review__organisation__parent", "runner__account", "person", "asked_by"
    )
    return get_object_or_404(rows, review__organisation=at, pk=pk)
