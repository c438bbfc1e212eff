"""A version's check: written with the draft, taken before signing, read back as figures (D15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import checks as asked
from governance import reading
from governance.forms.checks import CheckQuestionForm, TakeForm
from governance.models import CheckAttempt, CheckQuestion, PolicyVersion
from governance.models.check import FEWEST, MOST
from governance.services import checks
from governance.text.render import outline
from governance.workflow import Status
from people.http import Request
from people.roles import Permission
from web.errors import RuleBroken
from web.forms import refuse

P = Permission


def _get_version(request: Request, pk: int, permission: Permission | None) -> PolicyVersion:
    """A version they may see (else 404), whose owner gives them the permission (else 403)."""
    versions = PolicyVersion.objects.visible_to(request.user).select_related(
        "policy__owner__parent", "policy__current", "policy__parent"
    )
    version = get_object_or_404(versions, pk=pk)
    if permission and not request.user.can(permission, at=version.policy.owner):
        raise PermissionDenied
    return version


def _page(request: Request, template: str, version: PolicyVersion, **more: object) -> HttpResponse:
    form = more.get("form")
    context = {
        "version": version,
        "policy": version.policy,
        "school": version.policy.owner,
        "nav_path": reverse("governance:manage", args=[version.policy.owner.slug]),
        **more,
    }
    status = 422 if form is not None and getattr(form, "errors", None) else 200
    return render(request, f"governance/{template}.html", context, status=status)


# Writing it


@require_GET
def quiz(request: Request, pk: int) -> HttpResponse:
    """The check of a version: to be written while it is a draft, to be read afterwards."""
    version = _get_version(request, pk, P.VIEW_DRAFTS)
    questions = list(version.check_questions.all())
    editable = version.status in (Status.DRAFT, Status.RETURNED)
    may_manage = request.user.can(P.MANAGE_POLICIES, at=version.policy.owner)
    return _page(
        request,
        "quiz",
        version,
        questions=questions,
        problems=list(asked.problems(version)),
        may_write=editable and may_manage,
        may_add=editable and may_manage and len(questions) < MOST,
        fewest=FEWEST,
        most=MOST,
    )


@require_http_methods(["GET", "POST"])
def question_new(request: Request, pk: int) -> HttpResponse:
    version = _get_version(request, pk, P.MANAGE_POLICIES)
    form = CheckQuestionForm(request.POST or None, version=version, outline=outline(version.body))
    if request.method == "POST" and form.is_valid():
        try:
            checks.write(version, by=request.user, **form.deed())
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The question has been saved.")
            return redirect("governance:quiz", version.pk)
    return _page(request, "quiz_question", version, form=form)


def _get_question(request: Request, pk: int) -> tuple[CheckQuestion, PolicyVersion]:
    rows = CheckQuestion.objects.visible_to(request.user)
    question = get_object_or_404(rows, pk=pk)
    version = _get_version(request, question.version_id, P.MANAGE_POLICIES)
    question.version = version
    return question, version


@require_http_methods(["GET", "POST"])
def question_edit(request: Request, pk: int) -> HttpResponse:
    question, version = _get_question(request, pk)
    form = CheckQuestionForm(
        request.POST or None, version=version, outline=outline(version.body), question=question
    )
    if request.method == "POST" and form.is_valid():
        edition = form.cleaned_data["edition"] or 0
        try:
            checks.rewrite(question, by=request.user, edition=edition, **form.deed())
        except checks.ChangedMeanwhile as problem:
            # Saving again is now deliberate: the form carries on from what is saved.
            form.data = {**form.data.dict(), "edition": str(problem.question.edition)}  # type: ignore[attr-defined]
            refuse(form, problem)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The question has been saved.")
            return redirect("governance:quiz", version.pk)
    return _page(request, "quiz_question", version, form=form, question=question)


@require_POST
def question_remove(request: Request, pk: int) -> HttpResponse:
    question, version = _get_question(request, pk)
    try:
        checks.remove(question, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The question has been removed.")
    return redirect("governance:quiz", version.pk)


@require_GET
def results(request: Request, pk: int) -> HttpResponse:
    """How many went wrong the first time, by question: what the text does not say clearly."""
    version = _get_version(request, pk, P.MANAGE_POLICIES)
    if not version.is_published:
        raise Http404
    return _page(request, "quiz_results", version, results=asked.results(version))


# Taking it


@dataclass(frozen=True)
class Item:
    """One question on the page of whoever takes the check."""

    question: CheckQuestion
    field: BoundField
    outcome: str  # "", "right" or "wrong"
    link: str  # to the part of the text that answers it


@require_http_methods(["GET", "POST"])
def take(request: Request, pk: int) -> HttpResponse:
    """All questions on one page; a wrong answer leads back to the clause, and one tries again."""
    version = _get_version(request, pk, None)
    if version.policy.current_id != version.pk:
        return redirect(version)
    questions = list(version.check_questions.all())
    form = TakeForm(request.POST if request.method == "POST" else None, questions=questions)
    if request.method == "POST" and form.is_valid():
        try:
            attempt = checks.take(version, by=request.user, chosen=form.chosen())
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            return _after(request, version, attempt)
    return _render_check(request, version, form)


def _after(request: Request, version: PolicyVersion, attempt: CheckAttempt) -> HttpResponse:
    """On to the signature; or to a page of its own, so that Back from the clause leads there."""
    if attempt.passed:
        messages.success(request, "All right. You can sign below the text now.")
        return redirect(f"{_text_of(version)}#sign")
    return redirect(f"{reverse('governance:quiz_take', args=[version.pk])}?attempt={attempt.pk}")


def _render_check(request: Request, version: PolicyVersion, form: TakeForm) -> HttpResponse:
    mine = CheckAttempt.objects.visible_to(request.user).filter(version=version)
    wanted = request.GET.get("attempt", "")
    attempt = None
    if wanted.isascii() and wanted.isdigit() and not form.is_bound:
        attempt = mine.filter(pk=int(wanted[:15])).prefetch_related("answers").first()
    context = {
        "version": version,
        "policy": version.policy,
        "text": _text_of(version),
        "school": reading.home_of(request.user, version.policy),
        "nav_path": reverse("governance:my_policies"),
        "form": form,
        "items": list(_items(version, form, attempt)),
        "attempt": attempt,
        "passed": mine.filter(passed=True).order_by("at").first(),
    }
    status = 422 if form.errors else 200
    return render(request, "governance/quiz_take.html", context, status=status)


def _items(version: PolicyVersion, form: TakeForm, attempt: CheckAttempt | None) -> Iterator[Item]:
    """Each question with how it went. No error: who was wrong has made no mistake in a form."""
    given = {row.question_id: row for row in attempt.answers.all()} if attempt else {}
    for question in form.questions:
        field, answer, outcome = form[f"q{question.pk}"], given.get(question.pk), ""
        if answer is not None:
            field.initial = answer.chosen
            outcome = "right" if answer.is_right else "wrong"
        if outcome == "wrong":
            where = f"“{question.heading}”" if question.heading else "the text"
            field.help_text = f"Not quite. Look at {where} again, then choose another answer."
        yield Item(question, field, outcome, _clause(version, question))


def _text_of(version: PolicyVersion) -> str:
    """Where the version is read: an appendix below the policy it belongs to."""
    policy = version.policy
    return (policy.parent or policy).get_absolute_url()


def _clause(version: PolicyVersion, question: CheckQuestion) -> str:
    """The part of the text that answers the question. An appendix has anchors of its own."""
    policy = version.policy
    prefix = f"part-{policy.pk}-" if policy.is_appendix and question.anchor else ""
    anchor = question.anchor or (f"part-{policy.pk}" if policy.is_appendix else "")
    return f"{_text_of(version)}#{prefix}{anchor}" if anchor else _text_of(version)
