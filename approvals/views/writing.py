"""Writing a business case: one question per page, then everything at a glance, then sending it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import SocialAccount
from approvals.access import may_begin, speaks_for, works_on
from approvals.forms.case import HelperForm
from approvals.models import BusinessCase
from approvals.progress import items
from approvals.questions import BY_SLUG, STEPS, Step, step_after, step_before
from approvals.services import cases
from approvals.views.scope import edited_case, get_case
from approvals.workflow import CASE, OPEN, Action, Status
from people.http import Request
from people.models import Membership, Organisation, User
from people.views.scope import school_of, typed
from web.errors import RuleBroken
from web.forms import refuse

FORM_METHODS = ["GET", "POST"]


@require_http_methods(FORM_METHODS)
def begin(request: Request, school: str) -> HttpResponse:
    """What it takes, before anybody begins. `?account=` is one that was found."""
    at = school_of(request, school)
    if at.kind == Organisation.Kind.TRUST:
        raise Http404
    if not may_begin(at, request.user):
        raise PermissionDenied
    account = _found_account(request, at)
    if request.method == "POST":
        try:
            case = cases.begin(at, by=request.user, account=account)
        except RuleBroken as problem:
            for reason in problem.reasons:
                messages.error(request, reason)
        else:
            return redirect(_page("question", case, STEPS[0].slug))
    mine = BusinessCase.objects.open().filter(organisation=at, author=request.user)
    context = {
        "school": at,
        "account": account,
        "mine": mine.order_by("-changed_at")[:5],
        "steps": STEPS,
    }
    return render(request, "approvals/case_begin.html", context)


def _found_account(request: Request, at: Organisation) -> SocialAccount | None:
    pk = request.GET.get("account") or request.POST.get("account")
    if not pk:
        return None
    if not pk.isdecimal() or len(pk) > 18:
        raise Http404
    accounts = SocialAccount.objects.visible_to(request.user).filter(organisation=at)
    return get_object_or_404(accounts, pk=int(pk))


@require_http_methods(FORM_METHODS)
def question(request: Request, school: str, number: int, step: str) -> HttpResponse:
    """One question. What was answered is saved with each step."""
    case = edited_case(request, school, number)
    one = BY_SLUG.get(step)
    if one is None:
        raise Http404
    checking = (request.GET.get("then") or request.POST.get("then")) == "check"
    form = _form(request, case, one, checking=checking)
    if form.is_valid():
        try:
            _save(case, one, request.user, form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            return redirect(_onward(request, case, one, checking=checking))
    before = step_before(one)
    context = {
        "school": case.organisation,
        "case": case,
        "step": one,
        "number": STEPS.index(one) + 1,
        "total": len(STEPS),
        "form": form,
        "back": _page("question", case, before.slug) if before and not checking else "",
        "checking": checking,
        "skip": _onward(request, case, one, checking=checking),
        "voided": case.status == Status.SUBMITTED,
    }
    return render(request, "approvals/case_question.html", context)


def _form(request: Request, case: BusinessCase, step: Step, *, checking: bool) -> Any:
    more: dict[str, Any] = {}
    if step.slug == "runners":
        more = {
            "people": people_of(case.organisation),
            "now": list(case.runners.values_list("person", flat=True)),
        }
    return step.form(
        typed(request),
        case=case,
        fields=step.fields,
        submit="Save" if checking else "Save and go on",
        **more,
    )


def people_of(at: Organisation) -> Any:
    """Everybody who belongs to the school today, volunteers and parents too."""
    posts = Membership.objects.active(at.today()).filter(organisation=at)
    return User.objects.filter(pk__in=posts.values("person")).order_by("sort_name", "name")


def _save(case: BusinessCase, step: Step, user: User, answers: dict[str, Any]) -> None:
    if step.slug == "runners":
        cases.set_runners(case, by=user, people=answers["people"])
    else:
        cases.change(case, by=user, **answers)


def _onward(request: Request, case: BusinessCase, step: Step, *, checking: bool) -> str:
    after = step_after(step)
    if checking or after is None:
        return _page("check", case)
    return _page("question", case, after.slug)


@require_GET
def check(request: Request, school: str, number: int) -> HttpResponse:
    """All answers, and what is still missing before it can be sent."""
    case = edited_case(request, school, number)
    runners = [row.person for row in case.runners.select_related("person")]
    sends = speaks_for(case, request.user)
    progress = list(items(case, len(runners)))
    context = {
        "school": case.organisation,
        "case": case,
        "runners": runners,
        "items": progress,
        "next_item": next((item for item in progress if item.state != "done"), None),
        "problems": CASE.problems(Action.SUBMIT, case, request.user),
        "may_send": sends and case.status != Status.SUBMITTED,
        "helpers": case.parts.select_related("person").exclude(person=case.author_id),
    }
    return render(request, "approvals/case_check.html", context)


@require_POST
def send(request: Request, school: str, number: int) -> HttpResponse:
    """To the leadership team; or back to what is missing."""
    case = get_case(request, school, number)
    try:
        case = cases.submit(case, by=request.user)
    except RuleBroken as problem:
        if case.status == Status.SUBMITTED:
            return redirect(_page("sent", case))  # pressed twice: it is sent
        for reason in problem.reasons:
            messages.error(request, reason)
        return redirect(_page("check", case) if case.status in OPEN else case.get_absolute_url())
    return redirect(_page("sent", case))


@require_GET
def sent(request: Request, school: str, number: int) -> HttpResponse:
    """The reference, and what happens next."""
    case = get_case(request, school, number)
    if case.submitted_at is None:
        raise Http404
    return render(request, "approvals/case_sent.html", {"school": case.organisation, "case": case})


@require_http_methods(FORM_METHODS)
def helper(request: Request, school: str, number: int) -> HttpResponse:
    """Ask a colleague to work on it."""
    case = get_case(request, school, number)
    if not works_on(case, request.user) or case.status not in OPEN:
        raise PermissionDenied
    taking_part = case.parts.values("person")
    people = people_of(case.organisation).exclude(pk__in=taking_part).exclude(pk=case.author_id)
    people = people.exclude(pk__in=case.runners.values("person"))
    form = HelperForm(typed(request), people=people, cancel=_page("check", case))
    if form.is_valid():
        try:
            part = cases.ask_to_help(case, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, f"{part.person} has been asked.")
            return redirect(_page("check", case))
    context = {"school": case.organisation, "case": case, "form": form}
    return render(request, "approvals/case_helper.html", context)


def _page(name: str, case: BusinessCase, *more: str) -> str:
    return reverse(f"approvals:{name}", args=[case.organisation.slug, case.number, *more])
