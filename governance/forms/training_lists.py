"""Narrowing down who has which training, and importing a list of it."""

from __future__ import annotations

from typing import Any

from django import forms

from people.forms.importing import ListField, ListUploadForm

SOON = [("30", "30 days"), ("60", "60 days"), ("90", "90 days"), ("180", "Half a year")]
MATRIX_STATES = [
    ("", "Everybody"),
    ("needed", "Lack something"),
    ("expiring", "Something runs out within 30 days"),
    ("complete", "Everything in order"),
]
COURSE_STATES = [
    ("", "Everybody"),
    ("needed", "Lack it: never had it, or expired"),
    ("missing", "Never had it"),
    ("expired", "Expired"),
    ("expiring", "Runs out soon"),
    ("held", "Have it"),
    ("waiting", "Wait for a confirmation"),
]


def _departments(names: list[str]) -> list[tuple[str, str]]:
    return [("", "All"), *((name, name) for name in names if name)]


class MatrixFilter(forms.Form):
    q = forms.CharField(label="Name", required=False, max_length=100)
    state = forms.ChoiceField(label="Show", choices=MATRIX_STATES, required=False)
    department = forms.ChoiceField(label="Department", required=False)

    def __init__(self, *args: Any, departments: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _departments(departments)


class CoursePeopleFilter(forms.Form):
    q = forms.CharField(label="Name", required=False, max_length=100)
    state = forms.ChoiceField(label="Show", choices=COURSE_STATES, required=False)
    within = forms.ChoiceField(label="“Soon” means within", choices=SOON, required=False)
    department = forms.ChoiceField(label="Department", required=False)

    def __init__(self, *args: Any, departments: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _departments(departments)


class TrainingUploadForm(ListUploadForm):
    """A list of training as a file."""

    file = ListField(
        label="List of training",
        help_text="A CSV file or an Excel workbook (.xlsx), up to 20 MB and 5,000 rows.",
    )


class TrainingConfirmForm(forms.Form):
    """The plan that was looked at, and what to do with rows that have errors."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    leave_out_errors = forms.BooleanField(
        label="Import the other rows and leave out those with errors", required=False
    )

    def __init__(self, *args: Any, has_errors: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_errors:
            del self.fields["leave_out_errors"]
