"""What is said about a draft, and how a version came about."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance import signing_off
from governance.forms.reviews import CommentForm, TickOffForm
from governance.models import Comment
from governance.services import commenting
from governance.views.writing import draft_page, get_version, version_page
from people.http import Request
from people.roles import Permission
from web.errors import RuleBroken
from web.forms import refuse


@require_POST
def comment(request: Request, pk: int) -> HttpResponse:
    """Say something about a draft, on the page where it is read before it is signed off."""
    version = get_version(request, pk, Permission.VIEW_DRAFTS)
    form = CommentForm(request.POST, version=version)
    if form.is_valid():
        try:
            commenting.comment(version, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "Your comment has been added.")
            return redirect(_comments(version.pk))
    return draft_page(request, version, comment_form=form)


@require_POST
def comment_done(request: Request, pk: int) -> HttpResponse:
    """Tick a comment off."""
    found = get_object_or_404(
        Comment.objects.visible_to(request.user).select_related("version__policy__owner"), pk=pk
    )
    form = TickOffForm(request.POST)
    try:
        if not form.is_valid():
            raise RuleBroken("This answer is too long: 500 letters are the most.")
        commenting.tick_off(found, by=request.user, answer=form.cleaned_data["answer"])
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The comment has been ticked off.")
    return redirect(_comments(found.version_id))


def _comments(version_id: int) -> str:
    return reverse("governance:sign_off", args=[version_id]) + "#comments"


@require_GET
def version_trail(request: Request, pk: int) -> HttpResponse:
    """Who signed what, when, in which capacity, and what happened before and between (P2)."""
    version = get_version(request, pk, None)
    if not request.user.can(Permission.VIEW_DRAFTS, at=version.policy.owner):
        raise PermissionDenied
    events = signing_off.trail_of(version)
    return version_page(request, "version_trail", version, events=events)
