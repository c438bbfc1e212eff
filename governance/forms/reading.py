"""The one form a member of staff fills in: their name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from governance.models import PolicyVersion
from people.models import User
from web.forms import page_form


class LookUpForm(forms.Form):
    """Words of a title, where there are more policies than a page shows."""

    q = forms.CharField(label="Title", required=False, max_length=100)


class SignForm(forms.Form):
    """The typed name, and the hash of the text that was on the screen (D2)."""

    displayed = forms.CharField(max_length=64, widget=forms.HiddenInput)
    typed_name = forms.CharField(
        label="Type your full name to sign",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Type your name to sign."},
    )

    def __init__(
        self, *args: Any, person: User, version: PolicyVersion | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed_name"].help_text = f"As the school has it: {person.name}"
        action = ""
        if version is not None:
            self.initial["displayed"] = version.content_hash
            action = reverse("governance:sign", args=[version.policy_id])
        self.helper = page_form("displayed", "typed_name", submit="Sign this policy", action=action)
