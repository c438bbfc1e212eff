"""Forms of contact exceptions: finding one, asking for one, deciding on one."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import ContactException
from web.forms import DateField, expect_order, needed_sometimes, page_form

LONGEST = 1000
What = ContactException.What
OWN = [
    (What.PHONE, "My own telephone"),
    (What.EMAIL, "My own e-mail address"),
    (What.MESSAGES, "My own account for messages"),
]
AGREE, REFUSE = "agree", "refuse"


class ExceptionFilterForm(forms.Form):
    """What narrows the list."""

    q = forms.CharField(label="Name", required=False, max_length=100)
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "All"),
            ("waiting", "Waiting for an answer"),
            ("in_force", "In force"),
            ("refused", "Refused"),
            ("over", "Over"),
        ],
    )
    what = forms.ChoiceField(
        label="What", required=False, choices=[("", "All"), *ContactException.What.choices]
    )


class AskForm(forms.Form):
    """Somebody asks for themselves. There is no field for the number or the address."""

    what = forms.ChoiceField(
        label="What do you want to use?",
        choices=OWN,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="What for",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text="Such as “Parents of the choir reach me during the trip”. No number, no address.",
        error_messages={"required": "Say what it is for."},
    )
    starts_on = DateField(label="From")
    ends_on = DateField(label="Until", help_text="Afterwards it is over by itself.")

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(*self.fields, submit="Ask the head", cancel=cancel)

    def clean(self) -> dict[str, Any]:
        expect_order(self)
        return self.cleaned_data


class DecideForm(forms.Form):
    """The head's answer."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[(AGREE, "I agree to it"), (REFUSE, "I refuse it")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="Why, or on which conditions",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="A refusal needs its reason. Whoever asked reads this.",
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed_sometimes(self, "note")
        self.helper = page_form("decision", "note", submit="Decide", cancel=cancel)

    def clean(self) -> dict[str, Any]:
        """`agreed` is what the service takes."""
        data = self.cleaned_data
        if data.get("decision") == REFUSE and not data.get("note") and not self.has_error("note"):
            self.add_error("note", "Say why, in a sentence.")
        return {"agreed": data.get("decision") == AGREE, "note": data.get("note", "")}
