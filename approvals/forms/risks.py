"""Forms of the risk assessment: a risk, whom to ask, a signature."""

from __future__ import annotations

from math import prod
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.db.models import QuerySet

from approvals.risks import IMPACT, LIKELIHOOD
from people.models import User
from web.forms import offer_only, page_form


def _level(label: str, words: dict[int, str]) -> forms.TypedChoiceField:
    """1 to 5, each with its word."""
    return forms.TypedChoiceField(
        label=label,
        choices=[
            ("", "Choose…"),
            *((number, f"{number}: {word}") for number, word in words.items()),
        ],
        coerce=int,
        error_messages={"required": f"Choose an answer: {label}"},
    )


def _points(data: dict[str, Any], *names: str) -> int:
    """1 to 25; 0 while a number is missing."""
    return prod(data.get(name) or 0 for name in names)


class RiskForm(forms.Form):
    """One thing that could go wrong: as it is, what is done about it, and what remains."""

    what = forms.CharField(
        label="What could go wrong",
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        help_text="One thing, in a sentence. No names of pupils.",
        error_messages={"required": "Say what could go wrong."},
    )
    likelihood = _level("How likely is it, if nothing is done?", LIKELIHOOD)
    impact = _level("How bad would it be, if nothing is done?", IMPACT)
    mitigation = forms.CharField(
        label="What is done about it",
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Who does what, and how often.",
        error_messages={"required": "Say what is done about it."},
    )
    likelihood_after = _level("How likely is it then?", LIKELIHOOD)
    impact_after = _level("How bad would it be then?", IMPACT)

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(
            "what",
            Fieldset("As it is", "likelihood", "impact"),
            Fieldset("What you do", "mitigation"),
            Fieldset("When all that is done", "likelihood_after", "impact_after"),
            submit="Save this risk",
            cancel=cancel,
        )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        before = _points(data, "likelihood", "impact")
        after = _points(data, "likelihood_after", "impact_after")
        if before and after > before:
            self.add_error(
                "likelihood_after",
                "What you do about it cannot make it worse: look at the numbers again.",
            )
        return data


class AssessorForm(forms.Form):
    """Who is asked to look at the risks from one side."""

    person = forms.ModelChoiceField(
        User.objects.none(),
        label="Who",
        empty_label="Choose…",
        error_messages={"required": "Choose whom to ask."},
    )

    def __init__(self, *args: Any, people: QuerySet[User], cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_only(self, person=people)
        self.helper = page_form("person", submit="Ask them to assess the risks", cancel=cancel)


class SignForm(forms.Form):
    """An assessor agrees with the risks as they stand on the page."""

    note = forms.CharField(
        label="Note",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="What you looked at, or what should be watched. It stays with your signature.",
    )
    # What was on the page: other risks by now are another page to read.
    risk_hash = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("note", "risk_hash", submit="Sign these risks", cancel=cancel)
