"""What a leaver hands over and promises, and how the office records it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.urls import reverse

from governance.handover import Handover, takers_for
from governance.services.leaving import Given
from people.models import Membership, User
from web.forms import DateField, page_form

NOBODY_YET = "Nobody yet"
STATES = {
    "": "Everybody",
    "missing": "Nothing on record",
    "given": "Statement given",
    "without": "Left without one",
}
WHEN = {"": "Recent", "ahead": "Ahead", "all": "All"}


class LeaversFilter(forms.Form):
    q = forms.CharField(label="Name", required=False, max_length=100)
    state = forms.ChoiceField(label="Show", choices=list(STATES.items()), required=False)
    when = forms.ChoiceField(label="Last day", choices=list(WHEN.items()), required=False)


class TakerField(forms.ChoiceField):
    """Who has it now. "Nobody yet" is an answer too, so this is not called optional."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class HandingOver(forms.Form):
    """One choice for each thing somebody looks after: who has it now."""

    use_required_attribute = False

    def __init__(self, *args: Any, post: Membership, things: list[Handover], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.post, self.things = post, things
        takers = takers_for(post) if things else []
        choices = [("", NOBODY_YET), *((str(pk), name) for pk, name in takers)]
        for thing in things:
            self.fields[self.name_of(thing)] = TakerField(label=thing.subject, choices=choices)

    @staticmethod
    def name_of(thing: Handover) -> str:
        return f"to-{thing.key}"

    def things_layout(self) -> list[Fieldset]:
        """Nothing where there is nothing to hand over."""
        names = [self.name_of(thing) for thing in self.things]
        return [Fieldset("Who has it now?", *names)] if names else []

    def given(self) -> Iterable[Given]:
        """What was answered, once the form is valid. One query."""
        chosen = {thing: self.cleaned_data.get(self.name_of(thing), "") for thing in self.things}
        people = User.objects.in_bulk([int(pk) for pk in chosen.values() if pk])
        return [Given(thing, people.get(int(pk)) if pk else None) for thing, pk in chosen.items()]


class LeavingForm(HandingOver):
    """The leaver's own: who has what, and their name under the statement above the form."""

    typed_name = forms.CharField(
        label="Type your full name to sign",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Type your name to sign."},
    )

    def __init__(self, *args: Any, post: Membership, things: list[Handover], **kwargs: Any) -> None:
        super().__init__(*args, post=post, things=things, **kwargs)
        name = self.fields.pop("typed_name")
        name.help_text = f"As the school has it: {post.person.name}"
        self.fields["typed_name"] = name
        self.helper = page_form(*self.things_layout(), "typed_name", submit="Sign and finish")


class RecordForm(HandingOver):
    """The office's: a statement on paper, or that there is none and why.

    Which of the two boxes has to be filled in depends on the answer before them.
    """

    NEEDS = {"paper": "given_on", "without": "reason"}

    how = forms.ChoiceField(
        label="What happened?",
        choices=[("paper", "They signed on paper"), ("without", "They left without signing")],
        widget=forms.RadioSelect,
    )
    given_on = DateField(
        label="If they signed: the date on the paper",
        error_messages={"required": "Give the date on the paper."},
    )
    reason = forms.CharField(
        label="If they did not: why?",
        help_text="Such as: asked twice, did not answer.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why there is no statement. It stays on record."},
    )

    def __init__(self, *args: Any, post: Membership, things: list[Handover], **kwargs: Any) -> None:
        super().__init__(*args, post=post, things=things, **kwargs)
        self.helper = page_form(
            "how",
            "given_on",
            "reason",
            *self.things_layout(),
            submit="Put it on record",
            cancel=reverse("governance:leavers", args=[post.organisation.slug]),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for how, name in self.NEEDS.items():
            if data.get("how") != how:
                self.errors.pop(name, None)
        return data
