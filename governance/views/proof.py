"""Printed copies: PDFs for those who may read, and the check of a copy's code for anybody (D7)."""

from __future__ import annotations

from typing import Any

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from governance import codes, printing
from governance.copies import copy_of, public_address
from governance.documents import parts_among
from governance.forms.proof import CheckForm
from governance.models import Policy, PolicyVersion, Signature
from people.http import Request
from web import limits
from web.pdf import pdf_answer
from web.public import answer_for_everybody

# Codes that nobody has, from one network address: a whole school, or somebody who guesses.
WRONG_CODES = "30/10m/key"
# What the frame of a page would say to a person: these pages are the same for everybody.
NOBODYS: dict[str, Any] = {"messages": (), "second_factor_days_left": None}


@require_GET
def policy_pdf(request: Request, pk: int) -> HttpResponse:
    """The policy in force with the local appendices of this person's schools, to keep or print."""
    policies = Policy.objects.visible_to(request.user)
    policy = get_object_or_404(policies.in_force().documents(), pk=pk)
    parts = parts_among(policy, [post.organisation.pk for post in request.user.posts])
    name = printing.file_name(policy.title)
    return pdf_answer(printing.document_pdf(parts), name)


@require_GET
def version_pdf(request: Request, pk: int) -> HttpResponse:
    """One version as it was, or a draft for those who see drafts; marked as what it is."""
    versions = PolicyVersion.objects.visible_to(request.user).select_related(
        "policy__owner", "policy__parent"
    )
    found = get_object_or_404(versions, pk=pk)
    name = printing.file_name(found.title, found.number)
    return pdf_answer(printing.policy_pdf(found), name)


@require_GET
def receipt_pdf(request: Request, reference: str) -> HttpResponse:
    """For whoever may see the receipt."""
    signatures = Signature.objects.visible_to(request.user).select_related(
        "organisation", "typed", "annulment", "dispute",
        "witnessed__witness", "witnessed__recorded_by",
    )  # fmt: skip
    found = get_object_or_404(signatures, reference=reference)
    return pdf_answer(printing.receipt_pdf(found), printing.file_name("receipt", reference))


@answer_for_everybody
def check(request: HttpRequest) -> HttpResponse:
    """Where the code of a printed copy is typed."""
    form = CheckForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("governance:check_code", form.cleaned_data["code"])
    return _draw_form(request, form, status=422 if form.is_bound else 200)


@answer_for_everybody
def check_code(request: HttpRequest, code: str) -> HttpResponse:
    """Whether the copy with this code is in force. Nothing of a person, nothing of a draft."""
    if not _may_try(request, dry_run=True):
        busy: HttpResponse = ratelimit.respond_429(request)
        return busy
    version = codes.version_of(code)
    if version is None:
        _may_try(request, dry_run=False)
        form = CheckForm(initial={"code": code[:40]})
        return _draw_form(request, form, unknown=True, status=404)
    context = {
        "copy": copy_of(version),
        "code": codes.code_of(version),
        "public": public_address(version.policy),
    }
    response = render(request, "governance/check_result.html", NOBODYS | context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _draw_form(
    request: HttpRequest, form: CheckForm, *, status: int, unknown: bool = False
) -> HttpResponse:
    context = NOBODYS | {"form": form, "unknown": unknown}
    response = render(request, "governance/check.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def _may_try(request: HttpRequest, *, dry_run: bool) -> bool:
    return limits.may(request, app="governance", what="check", rate=WRONG_CODES, count=not dry_run)
