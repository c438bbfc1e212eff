"""The address or handle of an account, as a parent types it."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.platforms import LONGEST_ADDRESS


class RealForm(forms.Form):
    """Changes nothing: it is sent with GET, and its answer has an address."""

    account = forms.CharField(
        label="Address or handle of the account",
        help_text="Such as https://www.instagram.com/hill_drama/ or @hill_drama",
        # What is longer is refused in words of ours, where all of it is read.
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": "Give the account’s address or its handle."},
    )

    def __init__(self, data: Any = None) -> None:
        if data is not None:
            # No more than that comes back to the page.
            written = data.get("account", "").replace("\0", "")[: LONGEST_ADDRESS + 1]
            data = {"account": written}
        super().__init__(data)
