"""Forms of the school's year."""

from __future__ import annotations

from typing import Any

from django import forms

from people.models import Closure
from web.forms import DateField, page_form


class _SpanForm(forms.Form):
    """A first and a last day."""

    starts_on = DateField(label="First day")
    ends_on = DateField(label="Last day")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day cannot be before the first.")
        return data


class TermForm(_SpanForm):
    name = forms.CharField(label="Name", max_length=60, help_text="Such as: Autumn term 2026.")
    field_order = ["name", "starts_on", "ends_on"]

    def __init__(self, *args: Any, cancel: str, submit: str = "Save term", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("name", "starts_on", "ends_on", submit=submit, cancel=cancel)


class ClosureForm(_SpanForm):
    kind = forms.ChoiceField(
        label="What kind of days",
        choices=[
            (Closure.Kind.HALF_TERM, "Half-term"),
            (Closure.Kind.INSET, "INSET day: staff are in, pupils are not"),
            (Closure.Kind.CLOSED, "School closed: nobody is in"),
        ],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label="Name", max_length=60, required=False)
    ends_on = DateField(label="Last day", required=False, help_text="Left empty: the same day.")
    field_order = ["kind", "name", "starts_on", "ends_on"]

    def __init__(self, *args: Any, cancel: str, submit: str = "Save days", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(
            "kind", "name", "starts_on", "ends_on", submit=submit, cancel=cancel
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("starts_on") and not data.get("ends_on") and "ends_on" not in self.errors:
            data["ends_on"] = data["starts_on"]
        return data


class DeleteForm(forms.Form):
    """A question with one answer."""

    def __init__(self, *args: Any, cancel: str, submit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(submit=submit, cancel=cancel, tone="danger")
