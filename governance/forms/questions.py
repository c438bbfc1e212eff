"""Asking, answering, showing an answer to everybody, and finding a question again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse

from governance.models import Policy, Question
from governance.models.question import MOST_REWORDED, MOST_WORDS
from governance.questions import State
from governance.text.render import Heading
from web.forms import page_form


def words_field(label: str, missing: str, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": missing,
            "max_length": f"Please say it in at most {MOST_WORDS:,} characters.",
        },
        **more,
    )


class AskForm(forms.Form):
    """The question, and the part of the text it is about."""

    about = forms.ChoiceField(label="Which part is it about?", required=False)
    words = words_field("Your question", "Write your question.")

    def __init__(
        self, *args: Any, policy: Policy, outline: Iterable[Heading], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headings = {heading.anchor: heading for heading in outline}
        parts = [(anchor, _indented(heading)) for anchor, heading in self.headings.items()]
        self.fields["about"] = forms.ChoiceField(
            label="Which part is it about?",
            choices=[("", "The whole text"), *parts],
            required=False,
        )
        if not parts:
            del self.fields["about"]
        self.helper = page_form(
            *self.fields, submit="Send the question", cancel=policy.get_absolute_url()
        )

    def clean_about(self) -> Heading | None:
        return self.headings.get(self.cleaned_data["about"])


def _indented(heading: Heading) -> str:
    """A smaller heading stands a little to the right in the list."""
    return "\u2003" * (heading.level - 2) + heading.text


class SayForm(forms.Form):
    """An answer, or something that the asker adds."""

    words = words_field("Your answer", "Write your answer.")

    def __init__(self, *args: Any, question: Question, answering: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        address = "governance:question_answer" if answering else "governance:question_add"
        if not answering:
            self.fields["words"].label = "Add something or ask again"
            self.fields["words"].error_messages["required"] = "Write what you would like to add."
        self.helper = page_form(
            "words",
            submit="Send the answer" if answering else "Send",
            action=reverse(address, args=[question.pk]),
        )


class ShareForm(forms.Form):
    """The question in other words, the answer as everybody should read it, and a promise."""

    asked = forms.CharField(
        label="The question, in your words",
        help_text="So that nobody knows who asked.",
        max_length=MOST_REWORDED,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write the question in your own words."},
    )
    answer = words_field("The answer", "Write the answer that everybody should read.")
    names_nobody = forms.BooleanField(
        label="It names nobody, and nobody can be recognised in it",
        error_messages={"required": "Confirm that nobody is named and nobody can be recognised."},
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(
            "asked",
            "answer",
            "names_nobody",
            submit="Show it to every reader",
            cancel=question.get_absolute_url(),
        )


class QuestionsFilter(forms.Form):
    """Words of the policy or of the question, and what became of it."""

    q = forms.CharField(label="Words", required=False, max_length=100)
    state = forms.ChoiceField(label="Show", required=False)

    def __init__(self, *args: Any, first: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(one.value, one.label) for one in (State.OPEN, State.ANSWERED, State.CLOSED)]
        choices = [("", first), *states]
        if first != "All":
            choices.append(("all", "All"))
        self.fields["state"] = forms.ChoiceField(label="Show", choices=choices, required=False)
