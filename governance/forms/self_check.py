"""The questions of the self-check, and narrowing down the list of who has done it."""

from __future__ import annotations

from typing import Any

from django import forms

from governance.self_check import STATES
from governance.self_check_questions import QUESTIONS, Question
from web.forms import page_form

YES, NOT_YET, NONE = "yes", "not_yet", "none"
ANSWERS = [(YES, "Yes"), (NOT_YET, "Not yet"), (NONE, "Does not apply to me")]


class SelfCheckForm(forms.Form):
    """One answer to each question. They are looked at once, to draw the next page, and dropped."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in QUESTIONS:
            self.fields[question.key] = forms.ChoiceField(
                label=question.text,
                help_text=question.why,
                choices=ANSWERS,
                widget=forms.RadioSelect,
            )
        self.helper = page_form(*self.fields, submit="Show me what to do")
        self.helper.attrs["autocomplete"] = "off"

    @property
    def to_do(self) -> list[Question]:
        """The questions that were answered with "not yet"."""
        return [one for one in QUESTIONS if self.cleaned_data.get(one.key) == NOT_YET]


class WhoFilter(forms.Form):
    q = forms.CharField(label="Name", required=False, max_length=100)
    state = forms.ChoiceField(label="Show", choices=list(STATES.items()), required=False)
    department = forms.ChoiceField(label="Department", required=False)

    def __init__(self, *args: Any, departments: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, name) for name in departments]
        self.fields["department"] = forms.ChoiceField(
            label="Department", choices=[("", "All"), *named], required=False
        )
