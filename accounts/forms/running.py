"""Forms of running an account: its runners, its password, pausing it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import SocialAccount
from people.models import User
from web.forms import DateField, offer_only, page_form


class RunnerForm(forms.Form):
    """Somebody who is to run an account."""

    person = forms.ModelChoiceField(
        User.objects.none(), label="Who", error_messages={"required": "Choose who is to run it."}
    )
    starts_on = DateField(label="From")

    def __init__(
        self, *args: Any, people: QuerySet[User], today: date, cancel: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"initial": {"starts_on": today}, **kwargs})
        offer_only(self, person=people)
        self.helper = page_form("person", "starts_on", submit="Add this runner", cancel=cancel)


class RunnerEndForm(forms.Form):
    """The last day of a runner."""

    last_day = DateField(label="Last day", help_text="On this day they still run it.")

    def __init__(self, *args: Any, today: date, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"last_day": today}, **kwargs})
        self.helper = page_form("last_day", submit="End it", cancel=cancel)


class SuspendForm(forms.Form):
    """Why an account is suspended."""

    why = forms.CharField(
        label="Why",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="A sentence for the head and the safeguarding lead. No names of pupils.",
        error_messages={"required": "Say why, in a sentence."},
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("why", submit="Suspend it now", cancel=cancel, tone="danger")


class ChangedForm(forms.Form):
    """A runner says that the password was changed; there is no field for the password."""

    on = DateField(label="Changed on")
    at = forms.TimeField(
        label="At what time",
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off"}),
        help_text="Such as 14:30.",
        error_messages={"invalid": "Give a real time, such as 14:30."},
    )
    sessions_ended = forms.BooleanField(
        label="I signed out every other device",
        error_messages={"required": "Sign out every other device first, then confirm it."},
    )
    second_factor_ours = forms.BooleanField(
        label="Two-factor sign-in and recovery contacts are the school’s",
        error_messages={"required": "Look at two-factor sign-in and recovery, then confirm them."},
    )
    vault = forms.CharField(
        label="Where it is kept",
        max_length=100,
        help_text="The name of the school’s vault. Never write the password itself here.",
        error_messages={"required": "Say in which vault it is kept."},
    )
    admins = forms.CharField(
        label="Who has access now",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Everybody who is on the account’s own list of administrators.",
        error_messages={"required": "List who has access now."},
    )

    def __init__(
        self, *args: Any, account: SocialAccount, now: datetime, cancel: str, **kwargs: Any
    ) -> None:
        local = now.astimezone(account.organisation.zone)
        super().__init__(*args, **{"initial": {"on": local.date(), "at": local.time()}, **kwargs})
        self.zone, self.now = account.organisation.zone, now
        del self.fields["vault" if account.on.has_roles else "admins"]
        self.helper = page_form(*self.fields, submit="I have changed it", cancel=cancel)

    def clean(self) -> dict[str, Any]:
        """`changed_at` is the moment, in the school's own zone.

        A time is given in minutes, and means the end of that minute: a change asked for half a
        minute before was made after it.
        """
        data = self.cleaned_data
        if (on := data.pop("on", None)) and (at := data.pop("at", None)):
            moment = datetime.combine(on, at, tzinfo=self.zone)
            end = moment + timedelta(seconds=59)
            data["changed_at"] = min(end, self.now) if moment <= self.now else moment
        return data


class ConfirmForm(forms.Form):
    """Another runner has signed in with the new password."""

    tried = forms.BooleanField(
        label="I signed in to the account with the new password",
        error_messages={"required": "Sign in with it first, then confirm it."},
    )

    def __init__(self, *args: Any, witness: bool, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if witness:
            self.fields["tried"].label = "I was there when it was changed and tried"
        self.helper = page_form("tried", submit="Confirm", cancel=cancel)
