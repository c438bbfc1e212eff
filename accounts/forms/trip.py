"""Forms of school trips."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Device
from people.models import User
from web.forms import DateField, expect_order, offer_only, page_form


class TripForm(forms.Form):
    """Who takes an account where, on which device, from when to when."""

    name = forms.CharField(
        label="Trip", max_length=150, help_text="Such as “Year 9 in the Lake District”."
    )
    person = forms.ModelChoiceField(
        User.objects.none(),
        empty_label="Choose…",
        label="Who takes the account with them",
        help_text="A senior teacher on the trip. They need not run it otherwise.",
        error_messages={"required": "Choose who takes it with them."},
    )
    device = forms.ModelChoiceField(
        Device.objects.none(),
        empty_label="Choose…",
        label="On which device",
        help_text="One of the school’s own, locked with a PIN.",
        error_messages={"required": "Choose the device they take with them."},
    )
    starts_on = DateField(label="From")
    ends_on = DateField(label="Until", help_text="On this day they still have it.")

    def __init__(
        self,
        *args: Any,
        people: QuerySet[User],
        devices: QuerySet[Device],
        today: date,
        cancel: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"initial": {"starts_on": today}, **kwargs})
        offer_only(self, person=people, device=devices)
        self.helper = page_form(*self.fields, submit="Lend the account", cancel=cancel)

    def clean(self) -> dict[str, Any]:
        expect_order(self)
        return self.cleaned_data


class PhotosForm(forms.Form):
    """Whoever led a trip says that its photos are gone."""

    deleted = forms.BooleanField(
        label="The photos of this trip are deleted from the device",
        error_messages={"required": "Delete them first, then confirm it."},
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("deleted", submit="Confirm", cancel=cancel)
