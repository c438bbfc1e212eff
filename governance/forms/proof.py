"""The code on a printed copy, as somebody types it."""

from __future__ import annotations

from typing import Any

from django import forms

from governance import codes
from web.forms import page_form


class CheckForm(forms.Form):
    """A public form that changes nothing: it is sent with GET, and its answer has an address."""

    code = forms.CharField(
        label="Code on the copy",
        max_length=200,
        help_text="Such as 2A7K-M9QX-D4TR. Small letters, spaces and dashes do not matter.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": "Type the code. It stands at the foot of every page."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("code", submit="Check this copy")
        self.helper.form_method = "get"

    def clean_code(self) -> str:
        letters = codes.tidy(self.cleaned_data["code"])
        if not codes.may_be_one(letters):
            raise forms.ValidationError(
                "This is not a whole code. It has at least 12 letters and figures, "
                "and never 0, 1, I, L or O: please look at the copy again."
            )
        return codes.grouped(letters)
