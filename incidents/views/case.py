"""The first page of a case, its chronology, and its record."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from incidents import case_rows, listing
from incidents.forms.triage import CorrectionForm, EntryForm
from incidents.kinds import OUTCOME_WORDS
from incidents.models import Case, CaseView, ChronologyEntry, PublicReport
from incidents.services import chronology
from incidents.trail import CASE_WORDS
from incidents.views.acting import about_case, asked, page_of, the, to, worked_on
from incidents.views.offered import offered
from incidents.views.triage import factors_of
from incidents.workflow import CASE, OPEN, Move, Status, works_on
from people.calendar.hours import SchoolClock
from people.calendar.rows import calendar_of
from people.http import Request
from people.models import User
from people.views.scope import typed
from web.words import day_in_words

FORM_METHODS = ["GET", "POST"]
LINES = 50
# The one thing to do next, by state: its page, its words, and what the address needs beside.
NEXT: dict[Status, tuple[str, ...]] = {
    Status.SUBMITTED: ("triage", "Assess this report"),
    Status.TRIAGED: ("begin", "Say who looks into it"),
    Status.CLOSURE_PROPOSED: ("move", "Look whether it can be closed", Move.CLOSE),
}
# What the outcome of a case is called, by state; of one that was opened again it is the former one.
ENDED_WORDS = {
    Status.CLOSURE_PROPOSED: "How it would end",
    Status.CLOSED: "How it ended",
    Status.DISPOSED: "How it ended",
}
# What a page offers beside that.
OFFERED = (
    Move.WAIT, Move.RESUME, Move.PROPOSE, Move.SEND_BACK, Move.REOPEN, Move.LOW_LEVEL,
    Move.NO_ACTION, Move.DUPLICATE, Move.RECONSIDER,
)  # fmt: skip
TEXTS = (
    ("what", "What happened"),
    ("where", "Where"),
    ("platform", "Platform"),
    ("handle", "Name of the account"),
    ("when", "When"),
    ("done", "What has been done"),
    ("behalf", "Reported for"),
)


@require_GET
@about_case
def case(request: Request, case: Case) -> HttpResponse:
    """Facts, clocks, people, chronology and actions (H6)."""
    user = request.user
    works = works_on(case, user)
    beside = case_rows.beside(case)
    hours = SchoolClock(case.organisation, calendar_of(case.organisation, beside))
    now = timezone.now()
    actions = case_rows.actions_of(case)
    for action in actions:
        action.is_late = action.done_at is None and action.due_at < now
    context = page_of(
        case,
        here="overview",
        works=works,
        row=listing.Row(case, listing.lasting(now - case.reported_at), None),
        clocks=[listing.in_words(one, now) for one in listing.clocks_of(beside, hours)],
        texts=_texts(case, user),
        factors=factors_of(case),
        beside=beside,
        entries=case_rows.entries_of(case),
        actions=actions,
        left=sum(action.done_at is None for action in actions),
        people=case_rows.people_of(case, user),
        referrals=case_rows.referrals_of(case),
        reporter=_reporter(case, user, beside),
        ended=ENDED_WORDS.get(Status(case.status), "What was decided before"),
        outcome=OUTCOME_WORDS.get(case.outcome, ""),
        override=case.text("override"),
        closing=case.text("closing"),
        set_aside=case.text("set_aside"),
        first=_first_report(case, user),
        is_standing=case.status in OPEN,
        **(_ways(case, user, actions) if works else {}),
    )
    return render(request, "incidents/case.html", context)


def _texts(case: Case, user: User) -> list[tuple[str, str]]:
    """What was reported; not for whom, where that would tell who reported it."""
    shown = [pair for pair in TEXTS if pair[0] != "behalf" or case.shows_reporter_to(user)]
    return [(label, text) for name, label in shown if (text := case.text(name))]


def _first_report(case: Case, user: User) -> Case | None:
    """What it is a duplicate of, where this person sees that, too."""
    if case.duplicate_of_id is None:
        return None
    return Case.objects.visible_to(user).filter(pk=case.duplicate_of_id).first()


def _reporter(case: Case, user: User, beside: Any) -> str:
    """Who reported it, where this person may know, or in which other way it came."""
    if not case.shows_reporter_to(user):
        return "Known to whoever has the case only"
    if beside.paper_on:
        return f"On paper of {day_in_words(beside.paper_on)}, typed in by {beside.paper_by}"
    if beside.came_from:
        return f"Without signing in: {PublicReport.Relation(beside.came_from).label.lower()}"
    return beside.reporter_name or "Nobody who signed in"


def _ways(case: Case, user: User, actions: list[Any]) -> dict[str, Any]:
    """The next thing, and what else can be done with the case."""
    could = CASE.actions_for(case, user)
    ways = [(move.value, move.label) for move in offered(OFFERED, case) if move in could]
    name, label, *more = NEXT.get(Status(case.status), ("", ""))
    if case.status == Status.OPEN and actions and all(one.done_at for one in actions):
        name, label, *more = "move", "Propose to close it", Move.PROPOSE
    return {"next_url": to(case, name, *more) if name else "", "next_label": label, "ways": ways}


@require_http_methods(FORM_METHODS)
@worked_on
def entry_add(request: Request, case: Case) -> HttpResponse:
    """Write down what happened."""
    form = EntryForm(typed(request), submit="Add it", cancel=case.get_absolute_url())
    return asked(
        request, case, form, lambda **data: chronology.add(case, by=request.user, **data),
        title="Add to the chronology", said="It is in the chronology.",
        after=f"{case.get_absolute_url()}#chronology",
        lead="What you write here stays. What turns out to be wrong is corrected by a new entry.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def entry_correct(request: Request, case: Case, number: int) -> HttpResponse:
    """Say what should have been written; the first entry stays beside it."""
    entry: ChronologyEntry = the(case.chronology.select_related("written_by"), number)
    form = CorrectionForm(
        typed(request), initial={"body": entry.text("body")}, submit="Correct it",
        cancel=case.get_absolute_url(),
    )  # fmt: skip
    return asked(
        request, case, form, lambda **data: chronology.correct(entry, by=request.user, **data),
        title="Correct an entry", said="The correction stands beside it.",
        after=f"{case.get_absolute_url()}#chronology",
        facts=[("As it was written", entry.text("body"))],
    )  # fmt: skip


@require_GET
@about_case
def history(request: Request, case: Case) -> HttpResponse:
    """Who did what, and who looked."""
    lines = case.lines.select_related("actor").order_by("-number")
    page = Paginator(lines, LINES).get_page(request.GET.get("page"))
    hidden = not case.shows_reporter_to(request.user)
    line: Any
    for line in page:
        line.words = CASE_WORDS.get(line.verb, "changed something")
        line.is_hidden = hidden and line.actor_id == case.reporter_id
    looks = (
        case.views.order_by()
        .values("person__name", "what")
        .annotate(times=Count("pk"), last=Max("at"))
        .order_by("-last")
    )
    kinds = dict(CaseView.What.choices)
    return render(
        request,
        "incidents/case_history.html",
        page_of(
            case, here="history", page=page, works=works_on(case, request.user),
            looks=[
                (row["person__name"], kinds[row["what"]], row["times"], row["last"])
                for row in looks[:200]
            ],
        ),
    )  # fmt: skip
