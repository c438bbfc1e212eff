"""Forms of an account's log: finding an entry, and writing one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from accounts.hours import is_outside
from accounts.house_rules import hours
from accounts.log_kinds import KINDS, LogKind
from accounts.models import LogEntry, SocialAccount
from accounts.services.log import Said
from web.forms import DateField, needed_sometimes, page_form

OUTSIDE = "outside"
CHOICES = [
    ("", "All"),
    *LogEntry.Kind.choices,
    (OUTSIDE, "A post outside the hours"),
]
TOLD = (("", "Not yet"), ("yes", "Yes"), ("no", "No need"))


class LogFilterForm(forms.Form):
    """What narrows a log."""

    kind = forms.ChoiceField(label="What", choices=CHOICES, required=False)
    since = DateField(label="From", required=False)
    until = DateField(label="Until", required=False)
    q = forms.CharField(label="Words", required=False, max_length=100)


def _told(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=TOLD,
        required=False,
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )


class LogForm(forms.Form):
    """An entry of one kind: its day and time stand there already."""

    text = forms.CharField(max_length=2000, required=False, widget=forms.Textarea({"rows": 3}))
    link = forms.URLField(
        label="Its address",
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text="As in the browser.",
        error_messages={"invalid": "Give an address as it stands in the browser."},
    )
    on = DateField(label="Day")
    at = forms.TimeField(
        label="Time",
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off"}),
        error_messages={"invalid": "Give a real time, such as 14:30."},
    )
    outside_hours = forms.ChoiceField(
        label="If it was outside the hours: what was it for?",
        choices=LogEntry.Outside.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    audience_told = _told("Was the audience told why?")
    platform_told = _told("Was it reported to the platform?")

    def __init__(
        self, *args: Any, account: SocialAccount, kind: str, cancel: str, now: datetime,
        entry: LogEntry | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        self.account, self.kind, self.now = account, KINDS[kind], now
        super().__init__(*args, **{"initial": self._initial(entry), **kwargs})
        self._shape(self.kind)
        submit = "Put it right" if entry else "Put it on the log"
        self.helper = page_form(*self.fields, submit=submit, cancel=cancel)

    def _initial(self, entry: LogEntry | None) -> dict[str, Any]:
        local = (entry.happened_at if entry else self.now).astimezone(
            self.account.organisation.zone
        )
        when = {"on": local.date(), "at": local.time()}
        if entry is None:
            return when
        words = getattr(entry, "words", None)
        said = {"text": words.text, "link": words.link} if words else {}
        return (
            when
            | said
            | {
                "outside_hours": entry.outside_hours,
                "audience_told": _as_choice(entry.audience_told),
                "platform_told": _as_choice(entry.platform_told),
            }
        )

    def _shape(self, kind: LogKind) -> None:
        self.fields["text"].label, self.fields["text"].help_text = kind.ask, kind.hint
        for name in ("link", "outside_hours", "audience_told", "platform_told"):
            if name not in kind.asks:
                del self.fields[name]
        needed_sometimes(self, "audience_told", "platform_told")
        if kind.may_be_wordless:
            self.fields["text"].widget = forms.Textarea({"rows": 2})
            self.fields["text"].widget.is_required = False
        else:
            self.fields["text"].required = True
        if "outside_hours" in self.fields:
            kept = hours(self.account.house_rules)
            self.fields["outside_hours"].help_text = f"The hours of this account: {kept}"
            needed_sometimes(self, "text", "link", "outside_hours")

    def clean(self) -> dict[str, Any]:
        """`said` is what the service takes, its moment in the school's own zone."""
        data = self.cleaned_data
        said = data.get("text") or data.get("link") or self.errors
        if not said and self.kind is KINDS[LogEntry.Kind.POST]:
            self.add_error("text", "Say what the post was about, or give its address.")
        if (on := data.pop("on", None)) and (at := data.pop("at", None)) is not None:
            moment = datetime.combine(on, at, tzinfo=self.account.organisation.zone)
            self._look_at(moment)
            if not self.errors:
                data["said"] = Said(moment, **{name: data[name] for name in self._said()})
        return data

    def _said(self) -> list[str]:
        return [name for name in self.fields if name not in ("on", "at")]

    def _look_at(self, moment: datetime) -> None:
        if moment > self.now:
            self.add_error("on", "This time has not come yet.")
        if "outside_hours" not in self.fields or self.cleaned_data.get("outside_hours"):
            return
        if is_outside(self.account.house_rules, moment, self.account.organisation.zone):
            self.add_error(
                "outside_hours", "This was outside the hours of the account. Say what it was for."
            )


def _as_choice(told: bool | None) -> str:
    return {None: "", True: "yes", False: "no"}[told]
