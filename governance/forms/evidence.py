"""Asking about a moment, asking for a pack, and confirming one."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone

from governance.models import EvidencePack, Policy
from governance.services.evidence import policies_at
from people.models import Organisation, User
from web.forms import DateField, needed_sometimes, offer_only, page_form

Kind = EvidencePack.Kind
FIRST_YEAR = 1990
LARGEST_UPLOAD = 20 * 1024 * 1024


class MomentForm(forms.Form):
    """A day, and a time of it if that matters. `moment` is None for now.

    What is shown as 14:03 counts for 14:03: without seconds the whole minute is meant, without a
    time the whole day.
    """

    on = DateField(label="As it stood on", required=False)
    # Not the browser's own field for times: one that asks for seconds sends nothing without them.
    at = forms.TimeField(
        label="At what time",
        required=False,
        widget=forms.TimeInput(attrs={"autocomplete": "off"}),
        input_formats=["%H:%M:%S", "%H:%M", "%H.%M"],
        help_text="Such as 14:30. Empty: the end of the day.",
        error_messages={"invalid": "Give a real time, such as 14:30 or 14:30:15."},
    )

    def __init__(self, *args: Any, place: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = place

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        on, at = data.get("on"), data.get("at")
        if at is not None and on is None and "on" not in self.errors:
            self.add_error("on", "Give the day, too.")
        if on is not None and "at" not in self.errors:
            data["moment"] = self._moment(on, at)
        return data

    def _moment(self, on: date, at: time | None) -> datetime | None:
        """The end of what was named; of a day or minute that is not over yet, now."""
        now, zone = timezone.now(), self.place.zone
        if on > self.place.today() or on.year < FIRST_YEAR:
            self.add_error("on", f"Choose a day that has come, and none before {FIRST_YEAR}.")
            return None
        if at is None:
            end = datetime.combine(on + timedelta(days=1), time(), zone).astimezone(UTC)
        else:
            # When clocks go back an hour comes twice: its second time counts.
            start = datetime.combine(on, at, zone).replace(fold=1).astimezone(UTC)
            if start > now:
                self.add_error("at", "Choose a time that has passed.")
            end = start + timedelta(seconds=1 if self._has_seconds() else 60)
        return min(end - timedelta(microseconds=1), now)

    def _has_seconds(self) -> bool:
        return str(self.data.get(self.add_prefix("at"), "")).count(":") == 2


class PackForm(MomentForm):
    """What a pack is about. Somebody who sees figures only is offered figures only."""

    kind = forms.ChoiceField(label="About", widget=forms.RadioSelect)
    policy = forms.ModelChoiceField(
        Policy.objects.none(), label="Which policy", required=False, empty_label="Choose a policy"
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        place: Organisation,
        kinds: list[Kind],
        person: User | None = None,
        cancel: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, place=place, **kwargs)
        self.person = person
        self.initial.setdefault("form_key", uuid.uuid4())
        self.fields["on"].help_text = "Leave it empty to see how it stands now."
        fields: list[str] = []
        if person is not None or len(kinds) == 1:
            del self.fields["kind"], self.fields["policy"]
            self.only: Kind | None = Kind.PERSON if person is not None else kinds[0]
        else:
            fields = ["kind", "policy"]
            self.only = None
            self.fields["kind"] = forms.ChoiceField(
                label="About",
                widget=forms.RadioSelect,
                choices=[(one.value, one.label) for one in kinds],
                error_messages={"required": "Choose what the pack is about."},
            )
            self.initial.setdefault("kind", Kind.SCHOOL)
            self.fields["policy"].help_text = "Only for a pack about one policy."
            offer_only(self, policy=policies_at(place).order_by("title", "pk"))
        needed_sometimes(self, "policy")
        self.order_fields(["kind", "policy", "on", "at"])
        self.helper = page_form(
            *fields, "on", "at", "form_key", submit="Make the pack", cancel=cancel
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        kind = data.setdefault("kind", self.only)
        if kind == Kind.POLICY and not data.get("policy") and "policy" not in self.errors:
            self.add_error("policy", "Choose the policy.")
        return data

    def asked(self) -> dict[str, Any]:
        """What `services.evidence.ask` wants to know."""
        data = self.cleaned_data
        kind = data["kind"]
        return {
            "kind": kind,
            "as_at": data.get("moment"),
            "policy": data.get("policy") if kind == Kind.POLICY else None,
            "person": self.person,
            "form_key": data.get("form_key"),
        }


class ConfirmForm(forms.Form):
    """A pack's fingerprint, as the checking script prints it."""

    fingerprint = forms.CharField(
        label="The fingerprint of the pack",
        max_length=200,
        help_text="64 letters and figures. The checking script prints it at the end.",
        error_messages={"required": "Give the fingerprint of the pack."},
        validators=[
            RegexValidator(
                r"^[0-9a-fA-F]{64}$", "A fingerprint has 64 signs: figures and letters from a to f."
            )
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("fingerprint", submit="Ask the portal")
        self.helper.form_method = "get"

    def clean_fingerprint(self) -> str:
        return str(self.cleaned_data["fingerprint"]).lower()


class ConfirmFileForm(forms.Form):
    """The pack itself, or its manifest.json: for people who have signed in."""

    file = forms.FileField(
        label="The pack",
        help_text="The ZIP file, or its manifest.json. It is looked at and not kept.",
        error_messages={"required": "Choose the file.", "empty": "This file is empty."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("file", submit="Look at this file")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_UPLOAD:
            raise forms.ValidationError("This file is larger than 20 MB. Type the fingerprint.")
        return file
