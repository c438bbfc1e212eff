"""Forms of what keeps an account safe: sign-in, who was told where it is, its password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import SocialAccount
from people.models import User
from web.forms import DateField, offer_only, page_form


class SignInForm(forms.Form):
    """The days on which somebody saw that signing in to an account is safe."""

    two_factor_on = DateField(
        label="Two-factor sign-in was seen to be on",
        required=False,
        help_text="Leave it empty while it is off.",
    )
    recovery_on = DateField(
        label="Recovery contacts were seen to be the school’s",
        required=False,
        help_text="The telephone number and e-mail address the platform would ask. "
        "Leave it empty while they are not.",
    )

    def __init__(self, *args: Any, account: SocialAccount, cancel: str, **kwargs: Any) -> None:
        known = {name: getattr(account, name) for name in self.base_fields}
        super().__init__(*args, **{"initial": known, **kwargs})
        self.helper = page_form(*self.fields, submit="Save these days", cancel=cancel)


class TellForm(forms.Form):
    """Whoever leads the faculty, or somebody of the leadership team, hears where it is."""

    to = forms.ModelChoiceField(
        User.objects.none(),
        empty_label="Choose…",
        label="Who is told",
        help_text="The head of the faculty, or somebody of the leadership team.",
        error_messages={"required": "Choose who is told."},
    )

    def __init__(self, *args: Any, people: QuerySet[User], cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_only(self, to=people)
        self.helper = page_form("to", submit="Tell them the address", cancel=cancel)


class SeenForm(forms.Form):
    """Whoever was told has looked."""

    seen = forms.BooleanField(
        label="I looked at the account at this address, and it is the school’s",
        error_messages={"required": "Look at the account first, then confirm it."},
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("seen", submit="Confirm", cancel=cancel)


class WaiveForm(forms.Form):
    """Why the term's change of a password is let go, and until when."""

    reason = forms.CharField(
        label="Why",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Such as “The platform is shutting down at the end of the month”.",
        error_messages={"required": "Say why, in a sentence."},
    )
    until = DateField(label="Until", help_text="After this day it is due again.")

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("reason", "until", submit="Let it go until then", cancel=cancel)
