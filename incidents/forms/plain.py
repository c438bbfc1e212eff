"""What the forms about cases are made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from incidents.sealing import MOST_LETTERS
from people.models import User
from web.forms import page_form


class CaseForm(forms.Form):
    """All its fields in their order, one button, and the way back."""

    def __init__(
        self, *args: Any, submit: str, cancel: str, tone: str = "primary", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.prepare()
        self.helper = page_form(*self.fields, submit=submit, cancel=cancel, tone=tone)

    def prepare(self) -> None:
        """What a form does to its fields before they are drawn."""


def sentence(
    label: str, missing: str = "", *, rows: int = 4, help_text: str = ""
) -> forms.CharField:
    """A text of any length. Without a sentence for its absence it may be left empty."""
    return forms.CharField(
        label=label,
        required=bool(missing),
        max_length=MOST_LETTERS,
        help_text=help_text,
        widget=forms.Textarea({"rows": rows}),
        error_messages={"required": missing} if missing else None,
    )


def line(label: str, missing: str = "", *, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=bool(missing),
        max_length=500,
        help_text=help_text,
        error_messages={"required": missing} if missing else None,
    )


def one_of(label: str, choices: Any, missing: str, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": missing},
        **more,
    )


def person(label: str, missing: str = "", *, help_text: str = "") -> Any:
    """Somebody of the portal; `offer` says who."""
    return forms.ModelChoiceField(
        User.objects.none(),
        label=label,
        required=bool(missing),
        help_text=help_text,
        empty_label="Choose…",
        error_messages={"required": missing} if missing else None,
    )


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def moment(
    label: str, missing: str = "", *, help_text: str = "", now: bool = False
) -> forms.DateTimeField:
    """A day and a time; `now`: this minute, until somebody says otherwise."""
    return forms.DateTimeField(
        label=label,
        required=bool(missing),
        help_text=help_text,
        initial=_this_minute if now else None,
        widget=MomentInput(),
        error_messages={
            "invalid": "Give a day and a time, such as 21/11/2026 14:30.",
            **({"required": missing} if missing else {}),
        },
        input_formats=[
            "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M",
            "%d.%m.%Y %H:%M",
        ],
    )  # fmt: skip


def _this_minute() -> datetime:
    return timezone.localtime().replace(second=0, microsecond=0)


class WhyForm(CaseForm):
    """A reason."""

    why = sentence("Why", "Say why, in a sentence.")


class ConfirmForm(CaseForm):
    """Nothing but a button."""
