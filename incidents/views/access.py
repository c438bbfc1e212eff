"""Who sees a case and why, who is kept out, and asking to be let in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from incidents.forms.people import ConflictForm, GlassForm, LetInForm
from incidents.forms.plain import ConfirmForm, WhyForm
from incidents.models import Access, Case
from incidents.services import access as service
from incidents.services import people as people_service
from incidents.views.acting import about_case, asked, numbered, page_of, the, to, worked_on
from incidents.views.people import people_of, to_inbox
from incidents.visibility import who_sees
from incidents.workflow import works_on
from people.http import Request
from people.models import User
from people.roles import Permission
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]


@require_GET
@about_case
def access(request: Request, case: Case) -> HttpResponse:
    """Everybody who sees it, by office or by name; and whoever is kept out."""
    rows = [
        row for row in numbered(case.accesses.select_related("person", "asked_by", "agreed_by"))
        if row.ended_at is None
    ]  # fmt: skip
    out = [row for row in numbered(case.conflicts.select_related("person")) if not row.lifted_at]
    for row in [*rows, *out]:
        row.words = row.text("why")
    seen = User.objects.filter(pk__in=who_sees(case)).order_by("sort_name", "name")
    context = page_of(
        case, here="access", works=works_on(case, request.user), rows=rows, out=out, seen=seen,
        circles=[circle.label for circle in case.circles],
    )  # fmt: skip
    return render(request, "incidents/case_access.html", context)


@require_http_methods(FORM_METHODS)
@worked_on
def let_in(request: Request, case: Case) -> HttpResponse:
    """Somebody has to see it, for a reason."""
    back = to(case, "access")
    form = LetInForm(
        typed(request), people=people_of(case.organisation), submit="Let them in", cancel=back
    )
    return asked(
        request, case, form, lambda **data: service.let_in(case, by=request.user, **data),
        title="Let somebody in", said="They see the case now, and have been told that it is there.",
        after=back, lead="They see everything in it. Let in as few as you can.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def access_end(request: Request, case: Case, number: int) -> HttpResponse:
    """They need it no longer."""
    row: Access = the(case.accesses.select_related("person"), number)
    back = to(case, "access")
    form = ConfirmForm(typed(request), submit="End their access", cancel=back, tone="danger")
    after = to_inbox(case) if row.person_id == request.user.pk else back
    return asked(
        request, case, form, lambda: service.end(row, by=request.user),
        title="End somebody’s access", said="Their access has ended.", after=after,
        facts=[("Who", str(row.person))],
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def restrict(request: Request, case: Case) -> HttpResponse:
    """Only its owner and those let in one by one; or everybody it was routed to again."""
    on, back = not case.restricted, to(case, "access")
    title = "Limit who sees it" if on else "Open it to those it was routed to"
    form = ConfirmForm(typed(request), submit=title, cancel=back)
    lead = (
        "Only whoever has the case, and those who were let in one by one, see it from then on."
        if on
        else "Everybody whose office it was routed to sees it again, unless they are kept out."
    )
    own = case.owner_id == request.user.pk
    return asked(
        request, case, form, lambda: service.restrict(case, by=request.user, on=on),
        title=title, said="It is done.", after=back if own or not on else to_inbox(case), lead=lead,
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@about_case
def conflict_add(request: Request, case: Case) -> HttpResponse:
    """Somebody must not see it. Whoever sees it may say so of themselves; of others, who works."""
    back = to(case, "access")
    people = people_of(case.organisation)
    if not works_on(case, request.user):
        people = people.filter(pk=request.user.pk)
    form = ConflictForm(
        typed(request), people=people, submit="Keep them out", cancel=back, tone="danger"
    )
    own = form.data.get("person") == str(request.user.pk)
    return asked(
        request, case, form,
        lambda **data: people_service.record_conflict(case, by=request.user, **data),
        title="A conflict of interest", said="They are kept out from now on.",
        after=to_inbox(case) if own else back,
        lead="From that moment the case does not exist for them, whatever their role, nor for "
        "anybody who acts for them. You may name yourself.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def conflict_lift(request: Request, case: Case, number: int) -> HttpResponse:
    """They are not meant after all, or the conflict is over."""
    return _settle(
        request, case, number, people_service.lift_conflict, "They may see it again",
        "They are no longer kept out.",
        "Only if you know that this person is not the one it is about.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def conflict_confirm(request: Request, case: Case, number: int) -> HttpResponse:
    """It is this person whom the report is about."""
    return _settle(
        request, case, number, people_service.confirm_named, "The report is about them",
        "They stand in the case as the one it is about.",
        "They stay kept out, with everybody who acts for them, and the next in line is told.",
    )  # fmt: skip


def _settle(
    request: Request, case: Case, number: int, deed: Any, title: str, said: str, lead: str
) -> HttpResponse:
    row = the(case.conflicts.select_related("person"), number)
    back = to(case, "access")
    form = WhyForm(typed(request), submit=title, cancel=back)
    facts = [("Who", str(row.person)), ("Why they are kept out", row.get_cause_display())]
    return asked(
        request, case, form, lambda why: deed(row, by=request.user, why=why), title=title,
        said=said, after=back, lead=lead, facts=facts,
    )  # fmt: skip


# Breaking the glass: two people and a reason

SAME_FOR_ALL = (
    "If there is such a case, a second person who handles concerns finds your request and decides. "
    "Ask a colleague to look."
)


@require_http_methods(FORM_METHODS)
def glass(request: Request, school: str) -> HttpResponse:
    """Asking to see a case. The answer is the same whether there is one or not."""
    at = school_where(request, school, Permission.HANDLE_CASES)
    back = reverse("incidents:inbox", args=[at.slug])
    form = GlassForm(typed(request), submit="Ask", cancel=back)
    if form.is_valid():
        data = form.cleaned_data
        letters = "".join(one for one in data["reference"].upper() if one.isalnum())
        try:
            service.ask_to_break_glass(letters, by=request.user, why=data["why"])
        except RuleBroken as broken:
            refuse(form, broken)
        else:
            messages.info(request, SAME_FOR_ALL)
            return redirect(back)
    return render(request, "incidents/glass.html", {"school": at, "form": form})


@require_http_methods(FORM_METHODS)
@worked_on
def glass_agree(request: Request, case: Case, number: int) -> HttpResponse:
    """A second person agrees that somebody sees it."""
    row: Access = the(case.accesses.select_related("person"), number)
    back = to(case, "access")
    form = ConfirmForm(typed(request), submit="Agree: they see it", cancel=back)
    return asked(
        request, case, form, lambda: service.agree_to_break_glass(row, by=request.user),
        title="Somebody asks to see this case", said="They see it now.", after=back,
        facts=[("Who", str(row.person)), ("Why", row.text("why"))],
    )  # fmt: skip
