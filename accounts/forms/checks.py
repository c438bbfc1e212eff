"""Forms of looking an account through."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Div
from django import forms

from accounts.check_questions import ANSWERS, NO, Question
from accounts.services.checks import LONGEST, Answer
from people.models import Organisation
from web.forms import needed_sometimes, offer_only, page_form


class CheckForm(forms.Form):
    """One question after the other; where the answer is "no", what is wrong."""

    def __init__(self, *args: Any, asked: list[Question], cancel: str, **kwargs: Any) -> None:
        self.asked = asked
        super().__init__(*args, **kwargs)
        for one in asked:
            self.fields[one.code] = forms.ChoiceField(
                label=one.words,
                help_text=one.why,
                choices=list(ANSWERS.items()),
                widget=forms.RadioSelect,
                error_messages={"required": f"Choose an answer: {one.words}"},
            )
            self.fields[_note(one)] = forms.CharField(
                label="What is wrong",
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea({"rows": 2}),
                help_text="No pupil’s full name, and no password.",
            )
        needed_sometimes(self, *map(_note, asked))
        blocks = [
            Div(one.code, Div(_note(one), css_class="check-note"), css_class="check-question")
            for one in asked
        ]
        self.helper = page_form(*blocks, submit="I have looked it through", cancel=cancel)

    def clean(self) -> dict[str, Any]:
        """`answers` is what the service takes."""
        data = self.cleaned_data
        for one in self.asked:
            if data.get(one.code) == NO and not data.get(_note(one)):
                self.add_error(_note(one), f"Say what is wrong: {one.words}")
        answers = {one.code: _answer(data, one) for one in self.asked}
        return {"answers": answers}


def _note(one: Question) -> str:
    return f"{one.code}_note"


def _answer(data: dict[str, Any], one: Question) -> Answer:
    """A note is kept only where something is wrong."""
    answer = data.get(one.code, "")
    return Answer(answer, data.get(_note(one), "") if answer == NO else "")


class SettleForm(forms.Form):
    """How something that a check found was dealt with."""

    note = forms.CharField(
        label="What was done",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text="A sentence. No pupil’s full name, and no password.",
        error_messages={"required": "Say what was done, in a sentence."},
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("note", submit="It is dealt with", cancel=cancel)


class ChecksFilterForm(forms.Form):
    """What narrows the list of when accounts were looked through."""

    q = forms.CharField(label="Account", required=False, max_length=100)
    school = forms.ModelChoiceField(
        Organisation.objects.none(), label="School", required=False, empty_label="All"
    )
    only = forms.ChoiceField(
        label="Only",
        required=False,
        choices=[
            ("", "All"),
            ("due", "Still to be looked through"),
            ("overdue", "Overdue"),
            ("found", "Something is to be put right"),
            ("asleep", "Asleep: no posts"),
        ],
    )

    def __init__(self, *args: Any, place: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if place.kind == Organisation.Kind.TRUST:
            offer_only(self, school=Organisation.objects.filter(parent=place))
        else:
            del self.fields["school"]
