"""What an investigation asks for: to be shown an account (I22), to have content opened (I24)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from incidents.approving import Side, approvers, deciders_of, missing, sides_of
from incidents.forms import investigating as forms
from incidents.forms.plain import CaseForm, ConfirmForm, WhyForm
from incidents.models import AccountRequest, Case, CasePerson, ContentRequest
from incidents.services import content as content_service
from incidents.services import investigating as service
from incidents.views.acting import about_case, asked, numbered, page_of, the, to, worked_on
from incidents.workflow import OPEN, works_on
from incidents.workflow_parts import ACCOUNT, AccountMove, AccountStatus
from people.http import Request
from people.views.scope import typed

FORM_METHODS = ["GET", "POST"]
# Move: its form, the service and the words of its page.
MOVES: dict[str, tuple[type[CaseForm], Callable[..., object], str, str]] = {
    AccountMove.GIVE: (
        forms.ShownForm, service.shown, "They showed it",
        "The owner signs in, in person. Look only at what the concern is about.",
    ),
    AccountMove.REFUSE: (
        forms.SaidForm, service.refused, "They refused",
        "Nobody has to show an account of their own. It proves nothing against them.",
    ),
    AccountMove.WITHDRAW: (
        forms.SaidForm, service.withdrawn, "It is withdrawn",
        "We no longer ask, or they have changed their mind. Nothing more is looked at.",
    ),
}  # fmt: skip
# One move, in the words of where it leads from.
WITHDRAWING: dict[str, str] = {
    AccountStatus.ASKED: "We no longer ask",
    AccountStatus.GIVEN: "They have changed their mind",
}


@require_GET
@about_case
def investigating(request: Request, case: Case) -> HttpResponse:
    """Who was asked to show an account, and which content was opened for whom."""
    works = works_on(case, request.user)
    accounts = _accounts(case, request)
    for row in accounts:
        row.words = {name: row.text(name) for name in AccountRequest.SEALED}
        row.ways = _ways(row)
    context = page_of(
        case, here="investigating", works=works, is_standing=case.status in OPEN,
        accounts=accounts, contents=_contents(case, request),
    )  # fmt: skip
    return render(request, "incidents/investigating.html", context)


def _ways(row: AccountRequest) -> list[tuple[str, str]]:
    """What may have come of it, from where it is."""
    moves = [AccountMove(move) for move, path in ACCOUNT.moves.items() if row.status in path]
    withdrawing = WITHDRAWING.get(row.status, "")
    return [
        (move.value, withdrawing if move == AccountMove.WITHDRAW else move.label) for move in moves
    ]


def _accounts(case: Case, request: Request) -> list[Any]:
    """Those of whom this person may know: not of a reporter who asked to stay unknown."""
    hidden = not case.shows_reporter_to(request.user)
    rows = numbered(case.account_requests.select_related("of__user", "asked_by"))
    found = [row for row in rows if not (hidden and row.of.role == CasePerson.Role.REPORTER)]
    for row in found:
        row.of.case = row.case = case
    return found


def _contents(case: Case, request: Request) -> list[Any]:
    people = ("asked_by", "leading_by", "it_by", "refused_by", "ended_by", "shut_by")
    rows = numbered(case.content_requests.select_related(*people))
    looks: dict[int, list[Any]] = {}
    look: Any
    for look in case.content_looks.select_related("person"):
        look.words = look.text("what")
        looks.setdefault(look.request_id, []).append(look)
    among = deciders_of(case) if any(missing(row) for row in rows) else None
    for row in rows:
        row.words = {name: row.text(name) for name in ContentRequest.SEALED}
        row.looked = looks.get(row.pk, [])
        row.open_now, row.left = row.is_open(), [side.label for side in missing(row)]
        row.may_decide = Side.LEADING in sides_of(row, request.user, among)
        row.nobody = [side.label for side in missing(row) if not approvers(row, side, among)]
        row.may_end = row.open_now or bool(missing(row))
        row.may_note = row.opened_at is not None
    return rows


@require_http_methods(FORM_METHODS)
@worked_on
def account_ask(request: Request, case: Case) -> HttpResponse:
    """Somebody was asked to show an account or a device."""
    back = to(case, "investigating")
    people = case.people.shown_to(request.user).select_related("user", "case__key")
    form = forms.AskOwnerForm(typed(request), people=people, submit="Note it", cancel=back)
    return asked(
        request, case, form,
        lambda person, **data: service.ask_owner(person, by=request.user, **data),
        title="Somebody is asked to show an account", said="Note what they say.", after=back,
        lead="They may refuse, and they sign in themselves. Nobody asks for a password.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def account_move(request: Request, case: Case, number: int, move: str) -> HttpResponse:
    """They showed it, they refused, or it is withdrawn."""
    if move not in MOVES:
        raise Http404
    row = next((one for one in _accounts(case, request) if one.number == number), None)
    if row is None:
        raise Http404
    kind, deed, title, lead = MOVES[move]
    back = to(case, "investigating")
    form = kind(typed(request), submit="Save", cancel=back)
    return asked(
        request, case, form, lambda **data: deed(row, by=request.user, **data), title=title,
        said="It is noted.", after=back, lead=lead,
        facts=[("Who was asked", row.of.name), ("What", row.text("which"))],
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def content_ask(request: Request, case: Case) -> HttpResponse:
    """Something inappropriate has to be looked at."""
    back = to(case, "investigating")
    hours = case.organisation.setting("incidents.content_hours")
    form = forms.AskContentForm(
        typed(request), initial={"hours": hours}, submit="Ask for it", cancel=back
    )
    return asked(
        request, case, form, lambda **data: content_service.ask(case, by=request.user, **data),
        title="Content has to be opened", after=back,
        said="Both who have to allow it have been told.",
        lead="Two others have to allow it: safeguarding or the head, and IT. Neither may be you.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@about_case
def content_decide(request: Request, case: Case, number: int) -> HttpResponse:
    """Safeguarding or the head says whether it is opened."""
    row: ContentRequest = the(case.content_requests.select_related("asked_by"), number)
    if request.method == "GET" and Side.LEADING not in sides_of(row, request.user):
        raise PermissionDenied
    back = to(case, "investigating")
    form = forms.AllowForm(typed(request), submit="Save", cancel=back)
    return asked(
        request, case, form,
        lambda **data: decide(row, request, Side.LEADING, **data), title="May this be opened?",
        said="It is noted.", after=back, facts=[*_facts(row), ("Why", row.text("why"))],
        lead="You decide for safeguarding and the head. Somebody in IT has to allow it, too.",
    )  # fmt: skip


def decide(row: ContentRequest, request: Request, side: Side, *, allow: str, why: str) -> None:
    """Yes or no of one side."""
    if allow == "yes":
        content_service.approve(row, by=request.user, side=side)
    else:
        content_service.refuse(row, by=request.user, side=side, why=why)


def _facts(row: ContentRequest) -> list[tuple[str, str]]:
    hours = "1 hour" if row.hours == 1 else f"{row.hours} hours"
    return [
        ("Who asks", str(row.asked_by)),
        ("What", row.text("what")),
        ("Where", row.text("where")),
        ("For how long", f"{hours}, from when both have allowed it"),
    ]


@require_http_methods(FORM_METHODS)
@worked_on
def content_look(request: Request, case: Case, number: int) -> HttpResponse:
    """I looked: when, at what, and what there was."""
    row: ContentRequest = the(case.content_requests.select_related("asked_by"), number)
    back = to(case, "investigating")
    form = forms.LookForm(typed(request), submit="Note it", cancel=back)
    return asked(
        request, case, form,
        lambda **data: content_service.note_look(row, by=request.user, **data),
        title="You looked at it", said="It is noted, with your name.", after=back,
        facts=_facts(row), lead="Note each time, under your own name. It stays as you write it.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def content_end(request: Request, case: Case, number: int) -> HttpResponse:
    """It is no longer needed: before it was allowed, or before its time is over."""
    row: ContentRequest = the(case.content_requests.select_related("asked_by"), number)
    back = to(case, "investigating")
    if not missing(row):
        form: Any = WhyForm(typed(request), submit="End it now", cancel=back)
        return asked(
            request, case, form, lambda why: content_service.end(row, by=request.user, why=why),
            title="End it before its time is over", after=back, facts=_facts(row),
            said="It has ended. IT has been told to close it.",
        )  # fmt: skip
    form = ConfirmForm(typed(request), submit="Withdraw it", cancel=back)
    return asked(
        request, case, form, lambda: content_service.withdraw(row, by=request.user),
        title="It is no longer needed", said="Nobody has to decide any more.", after=back,
        facts=_facts(row),
    )  # fmt: skip
