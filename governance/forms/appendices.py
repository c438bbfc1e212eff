"""Narrowing down a trust's list of schools; signing several policies at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.urls import reverse

from governance.adoption import STATES, SchoolLine
from governance.forms.reading import MOST_DISPLAYED
from people.models import User
from web.forms import page_form


class SchoolsFilter(forms.Form):
    q = forms.CharField(label="School", required=False, max_length=100)
    state = forms.ChoiceField(
        label="Adoption", choices=[("", "All"), *STATES.items()], required=False
    )
    appendix = forms.ChoiceField(
        label="Local appendix",
        choices=[("", "All"), ("yes", "With an appendix"), ("no", "Without")],
        required=False,
    )

    def narrow(self, lines: Iterable[SchoolLine]) -> Iterator[SchoolLine]:
        """Those that match; all of them when nothing, or nonsense, was asked for."""
        asked = self.cleaned_data if self.is_valid() else {}
        words, state = asked.get("q", "").strip().casefold(), asked.get("state", "")
        with_appendix = {"yes": True, "no": False}.get(asked.get("appendix", ""))
        for line in lines:
            has = bool(line.appendix and line.appendix.current_id)
            fits = state in ("", line.state) and with_appendix in (None, has)
            if fits and words in line.school.name.casefold():
                yield line


class SittingForm(forms.Form):
    """Several policies, one name. What was not ticked as read is not signed."""

    displayed = forms.CharField(max_length=MOST_DISPLAYED, widget=forms.HiddenInput)
    read = forms.TypedMultipleChoiceField(
        coerce=int,
        label="I have read",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick each policy that you have read.",
            "invalid_choice": "One of these was signed or withdrawn meanwhile. Look again.",
        },
    )
    typed_name = forms.CharField(
        label="Type your full name to sign",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Type your name to sign."},
    )

    def __init__(
        self, *args: Any, person: User, documents: Iterable[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read"].choices = list(documents)  # type: ignore[attr-defined]
        self.fields["typed_name"].help_text = f"As the school has it: {person.name}"
        self.helper = page_form(
            "displayed",
            "read",
            "typed_name",
            submit="Sign those I have ticked",
            action=reverse("governance:sitting"),
            cancel=reverse("governance:my_policies"),
        )
