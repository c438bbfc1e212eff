"""Forms about one's own reminders."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.layout import HTML, Fieldset
from django import forms

from notices.duties import labels
from notices.plans import FIRST_DAY, LAST_DAY, Plan
from people.models import Organisation, User
from web.forms import page_form

EVERY_DAY = "daily"
PREVIEW = (
    '<p><button type="submit" name="preview" value="yes" class="btn btn-outline-secondary">'
    "Show in words, without saving</button></p>"
)


class DigestForm(forms.Form):
    """How often mail comes: on each working day with something new, or once a week."""

    day = forms.ChoiceField(
        label="Mail with reminders",
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


def _days(label: str, help_text: str = "Left empty: never.") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        help_text=help_text,
        error_messages={
            "min_value": f"Choose a number of days from {FIRST_DAY} to {LAST_DAY}.",
            "max_value": f"Choose a number of days from {FIRST_DAY} to {LAST_DAY}.",
            "invalid": "Write a whole number of days.",
        },
    )


class PlanForm(forms.Form):
    """When people are reminded of one kind of duty, and who hears that it is not done."""

    at_start = forms.BooleanField(label="On the day it comes to them", required=False)
    start_every = _days("From then on, every so many days")
    before = forms.CharField(
        label="Days before it is due",
        required=False,
        max_length=60,
        help_text="Such as 14, 7, 1. Left empty: not before it is due.",
    )
    on_day = forms.BooleanField(label="On the day it is due", required=False)
    overdue_every = _days("While it is overdue, every so many days")
    line_manager = _days("The line manager hears of it so many days after it was due")
    head = _days("The head hears of it so many days after it was due")
    trust = _days("The lead of the trust hears of it so many days after it was due")

    def __init__(
        self, *args: Any, plan: Plan, at: Organisation, cancel: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial = plan.as_json() | {"before": ", ".join(map(str, plan.before))}
        self.school_days = plan.school_days
        for name in ("overdue_every", "line_manager", "head", "trust") if plan.school_days else ():
            label = str(self.fields[name].label)
            self.fields[name].label = label.replace("many days", "many school days")
        others = ["line_manager", "head", "trust"]
        if at.kind == Organisation.Kind.SCHOOL and not at.parent_id:
            del self.fields["trust"]
            others.remove("trust")
        self.helper = page_form(
            Fieldset("The person themselves is reminded",
                     "at_start", "start_every", "before", "on_day", "overdue_every"),
            Fieldset("Others hear that it is not done", *others),
            submit="Save",
            cancel=cancel,
        )  # fmt: skip
        # After the button that saves, so that the Enter key saves.
        self.helper.layout.append(HTML(PREVIEW))

    def clean_before(self) -> tuple[int, ...]:
        words = re.split(r"[\s,;]+", self.cleaned_data["before"].strip().replace(" and ", ","))
        if not all(word.isascii() and word.isdigit() and len(word) <= 3 for word in words if word):
            raise forms.ValidationError("Write numbers of days with commas, such as 14, 7, 1.")
        return tuple(sorted((int(word) for word in words if word), reverse=True))

    @property
    def plan(self) -> Plan:
        return Plan(**self.cleaned_data, school_days=self.school_days)


class OwedForm(forms.Form):
    """What the office's list shows."""

    kind = forms.ChoiceField(label="Task", required=False)
    q = forms.CharField(label="Name or staff number", required=False, max_length=100)
    department = forms.ChoiceField(label="Department", required=False)
    late = forms.BooleanField(label="Overdue only", required=False)

    def __init__(
        self, *args: Any, kinds: Mapping[str, str], departments: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "kind", list(kinds.items()))
        _choose(self, "department", [("", "Any"), *((name, name) for name in departments)])


class NoticeFilterForm(forms.Form):
    """What my list of notices shows."""

    show = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[
            ("", "Everything"),
            ("unread", "Not marked as read"),
            ("others", "About other people"),
            ("page", "Not sent by mail"),
        ],
    )
    kind = forms.ChoiceField(label="About", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "kind", [("", "Anything"), *labels().items()])


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
