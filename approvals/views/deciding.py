"""Reading a business case and deciding on it: the list, the page, the vote, and its ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import SocialAccount
from approvals import listing, voting
from approvals.access import may_begin, may_edit
from approvals.considerations import answered_no
from approvals.forms.case import CaseFilterForm, VoteForm, WhyForm
from approvals.models import BusinessCase, Vote
from approvals.printing import case_pdf
from approvals.risks import in_words, sides
from approvals.services import cases, chasing, votes
from approvals.services.checklist import keeps_questions
from approvals.views.scope import get_case
from approvals.workflow import CASE, OPEN, Action, Status
from governance.fitness import fitness
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_of, typed
from web.errors import RuleBroken
from web.forms import refuse
from web.pdf import pdf_answer

PER_PAGE = 50
AGAIN = (Status.REJECTED, Status.WITHDRAWN, Status.EXPIRED, Status.REVOKED)


@require_GET
def case_list(request: Request, school: str) -> HttpResponse:
    """The business cases of a school that this person may see."""
    at = school_of(request, school)
    form = CaseFilterForm(request.GET or None)
    filters = form.cleaned_data if form.is_valid() else {}
    found = Paginator(listing.cases_at(at, request.user, filters), PER_PAGE)
    page = found.get_page(request.GET.get("page"))
    context = {
        "school": at,
        "filters": form,
        "filtered": form.is_bound,
        "page": page,
        "rows": listing.rows(list(page.object_list)),
        "is_trust": at.kind == Organisation.Kind.TRUST,
        "may_begin": may_begin(at, request.user),
        "may_view": request.user.can(Permission.VIEW_ACCOUNTS, at=at),
        "keeps_questions": keeps_questions(request.user, at),
    }
    return render(request, "approvals/case_list.html", context)


@require_GET
def case_detail(request: Request, school: str, number: int) -> HttpResponse:
    """Everything a decision needs on one page: the risks, and who is fit to run it."""
    case = get_case(request, school, number)
    ballot = voting.ballot(case)
    form = _vote_form(case, ballot) if _votes_now(request, case, ballot) else None
    return render(request, "approvals/case_detail.html", _context(request, case, ballot, form))


@require_GET
def of_account(request: Request, school: str, pk: int) -> HttpResponse:
    """From an account to the business case it came from, the latest where there are several."""
    at = school_of(request, school)
    accounts = SocialAccount.objects.visible_to(request.user).filter(organisation=at)
    account = get_object_or_404(accounts, pk=pk)
    cases_of = BusinessCase.objects.visible_to(request.user).select_related("organisation")
    case = cases_of.filter(account=account).order_by("-pk").first()
    if case is None:
        messages.info(request, "There is no business case for this account that you may read.")
        return redirect(account)
    return redirect(case)


def _votes_now(request: Request, case: BusinessCase, ballot: voting.Ballot) -> bool:
    voter = ballot.voter(request.user.pk)
    waiting = case.status == Status.SUBMITTED
    return waiting and voter is not None and not ballot.has_voted(request.user.pk)


def _vote_form(case: BusinessCase, ballot: voting.Ballot) -> VoteForm:
    form = VoteForm(initial={"content_hash": case.content_hash}, action=_vote_url(case))
    form.show_risk(is_high=ballot.high_risk)
    return form


def _vote_url(case: BusinessCase) -> str:
    return reverse("approvals:vote", args=[case.organisation.slug, case.number])


def _context(
    request: Request, case: BusinessCase, ballot: voting.Ballot, form: VoteForm | None
) -> dict[str, Any]:
    at, user = case.organisation, request.user
    people = [row.person for row in case.runners.select_related("person")]
    fit = fitness([one.pk for one in people], at, at.today())
    waiting = case.status == Status.SUBMITTED
    decides = user.can(Permission.DECIDE_ACCOUNTS, at=at)
    return {
        "school": at,
        "case": case,
        "form": form,
        "running": [(one, fit[one.pk]) for one in people],
        "all_fit": all(one.fit for one in fit.values()),
        "quorum": ballot.quorum if waiting else None,
        "why_not": ballot.why_not(user.pk) if waiting and decides else [],
        "voted": ballot.has_voted(user.pk),
        "votes": case.votes.select_related("person"),
        "risks": in_words(case),
        "sides": sides(case, user),
        "noes": answered_no(case),
        "may_edit": may_edit(case, user),
        "may_chase": case.status in OPEN and chasing.may_chase(case, user),
        "may_withdraw": Action.WITHDRAW in _moves(case, user),
        "may_revoke": Action.REVOKE in _moves(case, user),
        "may_retry": case.status in AGAIN
        and (case.author_id == user.pk or decides)
        and may_begin(at, user),
        "seen_on_register": case.account_id is not None
        and user.can(Permission.VIEW_ACCOUNTS, at=at),
        "decides": decides,
    }


def _moves(case: BusinessCase, user: Any) -> list[str]:
    """What they could do, the votes apart: those ask the ballot."""
    moves = (Action.WITHDRAW, Action.REVOKE)
    return [
        action
        for action in moves
        if case.status in CASE.moves[action] and CASE.allowed(action, case, user)
    ]


@require_GET
def case_print(request: Request, school: str, number: int) -> HttpResponse:
    """The case with its decision, as a PDF."""
    case = get_case(request, school, number)
    name = f"business-case-{case.reference.lower()}.pdf"
    return pdf_answer(case_pdf(case), name)


@require_POST
def vote(request: Request, school: str, number: int) -> HttpResponse:
    """What somebody of the leadership team decides. E1: whoever has a part in it gets no vote."""
    case = get_case(request, school, number)
    form = VoteForm(request.POST, action=_vote_url(case))
    if form.is_valid():
        try:
            given = votes.vote(case, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, THANKS[Vote.Choice(given.choice)])
            return redirect(case)
    ballot = voting.ballot(case)
    if ballot.why_not(request.user.pk):
        # A forged vote: the service refuses it, and puts that on record.
        votes.vote(case, by=request.user, choice="", content_hash="")
    if ballot.has_voted(request.user.pk):
        # Pressed twice, or sent again with the browser's Back: the first one counts.
        messages.info(request, "Your vote is on record: you vote once on one text.")
        return redirect(case)
    if not _votes_now(request, case, ballot):
        for reason in form.non_field_errors():
            messages.error(request, str(reason))
        return redirect(case)
    _is_about_this_text(form, case)
    form.show_risk(is_high=ballot.high_risk)
    return render(request, "approvals/case_detail.html", _context(request, case, ballot, form))


def _is_about_this_text(form: VoteForm, case: BusinessCase) -> None:
    """They read this page now: it says so if the text is another one, and the next click counts."""
    is_new = form.data.get("content_hash") != case.content_hash
    if is_new and votes.CHANGED not in form.non_field_errors():
        form.add_error(None, votes.CHANGED)
    typed_before = {name: form.data[name] for name in form.data}
    form.data = typed_before | {"content_hash": case.content_hash}


THANKS = {
    Vote.Choice.APPROVE: "Your approval is on record.",
    Vote.Choice.CHANGES: "It goes back to its author, with your reason.",
    Vote.Choice.REJECT: "It is rejected. Its author has been told why.",
}


@require_http_methods(["GET", "POST"])
def withdraw(request: Request, school: str, number: int) -> HttpResponse:
    """The author does not want it any more."""
    return _ending(request, school, number, Action.WITHDRAW)


@require_http_methods(["GET", "POST"])
def revoke(request: Request, school: str, number: int) -> HttpResponse:
    """The leadership team takes its approval back."""
    return _ending(request, school, number, Action.REVOKE)


ENDINGS: dict[Action, tuple[Callable[..., BusinessCase], str, str]] = {
    Action.WITHDRAW: (cases.withdraw, "Withdraw this business case", "Withdraw it"),
    Action.REVOKE: (cases.revoke, "Take back the approval", "Take it back"),
}


def _ending(request: Request, school: str, number: int, action: Action) -> HttpResponse:
    case = get_case(request, school, number)
    if not CASE.allowed(action, case, request.user):
        raise PermissionDenied
    service, title, button = ENDINGS[action]
    form = WhyForm(typed(request), submit=button, cancel=case.get_absolute_url())
    if form.is_valid():
        try:
            service(case, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "It is done. Everybody who works on it has been told.")
            return redirect(case)
    context = {
        "school": case.organisation, "case": case, "form": form, "page_title": title,
        "revoking": action == Action.REVOKE,
    }  # fmt: skip
    return render(request, "approvals/case_ending.html", context)


@require_POST
def retry(request: Request, school: str, number: int) -> HttpResponse:
    """A new case that takes over what an ended one said."""
    old = get_case(request, school, number)
    try:
        case = cases.begin(old.organisation, by=request.user, retry_of=old)
    except RuleBroken as problem:
        for reason in problem.reasons:
            messages.error(request, reason)
        return redirect(old)
    messages.success(request, f"This is {case.reference}. It takes over what {old.reference} said.")
    return redirect(reverse("approvals:check", args=[case.organisation.slug, case.number]))


@require_POST
def chase(request: Request, school: str, number: int) -> HttpResponse:
    """Tell the runners what they still lack."""
    case = get_case(request, school, number)
    try:
        people = chasing.chase(case, by=request.user)
    except RuleBroken as problem:
        messages.info(request, str(problem))
    else:
        names = ", ".join(str(one) for one in people)
        messages.success(request, f"They have been told what is missing: {names}.")
    return redirect(case)
