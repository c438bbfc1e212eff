"""Actions: what is to be done, by whom and by when."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from incidents.forms.work import ActionChangeForm, ActionForm, DoneForm
from incidents.models import Case
from incidents.services import work
from incidents.views.acting import about_case, asked, the, worked_on
from incidents.visibility import who_sees
from incidents.workflow import works_on
from people.http import Request
from people.models import User
from people.views.scope import typed

FORM_METHODS = ["GET", "POST"]


def seeing(case: Case) -> Any:
    """Whoever sees the case: nobody else is given something to do in it."""
    return User.objects.filter(pk__in=who_sees(case)).order_by("sort_name", "name")


def _back(case: Case) -> str:
    return f"{case.get_absolute_url()}#actions"


@require_http_methods(FORM_METHODS)
@worked_on
def action_add(request: Request, case: Case) -> HttpResponse:
    """One more thing to do."""
    form = ActionForm(
        typed(request), people=seeing(case), initial={"owner": case.owner_id}, submit="Add it",
        cancel=case.get_absolute_url(),
    )  # fmt: skip
    return asked(
        request, case, form, lambda **data: work.add_action(case, by=request.user, **data),
        title="Add an action", said="It is in the list, and whoever does it has been told.",
        after=_back(case),
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def action_change(request: Request, case: Case, number: int) -> HttpResponse:
    """Somebody else does it, or by another time."""
    action = the(case.actions.select_related("owner"), number)
    form = ActionChangeForm(
        typed(request), people=seeing(case), submit="Change it", cancel=case.get_absolute_url(),
        initial={"owner": action.owner_id, "due_at": action.due_at},
    )  # fmt: skip
    return asked(
        request, case, form, lambda **data: work.change_action(action, by=request.user, **data),
        title="Somebody else, or another time", said="It is changed.", after=_back(case),
        facts=[("What is to be done", action.text("text"))],
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@about_case
def action_done(request: Request, case: Case, number: int) -> HttpResponse:
    """It is done, or not needed. Whoever was given it may say so, too."""
    action = the(case.actions.select_related("owner"), number)
    if action.owner_id != request.user.pk and not works_on(case, request.user):
        raise PermissionDenied
    form = DoneForm(typed(request), submit="Save", cancel=case.get_absolute_url())

    def deed(*, result: str, note: str) -> None:
        work.finish_action(action, by=request.user, note=note, needed=result == "done")

    return asked(
        request, case, form, deed, title="What became of it", said="It is noted.",
        after=_back(case), facts=[("What was to be done", action.text("text"))],
    )  # fmt: skip
