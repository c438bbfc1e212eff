"""Writing a school's guidance for pupils and parents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from governance.forms.writing import BODY_HELP
from governance.guidance import STARTING_TEXT
from governance.models import GuidanceEdition
from governance.text.limits import MAX_BODY_CHARS
from governance.text.render import is_empty
from people.models import Organisation
from web.forms import page_form


class GuidanceForm(forms.Form):
    """The words, and the number of the edition the editor started from."""

    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    body = forms.CharField(
        label="Text of the page",
        help_text=BODY_HELP,
        max_length=MAX_BODY_CHARS,
        widget=forms.Textarea(attrs={"rows": 24, "class": "policy-editor"}),
        error_messages={"required": "The page has no text yet."},
    )

    def __init__(
        self, *args: Any, school: Organisation, latest: GuidanceEdition | None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {
            "after": latest.number if latest else 0,
            "body": latest.body if latest else STARTING_TEXT,
        }
        super().__init__(*args, **kwargs)
        self.helper = page_form(
            "after",
            "body",
            submit="Save and look at it",
            cancel=reverse("governance:guidance", args=[school.slug]),
        )

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if is_empty(body):
            raise forms.ValidationError("There are no words in this text, only pictures or blanks.")
        return body
