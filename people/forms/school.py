"""Forms of the settings page: the school's details, and its own rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from crispy_forms.layout import Fieldset
from django import forms

from people.models import Organisation
from people.settings_registry import Setting, Value, registered
from web.forms import page_form

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
FIRST_ZONES = ("Europe/London", "Europe/Belfast", "Europe/Jersey", "Europe/Guernsey",
               "Europe/Isle_of_Man", "Europe/Gibraltar")  # fmt: skip
# Addresses in these belong to anybody.
PUBLIC_MAIL = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com",
     "live.co.uk", "yahoo.com", "yahoo.co.uk", "icloud.com", "me.com", "aol.com",
     "btinternet.com", "sky.com", "proton.me", "protonmail.com", "msn.com"}
)  # fmt: skip


class DetailsForm(forms.ModelForm):
    """What the school is called, how it looks and where its addresses end."""

    colour = forms.RegexField(
        label="Colour",
        regex=r"^#[0-9a-fA-F]{6}$",
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text="Shown at the top of this school's pages.",
        error_messages={"invalid": "Choose a colour such as #1d4f91."},
    )
    time_zone = forms.ChoiceField(label="Time zone")
    domains = forms.CharField(
        label="E-mail domains",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The part behind the @ of the school's own addresses, one per line. "
        "Signing in with Google or Microsoft works for these only.",
    )

    class Meta:
        model = Organisation
        fields = ("name", "colour", "nation", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = sorted(zone for zone in available_timezones() if "/" in zone)
        zones = [*FIRST_ZONES, *(zone for zone in others if zone not in FIRST_ZONES)]
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(zone, zone.replace("_", " ")) for zone in zones]
        self.fields["domains"].initial = "\n".join(
            self.instance.domains.values_list("domain", flat=True)
        )
        self.helper = page_form(*self.Meta.fields, "domains", submit="Save details", action="")

    def clean_name(self) -> str:
        """Without line breaks: it stands in the subject of mails."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_colour(self) -> str:
        return str(self.cleaned_data["colour"]).lower()

    def clean_domains(self) -> tuple[str, ...]:
        words = re.split(r"[\s,;]+", self.cleaned_data["domains"].lower())
        found = sorted({word.removeprefix("@") for word in words} - {""})
        for domain in found:
            if not DOMAIN.fullmatch(domain):
                raise forms.ValidationError(
                    f"“{domain[:60]}” is not a domain. Write it like school.example."
                )
            if domain in PUBLIC_MAIL:
                raise forms.ValidationError(
                    f"Anybody can have an address at {domain}. List the school's own domains only."
                )
        return tuple(found)


class RulesForm(forms.Form):
    """Every rule a school may set for itself. Left as inherited, it follows the trust."""

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        above = organisation.parent.settings if organisation.parent else {}
        groups: dict[str, list[str]] = {}
        for key, one in registered().items():
            name = field_name(key)
            self.fields[name] = _field(one, _inherited(one, organisation, above))
            own = organisation.settings.get(key)
            self.initial[name] = _as_choice(one, own)
            groups.setdefault(one.group, []).append(name)
        self.helper = page_form(
            *(Fieldset(group, *names) for group, names in groups.items()), submit="Save rules"
        )

    def clean(self) -> None:
        for key, one in registered().items():
            value = self.cleaned_data.get(field_name(key))
            if one.problem is not None and value and (sentence := one.problem(str(value))):
                self.add_error(field_name(key), f"{one.label}: {sentence}")

    @property
    def values(self) -> dict[str, Value | None]:
        """None: as the trust has it, or the default."""
        return {
            key: _as_value(one, self.cleaned_data[field_name(key)])
            for key, one in registered().items()
        }


def field_name(key: str) -> str:
    return key.replace(".", "__")


def shown(one: Setting, value: Value) -> str:
    """A value in words: "30 days", "yes"."""
    match one.kind:
        case "yes_no":
            return "yes" if value else "no"
        case "choice":
            return dict(one.choices).get(str(value), str(value))
        case "number":
            return f"{value} {one.unit}".strip()
        case "lines":
            return "; ".join(str(value).splitlines()) or "nothing"
    return str(value) or "nothing"


def _inherited(one: Setting, organisation: Organisation, above: Mapping[str, Value]) -> str:
    if one.key in above:
        return f"{shown(one, above[one.key])}, as the trust has it"
    return f"{shown(one, one.default)}, as usual"


def _field(one: Setting, inherited: str) -> forms.Field:
    label = f"{one.label} ({one.unit})" if one.unit else one.label
    words = f"{one.help} Left empty: {inherited}.".strip()
    if one.kind in ("yes_no", "choice"):
        choices = one.choices or (("yes", "Yes"), ("no", "No"))
        return forms.ChoiceField(
            label=label,
            required=False,
            choices=[("", inherited[0].upper() + inherited[1:]), *choices],
            help_text=one.help,
        )
    if one.kind == "number":
        return forms.IntegerField(
            label=label,
            required=False,
            min_value=one.minimum,
            max_value=one.maximum,
            help_text=words,
            error_messages={
                "min_value": f"{one.label}: choose a number from {one.minimum} to {one.maximum}.",
                "max_value": f"{one.label}: choose a number from {one.minimum} to {one.maximum}.",
                "invalid": f"{one.label}: write a whole number.",
            },
        )
    if one.kind == "lines":
        box = forms.Textarea({"rows": 5})
        return forms.CharField(label=label, required=False, widget=box, help_text=words)
    return forms.CharField(label=label, required=False, max_length=200, help_text=words)


def _as_choice(one: Setting, value: Value | None) -> Value | None:
    if value is not None and one.kind == "yes_no":
        return "yes" if value else "no"
    return value


def _as_value(one: Setting, typed: Any) -> Value | None:
    if typed in ("", None):
        return None
    value: Value = typed == "yes" if one.kind == "yes_no" else typed
    return value
