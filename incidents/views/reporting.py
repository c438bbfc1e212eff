"""Reporting a concern as oneself: one question per page, a last look, and sending it.

Addresses and titles are the same whatever is reported. What was typed is in the draft, sealed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import LogEntry
from incidents import answers as reading
from incidents.answers import BY_SLUG, form_of, staff_of
from incidents.forms.begin import BeginForm
from incidents.forms.steps import QUESTIONS, STEPS, Answers, Step
from incidents.helplines import helplines_of
from incidents.kinds import Kind
from incidents.models import Case, Draft
from incidents.no_files import no_files
from incidents.office import sheets_of
from incidents.own_reports import own
from incidents.services import drafts, reporting
from people.http import Request
from people.models import Organisation
from people.views.scope import school_of, typed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]
MOST_DRAFTS = 5


def of_a_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The person's own draft. One that was sent leads to the report that it has become.

    Raises Http404 for another's, and for none: alike.
    """

    @wraps(view)
    def found(request: Request, draft: str, **more: str) -> HttpResponse:
        theirs = Draft.objects.visible_to(request.user).select_related("organisation__parent")
        row = theirs.filter(reference=draft).first()
        if row is None:
            own(draft, request.user)
            return redirect("incidents:own_report", draft)
        return view(request, row, **more)

    return found


@require_http_methods(FORM_METHODS)
@no_files
def begin(request: Request) -> HttpResponse:
    """What to know before; where it happened, for whoever belongs to more than one school."""
    places = Organisation.objects.visible_to(request.user).order_by("name")
    form = BeginForm(typed(request), places=places, first=request.user.posts[0].organisation)
    if form.is_valid():
        draft = drafts.save(form.cleaned_data["place"], {}, by=request.user)
        return redirect("incidents:report_question", draft.reference, STEPS[0].slug)
    mine = Draft.objects.visible_to(request.user).select_related("organisation")[:MOST_DRAFTS]
    context = {
        "form": form,
        "drafts": mine,
        "questions": QUESTIONS,
        "sheets": sheets_of(request.user),
        "ways": ways_of(request),
    }
    return render(request, "incidents/report_begin.html", context)


def ways_of(request: Request, place: Organisation | None = None) -> dict[str, Any]:
    """What stands on every form: who else helps, and where whistleblowing goes."""
    at = place or request.user.posts[0].organisation
    return {
        "whistleblowing": str(at.setting("incidents.whistleblowing")),
        "helplines": helplines_of(at),
    }


@require_http_methods(FORM_METHODS)
@no_files
@of_a_draft
def question(request: Request, found: Draft, step: str) -> HttpResponse:
    """One question. What was answered is kept with each step, and nobody has been told yet."""
    one = BY_SLUG.get(step)
    if one is None:
        raise Http404
    answers, checking = drafts.answers_of(found), _checking(request)
    people = staff_of(found.organisation, request.user)
    submit = "Save" if checking else "Save and go on"
    form = form_of(one, answers, people, data=typed(request), submit=submit)
    if form.is_valid():
        try:
            drafts.save(found.organisation, answers | form.to_keep(), by=request.user, draft=found)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            return redirect(_onward(request, found, one, checking=checking))
    return render(
        request,
        "incidents/report_question.html",
        _around(request, found, one, answers) | {"form": form, "checking": checking},
    )


def _around(request: Request, draft: Draft, step: Step, answers: Answers) -> dict[str, Any]:
    before = reading.step_before(step)
    return {
        "school": draft.organisation,
        "draft": draft,
        "step": step,
        "number": STEPS.index(step) + 1,
        "total": QUESTIONS,
        "back": _page("question", draft, before.slug) if before else "",
        "guidance": reading.guidance_of(answers) if step.slug == "about" else "",
        "ways": ways_of(request, draft.organisation),
    }


def _checking(request: Request) -> bool:
    return (request.GET.get("then") or request.POST.get("then")) == "check"


def _onward(request: Request, draft: Draft, step: Step, *, checking: bool) -> str:
    if "more" in request.POST:
        return _page("question", draft, step.slug) + ("?then=check" if checking else "")
    after = reading.step_after(step)
    if after is None:
        return _page("files", draft)
    return _page("check", draft) if checking else _page("question", draft, after.slug)


@require_GET
@of_a_draft
def files(request: Request, found: Draft) -> HttpResponse:
    """After the question about pictures: on, or what to do instead of attaching anything (I6)."""
    if drafts.answers_of(found).get("image_gate") == Case.Gate.NO:
        return redirect(_page("check", found))
    context = {
        "school": found.organisation,
        "draft": found,
        "ways": ways_of(request, found.organisation),
    }
    return render(request, "incidents/report_stop.html", context)


@require_GET
@of_a_draft
def check(request: Request, found: Draft) -> HttpResponse:
    """All answers, and what is still missing before it can be sent."""
    answers, people = drafts.answers_of(found), staff_of(found.organisation, request.user)
    context = {
        "school": found.organisation,
        "draft": found,
        "parts": reading.shown(answers, people),
        "missing": reading.unanswered(answers, people),
        "stopped_at": reading.stopped_at(answers, people),
        "guidance": reading.guidance_of(answers),
        "careful": answers.get("image_gate") in (Case.Gate.YES, Case.Gate.UNSURE),
        "ways": ways_of(request, found.organisation),
    }
    return render(request, "incidents/report_check.html", context)


@require_POST
@no_files
@of_a_draft
def send(request: Request, found: Draft) -> HttpResponse:
    """To whoever has to know; or back to what is missing."""
    answers, place = drafts.answers_of(found), found.organisation
    if reading.unanswered(answers, staff_of(place, request.user)):
        return redirect(_page("check", found))
    report = reading.report_of(answers, place, request.user)
    try:
        case = reporting.submit(place, report, by=request.user, draft=found)
    except RuleBroken as problem:
        for reason in problem.reasons:
            messages.error(request, reason)
        return redirect(_page("check", found))
    return redirect("incidents:report_sent", case.reference)


@require_http_methods(FORM_METHODS)
@no_files
@of_a_draft
def discard(request: Request, found: Draft) -> HttpResponse:
    """Delete what was begun. Nobody has been told of it."""
    if request.method == "POST":
        drafts.discard(found, by=request.user)
        messages.success(request, "It is deleted. Nobody was told.")
        return redirect("incidents:report")
    context = {"school": found.organisation, "draft": found}
    return render(request, "incidents/report_discard.html", context)


@require_GET
def from_log(request: Request, school: str, entry: int) -> HttpResponse:
    """The way here from an entry of an account's log: nothing is begun by looking."""
    place = school_of(request, school)
    found = _entry(request, place, entry)
    context = {"school": place, "entry": found, "ways": ways_of(request, place)}
    return render(request, "incidents/report_from_log.html", context)


@require_POST
@no_files
def begin_from_log(request: Request, school: str, entry: int) -> HttpResponse:
    """A report about what an entry of a log says, on that account."""
    place = school_of(request, school)
    account = _entry(request, place, entry).account
    known = {
        "kind": Kind.OFFENSIVE_COMMENTS.value,
        "account": str(account.pk),
        "platform": account.on.label,
        "handle": account.handle,
        "where": account.url,
    }
    draft = drafts.save(place, known, by=request.user)
    return redirect("incidents:report_question", draft.reference, STEPS[0].slug)


def _entry(request: Request, place: Organisation, pk: int) -> LogEntry:
    entries = LogEntry.objects.visible_to(request.user).select_related("account__organisation")
    return get_object_or_404(entries, account__organisation=place, pk=pk)


def _page(name: str, draft: Draft, *more: str) -> str:
    return reverse(f"incidents:report_{name}", args=[draft.reference, *more])
