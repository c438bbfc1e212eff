"""Forms of closing an account."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import SocialAccount
from web.forms import DateField, page_form


class BeginClosingForm(forms.Form):
    """Why an account is closed."""

    why = forms.CharField(
        label="Why",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why, in a sentence."},
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("why", submit="Begin to close it", cancel=cancel, tone="danger")


class ClosingForm(forms.Form):
    """The days on which each step of closing was done."""

    farewell_on = DateField(label="The last post said goodbye", required=False)
    exported_on = DateField(
        label="Its posts were saved",
        required=False,
        help_text="Or the day it was decided that they need not be.",
    )
    access_removed_on = DateField(label="Apps and people lost their access", required=False)
    deleted_on = DateField(label="It was deleted on the platform", required=False)

    def __init__(self, *args: Any, account: SocialAccount, cancel: str, **kwargs: Any) -> None:
        known = {name: getattr(account, name) for name in self.base_fields}
        super().__init__(*args, **{"initial": known, **kwargs})
        if not account.was_in_use:
            for name in ("farewell_on", "exported_on", "access_removed_on"):
                del self.fields[name]  # nobody at the school ever used it
            self.fields[
                "deleted_on"
            ].help_text = "Where it was never opened: the day on which the school decided not to."
        self.helper = page_form(*self.fields, submit="Save these days", cancel=cancel)
