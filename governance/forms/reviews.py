"""Opening and closing a review, narrowing the calendar, saying something about a draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse

from governance.models import Policy, PolicyVersion, Review
from governance.review_calendar import LATER, OPEN, OVERDUE, UNDATED, Line, months_from, name_of
from governance.text.render import outline
from web.forms import DateField, page_form

Choices = list[tuple[str, str]]


class OpenReviewForm(forms.Form):
    trigger = forms.ChoiceField(
        label="What calls for it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Say what calls for the review."},
    )
    cause = forms.CharField(
        label="What happened",
        help_text="In a sentence. Name no pupil. Not needed where only its date has come.",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    cause_reference = forms.CharField(
        label="Reference",
        help_text="Such as the number of an incident, the name of a law, or an address.",
        max_length=200,
        required=False,
    )
    due_on = DateField(
        label="To be finished by",
        required=False,
        help_text="Four weeks from today, unless you choose a day.",
    )

    def __init__(self, *args: Any, policy: Policy, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        offered = [Review.Trigger.DATE, *Review.CAUSES]
        self.fields["trigger"].choices = [(one.value, one.label) for one in offered]  # type: ignore[attr-defined]
        self.helper = page_form(
            *self.fields,
            submit="Open the review",
            cancel=reverse("governance:review", args=[policy.pk]),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        by_date = data.get("trigger") == Review.Trigger.DATE
        if data.get("trigger") and not by_date and not data.get("cause", "").strip():
            self.add_error("cause", "Say in a sentence what happened.")
        due_on = data.get("due_on")
        if due_on and not by_date and due_on < self.today:
            self.add_error("due_on", "The day to finish it by cannot lie in the past.")
        return data


class CalendarFilter(forms.Form):
    when = forms.ChoiceField(label="Show", required=False)
    owner = forms.ChoiceField(label="Whose policy", required=False)
    committee = forms.ChoiceField(label="Committee", required=False)
    author = forms.ChoiceField(label="Author", required=False)

    def __init__(self, *args: Any, lines: Sequence[Line], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [f"{first:%Y-%m}" for first in months_from(today)]
        times = [OVERDUE, OPEN, *months, LATER, UNDATED]
        self._offer("when", [(one, name_of(one)) for one in times], "Everything")
        self._offer("owner", _named((str(one.owner_id), one.owner) for one in lines), "All")
        self._offer("committee", _named((one.committee, one.committee) for one in lines), "All")
        people = _named((str(one.author_id or ""), one.author) for one in lines)
        if any(one.author_id is None for one in lines):
            people.append(("none", "Nobody"))
        self._offer("author", people, "All")
        # A question with one answer is none.
        for name in ("owner", "committee", "author"):
            if len(self.fields[name].choices) < 3:  # type: ignore[attr-defined]
                del self.fields[name]

    def _offer(self, name: str, choices: Choices, everything: str) -> None:
        self.fields[name].choices = [("", everything), *choices]  # type: ignore[attr-defined]


def _named(pairs: Any) -> Choices:
    return sorted({pair for pair in pairs if pair[0]}, key=lambda pair: pair[1].casefold())


class CommentForm(forms.Form):
    anchor = forms.ChoiceField(label="About", required=False)
    text = forms.CharField(
        label="Your comment",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write your comment first."},
    )

    def __init__(self, *args: Any, version: PolicyVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headings = [(one.anchor, one.text) for one in outline(version.body)]
        self.fields["anchor"].choices = [("", "The whole text"), *headings]  # type: ignore[attr-defined]
        if not headings:
            del self.fields["anchor"]
        action = reverse("governance:comment", args=[version.pk])
        # Not the page's first button: that is the signature.
        self.helper = page_form(
            *self.fields, submit="Add the comment", action=action, tone="outline-secondary"
        )
        self.helper.attrs |= {"class": "comment-form"}


class TickOffForm(forms.Form):
    answer = forms.CharField(max_length=500, required=False)
