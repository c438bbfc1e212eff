"""Forms of the considerations: an answer, and a question of the school's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from approvals.considerations import Question
from approvals.models import Answer, ExtraQuestion, QuestionKind
from people.models import User
from web.forms import DateField, needed_sometimes, offer_only, page_form

NO, NOT_APPLICABLE = Answer.Verdict.NO, Answer.Verdict.NOT_APPLICABLE


class AnswerForm(forms.Form):
    """What is said to one question: the fields that its kind uses, and no others."""

    verdict = forms.ChoiceField(
        label="Your answer",
        choices=[("yes", "Yes"), ("no", "No"), ("na", "It does not apply")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an answer."},
    )
    text = forms.CharField(
        label="Your answer",
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": "Write an answer."},
    )
    person = forms.ModelChoiceField(
        User.objects.none(),
        label="Who",
        empty_label="Choose…",
        error_messages={"required": "Choose a person."},
    )
    date = DateField(label="Day", error_messages={"required": "Give the day."})
    link = forms.URLField(
        label="Web address",
        max_length=500,
        assume_scheme="https",
        help_text="Copied from the browser, such as https://www.example.org/rules",
        error_messages={
            "required": "Give the web address.",
            "invalid": "This is not a web address. Copy it from the browser.",
        },
    )
    mitigation = forms.CharField(
        label="If no: what do you do about it?",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="The leadership team reads this first.",
    )
    does_not_apply = forms.BooleanField(label="It does not apply", required=False)
    note = forms.CharField(
        label="Note",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="Where it can be looked up, or why it does not apply.",
    )

    def __init__(
        self, *args: Any, question: Question, people: QuerySet[User], now: Answer | None,
        submit: str, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **{"initial": _shown(now), **kwargs})
        self.question = question
        names = _fields_for(question)
        for name in set(self.fields) - set(names):
            del self.fields[name]
        if "person" in self.fields:
            offer_only(self, person=people)
        if "does_not_apply" in self.fields:
            # Otherwise required, which the box takes away: `clean` says so.
            self.fields[names[0]].required = False
            needed_sometimes(self, names[0])
        needed_sometimes(self, "mitigation")
        self.helper = page_form(*names, submit=submit)

    def clean(self) -> dict[str, Any]:
        """What the service takes. Sentences stand by the field they are about."""
        data = dict(self.cleaned_data)
        if data.pop("does_not_apply", False):
            data["verdict"] = NOT_APPLICABLE
        else:
            self._expect_an_answer(data)
        if data.get("verdict") == NO and not data.get("mitigation", "").strip():
            self.add_error("mitigation", "Say what is done about it.")
        if data.get("verdict") == NOT_APPLICABLE and not data.get("note", "").strip():
            self.add_error("note", "Say in a sentence why this does not apply.")
        return data

    def _expect_an_answer(self, data: dict[str, Any]) -> None:
        name = _fields_for(self.question)[0]
        if not data.get(name) and name not in self.errors:
            self.add_error(name, self.fields[name].error_messages["required"])


def _fields_for(question: Question) -> list[str]:
    kind = question.kind
    first = "verdict" if kind == QuestionKind.YES_NO else str(kind.value)
    names = [first]
    if question.asks_mitigation:
        names.append("mitigation")
    elif question.may_not_apply:
        names.append("does_not_apply")
    return names if kind == QuestionKind.TEXT and len(names) == 1 else [*names, "note"]


def _shown(now: Answer | None) -> dict[str, Any]:
    if now is None:
        return {}
    names = ("verdict", "text", "person", "date", "link", "mitigation", "note")
    shown = {name: getattr(now, name) for name in names}
    return {**shown, "does_not_apply": now.verdict == NOT_APPLICABLE}


class QuestionForm(forms.ModelForm):
    """A question that a school or a trust asks besides the portal's own."""

    class Meta:
        model = ExtraQuestion
        fields = ("text", "help", "kind")
        widgets = {"kind": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].error_messages["required"] = "Write the question."
        self.fields["help"].help_text = "What to think of, or where to look it up."
        kind = forms.ChoiceField(
            label="Answered with",
            choices=QuestionKind.choices,
            initial=QuestionKind.YES_NO,
            widget=forms.RadioSelect,
            error_messages={"required": "Choose how it is answered."},
        )
        self.fields["kind"] = kind
        self.helper = page_form("text", "help", "kind", submit="Ask this question")
