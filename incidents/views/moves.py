"""The moves of a case: each with what stands in its way, a reason, and a page that confirms it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from incidents.forms.moves import DuplicateForm, ProposeForm
from incidents.forms.plain import CaseForm, ConfirmForm, WhyForm
from incidents.kinds import OUTCOME_WORDS
from incidents.models import Case
from incidents.services import closing
from incidents.views.acting import asked, to, worked_on
from incidents.workflow import CASE, Move, second_person_closes
from people.http import Request
from people.views.scope import typed
from web.errors import RuleBroken


@dataclass(frozen=True)
class Page:
    """The page of a move."""

    deed: Callable[..., object]
    submit: str
    said: str
    lead: str = ""
    form: type[CaseForm] = WhyForm
    tone: str = "primary"


def _duplicate(case: Case, *, by: Any, reference: str, why: str) -> object:
    """Of a case that this person sees. Of any other the answer is that there is none."""
    of = Case.objects.visible_to(by).filter(reference=reference).first()
    if of is None:
        raise RuleBroken("You see no case with this reference.")
    return closing.duplicate(case, by=by, of=of, why=why)


def _aside(move: str) -> Callable[..., object]:
    return lambda case, *, by, why: closing.set_aside(case, move, by=by, why=why)


PAGES: dict[str, Page] = {
    Move.WAIT: Page(
        closing.wait, "Wait for them", "The case waits.",
        "For an answer of the police, the local authority, a platform.",
    ),
    Move.RESUME: Page(closing.resume, "Go on with it", "Work goes on."),
    Move.PROPOSE: Page(
        closing.propose, "Propose to close it", "It is proposed.",
        "A red case, and one about a member of staff, is closed by a second person.",
        form=ProposeForm,
    ),
    Move.SEND_BACK: Page(closing.send_back, "Keep it open", "It stays open."),
    Move.CLOSE: Page(
        closing.close, "Close it", "The case is closed.",
        "Read what was found, and close it if you would have decided so.", form=ConfirmForm,
    ),
    Move.REOPEN: Page(
        closing.reopen, "Open it again", "The case is open again.",
        "What was decided before stays in its record.",
    ),
    Move.LOW_LEVEL: Page(
        _aside("low_level"), "Keep it as a low-level concern", "It is kept as a low-level concern.",
        "For conduct of a member of staff below the threshold. Such concerns are kept apart, and "
        "several of them may make a pattern.",
    ),
    Move.NO_ACTION: Page(
        _aside("no_action"), "No action is needed", "Nothing more is done.",
        "The report stays, with your reason. It can be looked at again.",
    ),
    Move.DUPLICATE: Page(
        _duplicate, "It was reported already", "It is noted as reported already.",
        "Work goes on in the first report.", form=DuplicateForm,
    ),
    Move.RECONSIDER: Page(
        closing.reconsider, "Look at it again", "It is to be decided anew who looks into it."
    ),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
@worked_on
def move(request: Request, case: Case, move: str) -> HttpResponse:
    """Everything that stands in the way is named before anybody tries."""
    page = PAGES.get(move)
    if page is None:
        raise Http404
    could = move in CASE.actions_for(case, request.user)
    stops = CASE.problems(move, case, request.user) if could else []
    more: dict[str, Any] = {"case": case} if page.form is ProposeForm else {}
    form = page.form(
        typed(request), submit=page.submit, cancel=case.get_absolute_url(), tone=page.tone, **more
    )
    return asked(
        request, case, form, lambda **data: page.deed(case, by=request.user, **data),
        title=Move(move).label, said=page.said, after=_after(case, move),
        lead="" if move == Move.CLOSE and case.proposed_by == request.user else page.lead,
        problem="" if could else f"This cannot be done now: {case.get_status_display().lower()}.",
        warning=("This stands in the way", stops) if stops else None, stops=stops,
        mended_at=_mended_at(case, stops) if move in (Move.PROPOSE, Move.CLOSE) else (),
        facts=_facts(case) if move in (Move.CLOSE, Move.SEND_BACK) else (),
    )  # fmt: skip


def _after(case: Case, move: str) -> str:
    """Where one person may end it, proposing leads to closing; else to the case."""
    return to(case, "move", Move.CLOSE) if move == Move.PROPOSE and not case.needs_two else ""


def _mended_at(case: Case, stops: list[str]) -> list[tuple[str, str]]:
    """The pages on which what stands in the way of closing is seen to: not a second person."""
    if stops in ([], list(second_person_closes(case, case.proposed_by))):
        return []
    return [
        (f"{case.get_absolute_url()}#actions", "Actions"),
        (to(case, "outside"), "Referrals and removal"),
        (to(case, "people"), "People and support"),
        (to(case, "investigating"), "Accounts and content"),
    ]


def _facts(case: Case) -> list[tuple[str, str]]:
    """What was proposed, for whoever decides on it."""
    if case.proposed_by is None:
        return []
    return [
        ("Proposed by", str(case.proposed_by)),
        ("How it ended", OUTCOME_WORDS.get(case.outcome, "")),
        ("What was found", case.text("closing")),
    ]
