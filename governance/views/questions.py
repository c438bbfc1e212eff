"""Questions asked instead of signing: the thread, the lists, what is shown to every reader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import questions as asked
from governance import reading
from governance.forms.questions import AskForm, QuestionsFilter, SayForm, ShareForm
from governance.models import Policy, Question, QuestionEntry, SharedAnswer
from governance.questions import State, chain_of, is_waiting, state_of
from governance.services import questions
from governance.texts import text_parts
from people.http import Request
from people.models import User
from web.errors import RuleBroken
from web.forms import refuse

PER_PAGE = 25


@require_http_methods(["GET", "POST"])
def ask(request: Request, pk: int) -> HttpResponse:
    """Instead of signing: a question, about the whole text or one part of it."""
    policies = Policy.objects.visible_to(request.user).in_force().documents()
    policy = get_object_or_404(policies.select_related("current", "owner__parent"), pk=pk)
    standing = reading.standing_of(request.user, policy, timezone.localdate())
    if not standing.owes:
        messages.info(request, "You do not have to sign this policy at the moment.")
        return redirect(policy)
    outline = [heading for text in text_parts(standing, {}) for heading in text.outline]
    initial = {"about": request.GET.get("about", "")}
    form = AskForm(request.POST or None, policy=policy, outline=outline, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            question = questions.ask(policy, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "Your question has been sent.")
            return redirect(question)
    place = standing.organisation or policy.owner
    context = {
        "policy": policy,
        "form": form,
        "school": place,
        "nav_path": reverse("governance:my_policies"),
        "answer_days": place.setting("policies.question_days"),
        "pause_days": place.setting("policies.question_pause_days"),
    }
    status = 422 if form.errors else 200
    return render(request, "governance/question_ask.html", context, status=status)


def _get_question(request: Request, pk: int) -> Any:
    """A question they may read, with what became of it. To anyone else it does not exist."""
    rows = asked.with_last(asked.traced(Question.objects.visible_to(request.user), _today()))
    rows = rows.select_related(
        "waiting", "policy__current", "policy__owner", "policy__author", "person", "version",
        "organisation__parent",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


def _today() -> date:
    return timezone.localdate()


@require_GET
def question(request: Request, pk: int) -> HttpResponse:
    return _thread(request, _get_question(request, pk))


def _thread(
    request: Request, found: Any, form: SayForm | None = None, *, status: int = 200
) -> HttpResponse:
    mine, state = found.person_id == request.user.pk, state_of(found, _today())
    if form is None and state != State.CLOSED:
        form = SayForm(question=found, answering=not mine)
    context = {
        "question": found,
        "entries": found.entries.select_related("by", "said"),
        "state": state,
        "mine": mine,
        "form": form,
        "with_whom": _with_whom(found) if is_waiting(found) else None,
        "shared": found.shared.filter(taken_down_at=None).first(),
        "answered": found.last_kind == QuestionEntry.Kind.ANSWER or state == State.CLOSED,
        "paused": bool(found.waiting_id and (found.paused_until or date.min) >= _today()),
        "school": found.organisation,
        "nav_path": reverse("governance:my_policies"),
    }
    return render(request, "governance/question_thread.html", context, status=status)


def _with_whom(found: Any) -> dict[str, Any]:
    """Who has it now, and until when; for the asker as for those who answer."""
    chain, today = chain_of(found), _today()
    answerer = chain.answerer(today)
    people = {found.policy.author_id: found.policy.author}
    if answerer is not None and answerer not in people:
        people[answerer] = User.objects.get(pk=answerer)
    return {
        "person": people.get(answerer) if answerer else None,
        "is_manager": answerer is not None and answerer == found.manager,
        "until": chain.due_on(today),
        "passed_on": chain.step(today) > 0,
    }


@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    found = _get_question(request, pk)
    if found.person_id == request.user.pk:
        raise PermissionDenied
    return _say(request, found, questions.answer, "Your answer has been sent.")


@require_POST
def add(request: Request, pk: int) -> HttpResponse:
    found = _get_question(request, pk)
    if found.person_id != request.user.pk:
        raise PermissionDenied
    return _say(request, found, questions.follow_up, "Sent.")


def _say(request: Request, found: Any, say: Callable[..., Any], done: str) -> HttpResponse:
    answering = say == questions.answer
    form = SayForm(request.POST, question=found, answering=answering)
    if form.is_valid():
        try:
            say(found, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, done)
            return redirect(found)
    return _thread(request, found, form, status=422)


@require_POST
def close(request: Request, pk: int) -> HttpResponse:
    """That answers it: back to the policy, where the place to sign is."""
    found = _get_question(request, pk)
    try:
        questions.close(found, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect(found)
    messages.success(request, "The question is closed. When you are ready, sign below the text.")
    return redirect(found.policy)


@require_http_methods(["GET", "POST"])
def share(request: Request, pk: int) -> HttpResponse:
    """A good answer for every reader: the question in other words."""
    found = _get_question(request, pk)
    if not questions.may_answer(found, request.user):
        raise PermissionDenied
    answers = found.entries.filter(kind=QuestionEntry.Kind.ANSWER).select_related("said")
    last = answers.order_by("-pk").first()
    initial = {"answer": last.said.words if last and hasattr(last, "said") else ""}
    form = ShareForm(request.POST or None, question=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            questions.share(found, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "Every reader of the policy finds it below the text now.")
            return redirect(found)
    context = {
        "question": found,
        "entries": found.entries.select_related("by", "said"),
        "form": form,
        "school": found.organisation,
        "nav_path": reverse("governance:my_policies"),
    }
    status = 422 if form.errors else 200
    return render(request, "governance/question_share.html", context, status=status)


@require_POST
def take_down(request: Request, pk: int) -> HttpResponse:
    rows = SharedAnswer.objects.visible_to(request.user).select_related("question__policy")
    shared = get_object_or_404(rows, pk=pk)
    try:
        questions.take_down(shared, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The answer has been taken down.")
    return redirect(shared.question)


@require_GET
def mine(request: Request) -> HttpResponse:
    """What I asked, newest first."""
    form = QuestionsFilter(request.GET or None, first="All")
    rows = asked.mine(request.user, _today())
    return _list(request, "question_mine", rows, form)


@require_GET
def inbox(request: Request) -> HttpResponse:
    """Questions of others: those that wait for me, or all that I may read."""
    form = QuestionsFilter(request.GET or None, first="For me to answer")
    today = _today()
    mine_now = asked.to_answer(request.user, today)
    rows = asked.of_others(request.user, today)
    if not (form.is_bound and form.is_valid() and form.cleaned_data["state"]):
        rows = rows.filter(pk__in=mine_now)
    return _list(request, "question_inbox", rows, form, waiting=set(mine_now))


def _list(
    request: Request, template: str, rows: QuerySet[Any, Any], form: QuestionsFilter, **more: Any
) -> HttpResponse:
    if form.is_bound and form.is_valid():
        rows = rows.filter(asked.in_state(form.cleaned_data["state"]))
        if words := form.cleaned_data["q"].strip():
            rows = rows.filter(asked.about(words))
    today = _today()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(one, state_of(one, today)) for one in page],
        "nav_path": reverse("governance:my_policies"),
        **more,
    }
    return render(request, f"governance/{template}.html", context)
