"""Forms of a shared tablet: find one's name, sign, and the witness's way out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from governance.forms.reading import MOST_DISPLAYED
from people.forms.sign_in import CodeAgainForm, PasswordAgainForm
from people.models import User
from web.forms import page_form


class FindForm(forms.Form):
    """Sent by POST, so that no name stays in the tablet's history."""

    q = forms.CharField(
        label="Begin to type your name",
        max_length=100,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "words", "spellcheck": "false"}
        ),
        error_messages={"required": "Type at least three letters of your name."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("q", submit="Find my name", action=reverse("governance:tablet"))

    def clean_q(self) -> str:
        words: str = self.cleaned_data["q"]
        if len(words.replace(" ", "")) < 3:
            raise forms.ValidationError("Type at least three letters of your name.")
        return words


class TabletSignForm(forms.Form):
    """The typed name, and the hashes of the texts on the screen, as with one's own login."""

    displayed = forms.CharField(max_length=MOST_DISPLAYED, widget=forms.HiddenInput)
    typed_name = forms.CharField(
        label="Type your full name to sign",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Type your name to sign."},
    )

    def __init__(self, *args: Any, person: User, displayed: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed_name"].help_text = f"As the school has it: {person.name}"
        self.initial["displayed"] = displayed
        self.helper = page_form(
            "displayed",
            "typed_name",
            submit="Sign this policy",
            action=reverse("governance:tablet_sign"),
        )


class EndByPasswordForm(PasswordAgainForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not "current-password": a browser that has kept it would open the way for anybody.
        self.fields["password"].widget.attrs["autocomplete"] = "new-password"
        self.helper = page_form(
            "password", submit="End signing", action=reverse("governance:tablet_end")
        )


class EndByCodeForm(CodeAgainForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(
            "code", submit="End signing", action=reverse("governance:tablet_end")
        )
