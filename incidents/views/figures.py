"""The figures of a term for governors, leaders and the trust: page, paper and spreadsheet (I9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.printing import paper_of
from incidents.figures_shown import HEADER, parts_of, rows, total_of
from incidents.models import TermFigures
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where
from web.csv import stream_csv
from web.pdf import pdf, pdf_answer
from web.words import day_in_words

MOST_TERMS = 21  # seven years of three
PER_PAGE = 50
# Schools of a trust end the same term within so many days of each other.
APART = timedelta(days=75)


@require_GET
def figures(request: Request, school: str) -> HttpResponse:
    """One term beside the term before. The same for everybody who sees it."""
    at, terms = _terms(request, school)
    context: dict[str, Any] = {"school": at, "terms": terms, "is_trust": _is_trust(at)}
    if terms:
        now, before = _chosen(request, terms)
        context |= {
            "now": now,
            "before": before,
            "total": total_of(now),
            "total_before": total_of(before) if before else "",
            "parts": parts_of(now, before),
        }
        if _is_trust(at):
            context["page"] = _schools(request, at, now)
    return render(request, "incidents/figures_term.html", context)


@require_GET
def figures_pdf(request: Request, school: str) -> HttpResponse:
    """The same on paper, for the meeting."""
    at, terms = _terms(request, school)
    now, before = _chosen(request, terms)
    data = paper_of(at, "Concerns and incidents") | {
        "term": now.name,
        "days": days_of(now),
        "before": before.name if before else "",
        "smallest": now.smallest,
        "total": total_of(now),
        "total_before": total_of(before) if before else "",
        "is_trust": _is_trust(at),
        "parts": [
            {"title": one.title,
             "rows": [[line.label, line.now, line.before] for line in one.shown],
             "hidden": one.hidden}
            for one in parts_of(now, before)
        ],
    }  # fmt: skip
    name = f"concerns-{at.slug}-{now.last_day}.pdf"
    return pdf_answer(pdf("governors_report", data), name)


@require_GET
def figures_csv(request: Request, school: str) -> HttpResponseBase:
    """The same for a spreadsheet."""
    at, terms = _terms(request, school)
    now, _ = _chosen(request, terms)
    return stream_csv(f"concerns-{at.slug}-{now.last_day}.csv", HEADER, rows(now))


def days_of(one: TermFigures) -> str:
    return f"{day_in_words(one.first_day)} to {day_in_words(one.last_day)}"


def _is_trust(at: Organisation) -> bool:
    return at.kind == Organisation.Kind.TRUST


def _terms(request: Request, school: str) -> tuple[Organisation, list[TermFigures]]:
    at = school_where(request, school, Permission.VIEW_DASHBOARD)
    return at, list(TermFigures.objects.filter(organisation=at)[:MOST_TERMS])


def _chosen(
    request: Request, terms: Sequence[TermFigures]
) -> tuple[TermFigures, TermFigures | None]:
    """The term that was asked for, else the latest, and the one before it."""
    if not terms:
        raise Http404
    number = 0
    if asked := request.GET.get("until"):
        days = [one.last_day for one in terms]
        try:
            number = days.index(date.fromisoformat(asked))
        except ValueError:
            raise Http404 from None
    before = terms[number + 1] if number + 1 < len(terms) else None
    return terms[number], before


def _schools(request: Request, trust: Organisation, now: TermFigures) -> Any:
    """The schools that this report is made from, with how many reports each of them shows."""
    found = (
        TermFigures.objects.visible_to(request.user)
        .filter(organisation__parent=trust, last_day__range=(now.last_day - APART, now.last_day))
        .select_related("organisation")
        .order_by("organisation__name", "last_day")
    )
    page: Any = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = [(one, total_of(one)) for one in page.object_list]
    return page
