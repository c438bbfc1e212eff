"""What a page does with a button or a form: one service, a message, the way on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from web.errors import RuleBroken
from web.forms import refuse


def pressed(request: HttpRequest, deed: Callable[[], object], said: str, to: Any) -> HttpResponse:
    """A button: what it did, or why it could not."""
    try:
        deed()
    except RuleBroken as problem:
        for reason in problem.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, said)
    return redirect(to)


def filled_in(
    request: HttpRequest, form: forms.BaseForm, deed: Callable[..., object], said: str, to: Any
) -> HttpResponse | None:
    """A form that was sent and is right: what it did. None where the page is shown (again)."""
    if not form.is_valid():
        return None
    try:
        deed(**form.cleaned_data)
    except RuleBroken as problem:
        refuse(form, problem)
        return None
    messages.success(request, said)
    return redirect(to)
