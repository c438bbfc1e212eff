"""A message of whoever reported something, and the code that opens the box without signing in."""

from __future__ import annotations

from django import forms

from incidents.forms.steps import text
from web.forms import page_form


class MessageForm(forms.Form):
    """More about a report, or an answer."""

    body = text("Your message", rows=5, needed="Write something.")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.helper = page_form("body", submit="Send")
        self.helper.attrs["autocomplete"] = "off"


class CodeForm(forms.Form):
    """The code that was shown when the report was sent."""

    code = text(
        "Your code",
        needed="Type the code you were given.",
        longest=40,
        help_text="16 letters and figures, such as 7KQW-2MXC-9FHT-4RBD. Small letters are fine.",
    )
