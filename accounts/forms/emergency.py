"""Forms of opening an account in an emergency."""

from __future__ import annotations

from typing import Any

from django import forms

from web.forms import page_form

WHY = {"required": "Say why, in a sentence."}


class AskForm(forms.Form):
    """Why somebody who does not run an account has to get into it."""

    reason = forms.CharField(
        label="What has happened",
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text="A sentence or two. No names of pupils, and never a password.",
        error_messages=WHY,
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("reason", submit="Ask for it", cancel=cancel, tone="danger")


class RefuseForm(forms.Form):
    """Why the second person does not agree."""

    why = forms.CharField(
        label="Why not",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Whoever asked reads it.",
        error_messages=WHY,
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("why", submit="Do not open it", cancel=cancel)
