"""Writing a question of a check, and taking the check."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.urls import reverse

from governance.models import CheckQuestion, PolicyVersion
from governance.models.check import CHOICES
from governance.text.render import Heading
from web.forms import page_form

ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth")


class CheckQuestionForm(forms.Form):
    """One question, two to five answers, which of them is right, and where the text says so."""

    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(
        label="Question",
        help_text="About what people do, such as: A parent writes to you on your own account. "
        "What do you do?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write the question."},
    )
    right = forms.TypedChoiceField(
        label="Which answer is right?",
        choices=[(number, ORDINALS[number - 1]) for number in CHOICES],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Say which answer is right."},
    )
    explanation = forms.CharField(
        label="Why it is right",
        help_text="Shown to whoever has chosen it.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say in a sentence why it is right."},
    )

    def __init__(
        self,
        *args: Any,
        version: PolicyVersion,
        outline: Iterable[Heading],
        question: CheckQuestion | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", _initial(question))
        super().__init__(*args, **kwargs)
        for number in CHOICES:
            self.fields[f"choice_{number}"] = forms.CharField(
                label=f"{ORDINALS[number - 1]} answer",
                max_length=200,
                required=number <= 2,
                error_messages={"required": "Give at least two answers to choose from."},
            )
        parts = [(heading.anchor, heading.text) for heading in outline]
        self.fields["anchor"] = forms.ChoiceField(
            label="Where the text says so",
            help_text="Whoever chooses a wrong answer is led back to this part.",
            choices=[("", "Choose a part"), *parts],
            required=bool(parts),
            error_messages={"required": "Choose the part of the text that says so."},
        )
        if not parts:
            del self.fields["anchor"]
        self.helper = page_form(
            "edition",
            "words",
            Fieldset("Answers to choose from", *(f"choice_{number}" for number in CHOICES)),
            "right",
            "explanation",
            *(["anchor"] if parts else []),
            submit="Save the question",
            cancel=reverse("governance:quiz", args=[version.pk]),
        )

    def deed(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        return {
            "words": data["words"],
            "choices": [data[f"choice_{number}"] for number in CHOICES],
            "right": data["right"],
            "explanation": data["explanation"],
            "anchor": data.get("anchor", ""),
        }


def _initial(question: CheckQuestion | None) -> dict[str, Any]:
    if question is None:
        return {}
    names = ["edition", "words", "right", "explanation", "anchor"]
    names += [f"choice_{number}" for number in CHOICES]
    return {name: getattr(question, name) for name in names}


class TakeForm(forms.Form):
    """All questions of a check on one page, none of them left out."""

    def __init__(self, *args: Any, questions: Iterable[CheckQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for question in self.questions:
            self.fields[f"q{question.pk}"] = forms.TypedChoiceField(
                label=question.words,
                choices=[(choice.number, choice.words) for choice in question.choices],
                coerce=int,
                widget=forms.RadioSelect,
            )

    def chosen(self) -> dict[int, int]:
        """The number chosen, by the question's id."""
        return {one.pk: self.cleaned_data[f"q{one.pk}"] for one in self.questions}
