"""Where a concern is reported to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from people.models import Organisation
from web.forms import page_form


class BeginForm(forms.Form):
    """The school that it is about; not asked of whoever belongs to one."""

    place = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="Which school is it about?",
        empty_label=None,
        error_messages={"required": "Choose the school.", "invalid_choice": "Choose the school."},
    )

    def __init__(
        self, *args: Any, places: QuerySet[Organisation], first: Organisation, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"initial": {"place": first.pk}, **kwargs})
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        self.fields["place"].label_from_instance = str  # type: ignore[attr-defined]
        if len(places) == 1:
            self.fields["place"].widget = forms.HiddenInput()
        self.helper = page_form("place", submit="Begin")
