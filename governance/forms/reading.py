"""The one form a member of staff fills in: their name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from governance.models import Policy
from people.models import User
from web.forms import page_form

# A hash for each text: a sitting of sixty documents, or a policy with as many appendices.
MOST_DISPLAYED = 65 * 60


class LookUpForm(forms.Form):
    """Words of a title, where there are more policies than a page shows."""

    q = forms.CharField(label="Title", required=False, max_length=100)


class SignForm(forms.Form):
    """The typed name, and the hashes of the texts that were on the screen (D2)."""

    displayed = forms.CharField(max_length=MOST_DISPLAYED, widget=forms.HiddenInput)
    typed_name = forms.CharField(
        label="Type your full name to sign",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Type your name to sign."},
    )

    def __init__(
        self,
        *args: Any,
        person: User,
        policy: Policy | None = None,
        displayed: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed_name"].help_text = f"As the school has it: {person.name}"
        self.initial["displayed"] = displayed
        action = reverse("governance:sign", args=[policy.pk]) if policy else ""
        self.helper = page_form("displayed", "typed_name", submit="Sign this policy", action=action)
