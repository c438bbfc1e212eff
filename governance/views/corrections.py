"""A signature that somebody else recorded: disputed by the person, annulled by the office."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from governance.forms.paper import AnnulForm, DisputeForm
from governance.models import Signature
from governance.services import corrections
from people.http import Request
from people.roles import Permission
from people.views.scope import typed
from web.errors import RuleBroken
from web.forms import refuse


def _witnessed(request: Request, reference: str) -> Signature:
    """A signature they may see, recorded from paper or on a tablet; what people sign stands."""
    related = "organisation__parent", "person", "annulment", "dispute"
    rows = Signature.objects.visible_to(request.user).select_related(*related)
    return get_object_or_404(rows.exclude(method=Signature.Method.OWN), reference=reference)


@require_http_methods(["GET", "POST"])
def annul(request: Request, reference: str) -> HttpResponse:
    signature = _witnessed(request, reference)
    if not request.user.can(Permission.RECORD_SIGNATURES, at=signature.organisation):
        raise PermissionDenied
    if request.method == "GET" and hasattr(signature, "annulment"):
        return redirect(signature)  # which says so
    form = AnnulForm(typed(request), cancel=signature.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        try:
            corrections.annul(signature, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "Annulled. The person is told, and asked to sign again.")
            return redirect(signature)
    context = {"school": signature.organisation, "signature": signature, "form": form}
    return render(request, "governance/paper_annul.html", context)


@require_http_methods(["GET", "POST"])
def dispute(request: Request, reference: str) -> HttpResponse:
    signature = _witnessed(request, reference)
    if signature.person_id != request.user.pk:
        raise Http404
    said = hasattr(signature, "annulment") or hasattr(signature, "dispute")
    if request.method == "GET" and said:
        return redirect(signature)  # which says so
    form = DisputeForm(typed(request), cancel=signature.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        try:
            corrections.dispute(signature, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The school has been told that this is not right.")
            return redirect(signature)
    context = {"school": signature.organisation, "signature": signature, "form": form}
    return render(request, "governance/paper_dispute.html", context)
