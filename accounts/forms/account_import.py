"""Forms of importing a list of accounts: the file, its columns, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.importing.columns import LABELS, is_secret, problems
from people.forms.importing import ColumnsForm, ListField, ListOfRows, ListUploadForm
from web.forms import DateField


class AccountUploadForm(ListUploadForm):
    """The list as a file, and who agreed to the accounts that do not say so themselves."""

    file = ListField(
        label="List of accounts",
        help_text="A CSV file or an Excel workbook (.xlsx), up to 20 MB and 2,000 rows. "
        "Without passwords: what looks like one is taken out.",
    )
    agreed_note = forms.CharField(
        label="Who agreed to these accounts",
        max_length=300,
        help_text="Such as “The governors, in 2024”. For rows of the list that do not say it.",
    )
    agreed_on = DateField(
        label="In use since", help_text="For rows of the list that name no day of their own."
    )


class AccountColumnsForm(ColumnsForm):
    """Which column is what."""

    labels: Mapping[str, str] = LABELS

    def __init__(self, *args: Any, found: ListOfRows, **kwargs: Any) -> None:
        self.headings = found.headings
        super().__init__(*args, found=found, **kwargs)

    def is_offered(self, heading: str) -> bool:
        return not is_secret(heading)

    def problems(self, mapping: Mapping[str, int]) -> list[str]:
        return problems(mapping, self.headings)


class AccountConfirmForm(forms.Form):
    """The plan that was looked at, and the rows that are left out of it."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    leave_out = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, rows: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["leave_out"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(number, str(number)) for number in rows]
