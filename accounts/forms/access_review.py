"""Forms of the review of access."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import AccessReviewRow
from web.forms import page_form

Decision = AccessReviewRow.Decision


class RowFilterForm(forms.Form):
    """What narrows the rows of a review."""

    STATES = (("", "All"), ("asked", "Asked, not answered"), *Decision.choices)
    q = forms.CharField(label="Account or person", required=False, max_length=100)
    state = forms.ChoiceField(label="Show", choices=STATES, required=False)


class EndRowForm(forms.Form):
    """Somebody stops running an account: said twice, because it takes effect at once."""

    sure = forms.BooleanField(
        label="Their access ends today",
        error_messages={"required": "Tick this box to go on."},
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("sure", submit="End it", cancel=cancel, tone="danger")


class AnswerForm(forms.Form):
    """Whether somebody still needs an account they run."""

    needs_it = forms.TypedChoiceField(
        label="Your answer",
        choices=(("yes", "I still run it"), ("no", "I no longer need it")),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an answer."},
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("needs_it", submit="Send this answer", cancel=cancel)
