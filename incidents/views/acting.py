"""Where every page of a case begins, and what its forms do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from incidents.models import Case
from incidents.services import looking
from incidents.workflow import works_on
from people.http import Request
from web.acting import filled_in

CasePage = Callable[..., HttpResponse]


def about_case(view: CasePage) -> Callable[..., HttpResponse]:
    """The view gets the case, and that somebody looked is written down with it.

    One transaction around the whole page: no row that says so, no page. Whoever may not see the
    case gets the 404 of a reference that nobody has, before anything else is asked.
    """

    @wraps(view)
    def page(request: Request, reference: str, **more: Any) -> HttpResponse:
        with transaction.atomic():
            case = looking.look_within(reference, by=request.user)
            return view(request, case, **more)

    return page


def worked_on(view: CasePage) -> Callable[..., HttpResponse]:
    """The same for whoever works on it: 403 for those who were let in to read."""

    @about_case
    @wraps(view)
    def page(request: Request, case: Case, **more: Any) -> HttpResponse:
        if not works_on(case, request.user):
            raise PermissionDenied
        return view(request, case, **more)

    return page


def page_of(case: Case, **more: Any) -> dict[str, Any]:
    """What every template of a case needs."""
    return {"case": case, "school": case.organisation, **more}


def to(case: Case, name: str, *args: Any) -> str:
    """The address of a page of this case."""
    return reverse(f"incidents:{name}", args=[case.reference, *args])


def numbered(rows: models.QuerySet[Any]) -> list[Any]:
    """Parts of one case, in the order in which they were added, each with its `number` in it.

    Addresses hold that number and never a key: a key counts through every case of the portal, and
    whoever sees a gap would learn that there is a case they do not see.
    """
    found = list(rows.order_by("pk"))
    for number, row in enumerate(found, start=1):
        row.number = number
    return found


def the(rows: models.QuerySet[Any], number: int) -> Any:
    """The part of a case with this number. Raises Http404."""
    found = numbered(rows)
    if not 1 <= number <= len(found):
        raise Http404
    return found[number - 1]


def asked(
    request: Request, case: Case, form: forms.BaseForm, deed: Callable[..., object], *,
    title: str, said: str, after: str = "", lead: str = "", **more: Any,
) -> HttpResponse:  # fmt: skip
    """A page with one form: shown, and once it is right, one service, a message, the way on."""
    if done := filled_in(request, form, deed, said, after or case.get_absolute_url()):
        return done
    context = page_of(case, form=form, page_title=title, lead=lead, **more)
    return render(request, "incidents/case_form.html", context)
