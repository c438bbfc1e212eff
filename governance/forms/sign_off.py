"""Who signs a version off, and signatures that were given on paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.urls import reverse

from governance.forms.writing import not_after
from governance.models import Policy, PolicySignatory, PolicyVersion
from people.roles import Role
from web.forms import DateField, page_form

PLACES = {1: "First", 2: "Second", 3: "Third", 4: "Fourth"}


class SignatoriesForm(forms.Form):
    """Which roles sign, in which order, and why one no longer does."""

    roles = forms.MultipleChoiceField(
        label="Who signs a new version off before it is published?",
        help_text="Each of them must sign exactly the text that is published.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    order = forms.ChoiceField(
        label="In which order?",
        choices=[
            ("any", "In any order: all of them are asked at once"),
            ("turns", "One after the other: each is asked once the one before has signed"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say in which order they sign."},
    )
    reason = forms.CharField(
        label="Why does somebody no longer sign?",
        help_text="Needed when you take somebody away. It stays on record, and they are told.",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, policy: Policy, asks_why: bool, **kwargs: Any) -> None:
        held = list(policy.signatories.values_list("role", flat=True))
        order = "turns" if policy.sign_off_in_order else "any"
        kwargs["initial"] = {"roles": held, "order": order}
        super().__init__(*args, **kwargs)
        offered = PolicySignatory.choices_for(policy.owner)
        self.fields["roles"].choices = offered  # type: ignore[attr-defined]
        self.places = [f"place_{role}" for role, _ in offered]
        for role, label in offered:
            place = held.index(role) + 1 if role in held else ""
            self.fields[f"place_{role}"] = forms.TypedChoiceField(
                label=label,
                choices=[("", "–"), *((n, PLACES[n]) for n in range(1, len(offered) + 1))],
                coerce=int,
                empty_value=None,
                required=False,
                initial=place,
            )
        turns = Fieldset(
            "If one after the other, who signs when?", *self.places, css_class="turn-places"
        )
        layout: list[Any] = ["roles", "order", turns]
        if asks_why and held:
            layout.append("reason")
        else:
            del self.fields["reason"]
        cancel = reverse("governance:policy", args=[policy.pk])
        self.helper = page_form(*layout, submit="Save", cancel=cancel)

    @property
    def in_order(self) -> bool:
        return bool(self.cleaned_data["order"] == "turns")

    def signatories(self) -> list[Role]:
        """The roles that were ticked, in their places."""
        chosen = [Role(role) for role in self.cleaned_data["roles"]]
        if not self.in_order:
            return chosen
        return sorted(chosen, key=lambda role: self.cleaned_data[f"place_{role}"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("order") != "turns":
            return data
        chosen = [Role(role) for role in data.get("roles", [])]
        taken: dict[int, Role] = {}
        for role in chosen:
            field = f"place_{role}"
            place = data.get(field)
            if place is None:
                self.add_error(field, f"Say when {role.label} signs.")
            elif place in taken:
                self.add_error(field, f"{taken[place].label} has this place already.")
            else:
                taken[place] = role
        return data


class SignedElsewhereForm(forms.Form):
    role = forms.ChoiceField(label="In the capacity of", widget=forms.RadioSelect)
    name = forms.CharField(label="Name of the person who signed", max_length=150)
    signed_on = DateField(label="Date signed")
    scan = forms.FileField(
        label="Scan of the signed page",
        required=False,
        help_text="PDF, JPEG or PNG, up to 20 MB.",
    )

    def __init__(
        self, *args: Any, version: PolicyVersion, waiting: Iterable[Role], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = version.organisation.today()
        self.fields["role"].choices = [(role.value, role.label) for role in waiting]  # type: ignore[attr-defined]
        self.helper = page_form(
            "role",
            "name",
            "signed_on",
            "scan",
            submit="Record the signature",
            cancel=reverse("governance:policy", args=[version.policy_id]),
        )

    def clean_signed_on(self) -> date | None:
        return not_after(self.today, self.cleaned_data["signed_on"], "The day of signing")
