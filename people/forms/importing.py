"""Forms of the staff import: the file, its columns, and what to do with those who are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Protocol

from django import forms
from django.conf import settings
from django.forms import BoundField

from people.importing.columns import LABELS, problems
from people.models import Membership
from web.forms import DateField, DateInput, page_form

SAMPLES = 3


class ListField(forms.FileField):
    """A list as a file: CSV or a workbook, no larger than the portal takes."""

    widget = forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"})
    default_error_messages = {"required": "Choose a file.", "empty": "This file is empty."}

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file.size > settings.MAX_UPLOAD_BYTES:
            raise forms.ValidationError("This file is too large. The limit is 20 MB.")
        return file


class ListUploadForm(forms.Form):
    """A list as a file, and whatever else a kind of list asks for."""

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(*self.fields, submit="Upload and check", cancel=cancel)


class UploadForm(ListUploadForm):
    """The staff list as a file."""

    file = ListField(
        label="Staff list",
        help_text="A CSV file or an Excel workbook (.xlsx), up to 20 MB. "
        "Nothing is saved before you have checked it.",
    )


class ColumnField(forms.ChoiceField):
    """What one column is. “Not used” is an answer too, so nothing here is called optional."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class ListOfRows(Protocol):
    """An uploaded list, as far as the choice of its columns needs it."""

    headings: list[str]
    rows: list[Any]
    mapping: dict[str, int]


class ColumnsForm(forms.Form):
    """Which column is what: one choice for each column of the file."""

    use_required_attribute = False
    labels: Mapping[str, str] = LABELS

    def __init__(self, *args: Any, found: ListOfRows, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.width = len(found.headings)
        chosen = {at: name for name, at in found.mapping.items()}
        for at, heading in enumerate(found.headings):
            if not self.is_offered(heading):
                continue
            self.fields[f"column_{at}"] = ColumnField(
                label=heading or f"Column {at + 1}",
                help_text=_samples(found.rows, at),
                choices=[("", "Not used"), *self.labels.items()],
                initial=chosen.get(at, ""),
            )
        self.helper = page_form(*self.fields, submit="Continue to the preview", cancel=cancel)

    def clean(self) -> dict[str, Any]:
        found: dict[str, int] = {}
        for at in range(self.width):
            name = self.cleaned_data.get(f"column_{at}")
            if name and name in found:
                self.add_error(
                    f"column_{at}", f"“{self.labels[name]}” is chosen for another column already."
                )
            elif name:
                found[name] = at
        if not self.errors:
            for sentence in self.problems(found):
                self.add_error(None, sentence)
        self.mapping = found
        return self.cleaned_data

    def is_offered(self, heading: str) -> bool:
        """Whether this column may be chosen for anything."""
        return True

    def problems(self, mapping: Mapping[str, int]) -> list[str]:
        """What is wrong with a choice of columns, as sentences."""
        return problems(mapping, self.width)


def _samples(rows: list[Any], at: int) -> str:
    values = (cells[at] for _, cells in rows if cells[at])
    found: list[str] = []
    for value in values:
        if value not in found:
            found.append(value)
        if len(found) == SAMPLES:
            break
    if not found:
        return "Every cell is empty."
    return "Such as: " + ", ".join(value[:40] for value in found)


class ConfirmForm(forms.Form):
    """Who of those missing from the file leaves, and when. Nobody is ticked beforehand."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    leave_out_errors = forms.BooleanField(
        label="Import the other rows and leave out those with errors", required=False
    )

    def __init__(
        self, *args: Any, leavers: list[Membership], today: date, has_errors: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.leavers = leavers
        if not has_errors:
            del self.fields["leave_out_errors"]
        for one in leavers:
            self.fields[f"leaves_{one.pk}"] = forms.BooleanField(
                label=one.person.name,
                required=False,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
            self.fields[f"last_day_{one.pk}"] = DateField(
                label=f"Last day of {one.person.name}",
                initial=today,
                required=False,
                widget=DateInput(attrs={"class": "form-control"}),
            )

    def pairs(self) -> Iterator[tuple[Membership, BoundField, BoundField]]:
        for one in self.leavers:
            yield one, self[f"leaves_{one.pk}"], self[f"last_day_{one.pk}"]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        self.chosen: dict[int, date] = {}
        for one in self.leavers:
            if not data.get(f"leaves_{one.pk}"):
                # An unticked row says nothing, whatever its date.
                self.errors.pop(f"last_day_{one.pk}", None)
                continue
            last_day = data.get(f"last_day_{one.pk}")
            if last_day is not None:
                self.chosen[one.pk] = last_day
            elif f"last_day_{one.pk}" not in self.errors:
                self.add_error(f"last_day_{one.pk}", f"Give the last day of {one.person.name}.")
        return data
