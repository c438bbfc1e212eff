"""Forms about one's own reminders."""

from __future__ import annotations

from typing import Any

from django import forms

from people.models import User
from web.forms import page_form

EVERY_DAY = ""


class DigestForm(forms.Form):
    """How often mail comes: on each working day with something new, or once a week."""

    day = forms.ChoiceField(
        label="Mail with reminders",
        required=False,
        choices=[
            (EVERY_DAY, "On every working day on which there is something new"),
            *((str(day.value), f"Once a week, on {day.label}") for day in User.DigestDay),
        ],
        widget=forms.RadioSelect,
        help_text="If that day is a holiday, the next working day. Something that is due before "
        "your next weekly mail comes in a mail of its own, the working day before.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("day", submit="Save")

    def clean_day(self) -> int | None:
        day = self.cleaned_data["day"]
        return None if day == EVERY_DAY else int(day)
