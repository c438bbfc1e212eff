"""The self-check of personal accounts: for each person, and who has done it (D21)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from governance import self_check
from governance.forms.self_check import SelfCheckForm, WhoFilter
from governance.models import SelfCheck
from governance.self_check import Rhythm
from governance.self_check_questions import QUESTIONS
from governance.services import self_check as services
from people.http import Request
from people.roles import Permission
from people.views.scope import school_where, typed
from web.csv import stream_csv

if TYPE_CHECKING:
    from governance.self_check import Asked

PER_PAGE = 50


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def check(request: Request) -> HttpResponse:
    """Eight questions; what to do is the answer to sending them.

    There is no redirect: the next page would have to be told the answers, and an address, a
    cookie, a message or a row would keep them.
    """
    form = SelfCheckForm(typed(request))
    if form.is_valid():
        row = services.done(by=request.user)
        context = {"to_do": form.to_do, "row": row}
        return render(request, "governance/self_check_result.html", context)
    context = {
        "form": form,
        "number": len(QUESTIONS),
        "last": SelfCheck.objects.filter(person=request.user).first(),
    }
    return render(request, "governance/self_check_form.html", context)


def _matching(form: WhoFilter, rhythm: Rhythm, on: date) -> Q:
    if not form.is_valid():
        return Q()
    data = form.cleaned_data
    found = rhythm.state(data["state"], on)
    if words := data["q"].strip():
        found &= Q(person__name__icontains=words)
    if data["department"]:
        found &= Q(department=data["department"])
    return found


@require_GET
def who(request: Request, school: str) -> HttpResponse:
    """Who has done it and who has not. There is nothing more to be seen."""
    place = school_where(request, school, Permission.VIEW_SIGNATURES)
    on, rhythm = place.today(), Rhythm.at(place)
    rows = self_check.at(place, on)
    form = WhoFilter(request.GET or None, departments=self_check.departments(rows))
    page = Paginator(rows.filter(_matching(form, rhythm, on)), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "school": place,
        "form": form,
        "page": page,
        "lines": [(row, *_state(row, rhythm, on)) for row in page],
        "figures": self_check.figures(rows, rhythm, on),
        "ask": rhythm.ask,
        "query": request.GET.urlencode(),
    }
    return render(request, "governance/self_check_list.html", context)


@require_GET
def who_csv(request: Request, school: str) -> HttpResponseBase:
    """The same list, filtered the same way, streamed; safe to open in a spreadsheet."""
    place = school_where(request, school, Permission.VIEW_SIGNATURES)
    on, rhythm = place.today(), Rhythm.at(place)
    rows = self_check.at(place, on)
    form = WhoFilter(request.GET or None, departments=self_check.departments(rows))
    rows = rows.filter(_matching(form, rhythm, on))
    header = ["Name", "Job title", "Department", "State", "Last done", "Due"]
    filename = f"self-checks-{place.slug}-{on.isoformat()}.csv"
    return stream_csv(filename, header, _csv_lines(rows.iterator(chunk_size=2000), rhythm, on))


def _csv_lines(rows: Iterator[Asked], rhythm: Rhythm, on: date) -> Iterator[list[str]]:
    for row in rows:
        _, words, due_on = _state(row, rhythm, on)
        last = row.last_done.isoformat() if row.last_done else ""
        due = due_on.isoformat() if due_on else ""
        yield [row.person.name, row.job_title, row.department, words, last, due]


def _state(row: Asked, rhythm: Rhythm, on: date) -> tuple[str, str, date | None]:
    """(tone, words, day it is due)."""
    due_on = rhythm.due_on(
        row.starts_on, row.last_done, row.exempt_until, this_edition=row.this_edition
    )
    if row.this_edition if rhythm.ask == "edition" else _within_a_year(row.last_done, on):
        return "signed", "Done", due_on
    if row.exempt:
        return "exempt", "Exempt", None
    if due_on is not None and due_on < on:
        return "overdue", "Overdue", due_on
    return "pending", "Not done", due_on


def _within_a_year(last_done: date | None, on: date) -> bool:
    return last_done is not None and last_done > on - self_check.YEAR
