"""The education log: narrowing it down, and an entry of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from governance.models import EducationEntry
from people.models import Term
from web.forms import DateField, DateInput, page_form

AUDIENCES = [
    ("", "Everybody"),
    ("pupils", "Pupils"),
    ("parents", "Parents and carers"),
    ("staff", "Staff"),
]


class EducationFilter(forms.Form):
    q = forms.CharField(label="Words", required=False, max_length=100)
    term = forms.ChoiceField(label="Term", required=False)
    audience = forms.ChoiceField(label="For whom", choices=AUDIENCES, required=False)
    kind = forms.ChoiceField(
        label="Kind", choices=[("", "All"), *EducationEntry.Kind.choices], required=False
    )

    def __init__(self, *args: Any, terms: list[Term], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["term"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "All"), *((str(term.pk), term.name) for term in terms)]


class EntryForm(forms.ModelForm):
    """What was taught or sent, to whom and when."""

    audience = forms.MultipleChoiceField(
        label="For whom",
        choices=AUDIENCES[1:],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Say for whom it was."},
    )

    class Meta:
        model = EducationEntry
        fields = ("title", "given_on", "kind", "groups", "details", "is_public")
        field_classes = {"given_on": DateField}
        widgets = {
            "given_on": DateInput,
            "kind": forms.RadioSelect,
            "details": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "details": "For example what pupils did, or the address of the letter. Name no child.",
            "is_public": "Title, day, for whom and the text above; never who entered it.",
        }

    def __init__(self, *args: Any, today: date, submit: str, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if self.instance.pk:
            self.initial["audience"] = [
                value for value, _ in AUDIENCES[1:] if getattr(self.instance, f"for_{value}")
            ]
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = EducationEntry.Kind.choices
        order = ("title", "given_on", "kind", "audience", "groups", "details", "is_public")
        self.helper = page_form(*order, submit=submit, cancel=cancel)

    def clean_given_on(self) -> date:
        day: date = self.cleaned_data["given_on"]
        if day > self.today:
            raise forms.ValidationError(
                "This day lies in the future. Enter it once it has taken place."
            )
        return day

    def details_to_save(self) -> dict[str, Any]:
        """The fields of an entry, for the service."""
        data = dict(self.cleaned_data)
        chosen = data.pop("audience")
        return data | {f"for_{value}": value in chosen for value, _ in AUDIENCES[1:]}

    def _post_clean(self) -> None:
        # The audience is three columns, so the row is checked when the service fills them in.
        self.instance.for_pupils = "pupils" in self.cleaned_data.get("audience", [])
        self.instance.for_parents = "parents" in self.cleaned_data.get("audience", [])
        self.instance.for_staff = "staff" in self.cleaned_data.get("audience", [])
        super()._post_clean()  # type: ignore[misc]
