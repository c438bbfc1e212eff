"""Forms of the school's devices."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Device
from web.forms import DateField, offer_only, page_form


class DeviceFilterForm(forms.Form):
    """What narrows the list of devices."""

    STATES = (("", "In use"), ("pin", "Without a PIN"), ("gone", "Lost or no longer used"))
    q = forms.CharField(label="Name or number", required=False, max_length=100)
    state = forms.ChoiceField(label="Show", choices=STATES, required=False)


class DeviceForm(forms.Form):
    """A device of the school."""

    name = forms.CharField(
        label="What it is called", max_length=100, help_text="Such as “Trip telephone 2”."
    )
    inventory_number = forms.CharField(
        label="Inventory number",
        max_length=40,
        required=False,
        help_text="As on the school’s sticker.",
    )
    pin_confirmed_on = DateField(
        label="Seen to be locked with a PIN on",
        required=False,
        help_text="Look at the device yourself. Without a PIN no account is run from it.",
    )

    def __init__(self, *args: Any, cancel: str, pin: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if pin:
            self.fields["pin_confirmed_on"].required = True
        self.helper = page_form(*self.fields, submit="Enter this device", cancel=cancel)


class PinForm(forms.Form):
    """The day somebody saw that a device is locked with a PIN."""

    on = DateField(label="Seen on", help_text="Look at the device yourself.")

    def __init__(self, *args: Any, today: date, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"on": today}, **kwargs})
        self.helper = page_form("on", submit="It is locked with a PIN", cancel=cancel)


class AllowForm(forms.Form):
    """A device from which an account may be run."""

    device = forms.ModelChoiceField(
        Device.objects.none(),
        empty_label="Choose…",
        label="Device",
        error_messages={"required": "Choose a device."},
    )

    def __init__(self, *args: Any, devices: QuerySet[Device], cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_only(self, device=devices)
        self.helper = page_form("device", submit="Run it from this device", cancel=cancel)
