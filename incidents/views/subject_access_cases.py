"""One case of a request: its entries, what is decided upon each, and a second person's look."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incidents.access_entries import SECTIONS, Entry, entries_of, named_in, others_of
from incidents.forms.plain import CaseForm, WhyForm
from incidents.forms.subject_access import EntryForm
from incidents.models import EntryDecision, RequestedCase
from incidents.services import subject_access_cases as service
from incidents.services.looking import look_within
from incidents.services.subject_access_bundle import given_of
from incidents.services.subject_access_cases import Decision
from incidents.subject_access import Choice, Ground
from incidents.views.subject_access import FORM_METHODS, the_request
from people.http import Request
from people.views.scope import typed
from web.acting import filled_in, pressed
from web.errors import RuleBroken
from web.forms import refuse

PER_PAGE = 25
# What was decided, in words and in colour.
SAID = {
    Choice.GIVE: ("Given whole", "done"),
    Choice.BLACK_OUT: ("Given with words blacked out", "info"),
    Choice.WITHHOLD: ("Not given", "warning"),
}


def about_part(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets a case of a request that this person sees both of; the look is written down.

    One transaction around the page. A case that is hidden is the 404 of one that is not there.
    """

    @wraps(view)
    def page(request: Request, reference: str, case: str, **more: Any) -> HttpResponse:
        with transaction.atomic():
            asked = the_request(request, reference)
            rows = RequestedCase.objects.visible_to(request.user).filter(request=asked)
            row = get_object_or_404(
                rows.select_related("ready_by", "checked_by"), case__reference=case
            )
            row.request = asked
            row.case = look_within(case, by=request.user)
            return view(request, row, **more)

    return page


def to(row: RequestedCase, name: str = "requested", *args: Any) -> str:
    """The address of a page of this case in its request."""
    return reverse(f"incidents:{name}", args=[row.request.reference, row.case.reference, *args])


def _page_of(row: RequestedCase, **more: Any) -> dict[str, Any]:
    asked = row.request
    return {"school": asked.organisation, "asked": asked, "row": row, "case": row.case, **more}


class Shown:
    """An entry on a page, with what was decided upon it."""

    def __init__(self, entry: Entry, made: EntryDecision | None, named: list[str]) -> None:
        self.entry, self.made, self.named = entry, made, named
        self.pairs = entry.pairs()
        self.given = given_of(entry, made) if made and made.choice == Choice.BLACK_OUT else []
        self.ground = Ground(made.ground).label if made and made.ground else ""
        self.note = made.text("note") if made else ""
        self.label, self.tone = SAID[Choice(made.choice)] if made else ("", "")


@require_GET
@about_part
def requested(request: Request, row: RequestedCase) -> HttpResponse:
    """Every entry with what was decided upon it, or those that still wait."""
    entries, made = entries_of(row.case, request.user), service.decisions_of(row)
    left = [entry for entry in entries if entry.key not in made]
    only, part = request.GET.get("only") == "left", request.GET.get("part", "")
    chosen = left if only else entries
    if part in SECTIONS:
        chosen = [entry for entry in chosen if entry.section == part]
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    others = others_of(row.case, row.request)
    shown = [Shown(entry, made.get(entry.key), named_in(entry, others)) for entry in page]
    second = service.is_checked(row.request.organisation)
    context = _page_of(
        row, page=page, shown=shown, total=len(entries), left=len(left),
        done=len(entries) - len(left), only=only, part=part, second=second,
        first_left=left[0].key if left else "", is_open=row.request.ended_at is None,
        sections=[(key, words) for key, words in SECTIONS.items() if any(
            entry.section == key for entry in entries
        )],
        may_check=row.ready_at is not None and row.ready_by_id != request.user.pk,
    )  # fmt: skip
    return render(request, "incidents/subject_access_case.html", context)


@require_http_methods(FORM_METHODS)
@about_part
def requested_entry(request: Request, row: RequestedCase, key: str) -> HttpResponse:
    """One entry: decide, and on to the next that waits."""
    entries = entries_of(row.case, request.user)
    at = next((number for number, entry in enumerate(entries) if entry.key == key), None)
    if at is None:
        messages.warning(request, service.CHANGED)
        return redirect(to(row))
    entry, made = entries[at], service.decisions_of(row)
    shown = Shown(entry, made.get(key), named_in(entry, others_of(row.case, row.request)))
    form = EntryForm(
        typed(request), is_file=entry.section == "files", locked=entry.locked,
        submit="Save, and on to the next", cancel=to(row), initial=_initial(shown),
    )  # fmt: skip
    if form.is_valid():
        try:
            service.decide(row, [key], Decision(**form.cleaned_data), by=request.user)
        except RuleBroken as broken:
            refuse(form, broken)
        else:
            return redirect(_next(row, [*entries[at + 1 :], *entries[:at]], set(made)))
    context = _page_of(
        row, form=form, shown=shown, number=at + 1, total=len(entries),
        done=sum(one.key in made for one in entries),
    )  # fmt: skip
    return render(request, "incidents/subject_access_entry.html", context)


def _initial(shown: Shown) -> dict[str, Any]:
    if shown.made is None:
        return {"words": "\n".join(shown.named)}
    made = shown.made
    words = made.words if made.choice == Choice.BLACK_OUT else shown.named
    return {
        "choice": made.choice, "words": "\n".join(words), "ground": made.ground,
        "note": shown.note,
    }  # fmt: skip


def _next(row: RequestedCase, following: list[Entry], made: set[str]) -> str:
    """The next entry upon which nobody has decided; after the last, the case."""
    for entry in following:
        if entry.key not in made:
            return to(row, "requested_entry", entry.key)
    return to(row)


@require_POST
@about_part
def requested_many(request: Request, row: RequestedCase) -> HttpResponse:
    """Several at once: given whole, or withheld as somebody else's. Never given where it names
    others."""
    ticked, give = request.POST.getlist("entry"), request.POST.get("choice") == Choice.GIVE
    entries = {entry.key: entry for entry in entries_of(row.case, request.user)}
    keys = [key for key in ticked if key in entries]
    if give:
        others = others_of(row.case, row.request)
        free = [
            key for key in keys
            if not entries[key].locked and not named_in(entries[key], others)
        ]  # fmt: skip
        if len(free) < len(keys):
            messages.warning(
                request, "Some of them name somebody else, or are locked away. Decide upon each of "
                "these by itself.",
            )  # fmt: skip
        keys = free
    if not keys:
        if not ticked:
            messages.error(request, "Tick at least one entry.")
        return redirect(to(row))
    decision = Decision(Choice.GIVE) if give else Decision(
        Choice.WITHHOLD, ground=Ground.THIRD_PARTY
    )  # fmt: skip
    many = "One entry is" if len(keys) == 1 else f"{len(keys)} entries are"
    return pressed(
        request, lambda: service.decide(row, keys, decision, by=request.user),
        f"{many} decided upon.", to(row),
    )  # fmt: skip


@require_POST
@about_part
def requested_ready(request: Request, row: RequestedCase) -> HttpResponse:
    """All of it is decided upon."""
    second = service.is_checked(row.request.organisation)
    said = "Another person has to check it now." if second else "This case is decided upon."
    return pressed(request, lambda: service.ready(row, by=request.user), said, to(row))


@require_POST
@about_part
def requested_check(request: Request, row: RequestedCase) -> HttpResponse:
    """A second person has looked through it."""
    return pressed(
        request, lambda: service.check(row, by=request.user), "It is checked.",
        row.request.get_absolute_url(),
    )  # fmt: skip


@require_POST
@about_part
def requested_in(request: Request, row: RequestedCase) -> HttpResponse:
    """It belongs to the request after all."""
    return pressed(
        request, lambda: service.take_in(row, by=request.user), "The case is taken in.", to(row)
    )


@require_http_methods(FORM_METHODS)
@about_part
def requested_out(request: Request, row: RequestedCase) -> HttpResponse:
    """Nothing of this case is given."""
    form = WhyForm(typed(request), submit="Leave it out", cancel=to(row))
    done = filled_in(
        request, form, lambda why: service.leave_out(row, by=request.user, why=why),
        "The case is left out.", row.request.get_absolute_url(),
    )  # fmt: skip
    return done or _why(
        request,
        row,
        form,
        "Leave this case out",
        "Where it is about somebody else of that name. The bundle does not mention a case that is "
        "left out: where it is about them, decide upon each entry instead.",
    )


@require_http_methods(FORM_METHODS)
@about_part
def requested_back(request: Request, row: RequestedCase) -> HttpResponse:
    """The second person wants something decided otherwise."""
    if row.ready_at is None:
        raise Http404
    form = WhyForm(typed(request), submit="Send it back", cancel=to(row))
    done = filled_in(
        request, form, lambda why: service.send_back(row, by=request.user, why=why),
        "It is sent back.", to(row),
    )  # fmt: skip
    return done or _why(request, row, form, "Send it back", "Say what is to be decided otherwise.")


def _why(
    request: Request, row: RequestedCase, form: CaseForm, title: str, lead: str
) -> HttpResponse:
    context = _page_of(row, form=form, page_title=title, lead=lead)
    return render(request, "incidents/subject_access_form.html", context)
