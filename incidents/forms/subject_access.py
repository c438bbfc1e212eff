"""What is asked about a request for somebody's data, and about each entry of it."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.blacking_out import lines_of
from incidents.forms.plain import CaseForm, line, one_of, sentence
from incidents.forms.plain import person as somebody
from incidents.models import CasePerson
from incidents.subject_access import Choice, Ending, Ground
from web.forms import DateField, needed_sometimes, offer_only

GROUNDS = [("", "Choose…"), *Ground.choices]


class RequestForm(CaseForm):
    """Who asks, about whom, and when it came in."""

    received_on = DateField(
        label="When it came in",
        help_text="The day on which anybody at the school received it, in whatever form.",
        error_messages={"required": "Say on what day it came in."},
    )
    person = somebody("About somebody at the school", help_text="Or give a name below.")
    name = line("Or about whom", help_text="For pupils, families and anybody else.")
    relation = forms.ChoiceField(
        label="Who they are", choices=CasePerson.Relation.choices, required=False,
        help_text="For whoever is not chosen from the list.",
    )  # fmt: skip
    year_group = forms.IntegerField(
        label="Year group", required=False, min_value=0, max_value=14,
        help_text="Of a pupil, this year: by it the cases of earlier years are found, too.",
    )  # fmt: skip
    asker = somebody(
        "Somebody else at the school asks for them",
        help_text="Such as a colleague who is the child’s mother. They cannot handle it.",
    )
    asked_by = line(
        "Or who asks for them",
        help_text="Their name, and what gives them the right, such as: mother, with parental "
        "responsibility. Leave it empty where they ask for themselves.",
    )
    waits_for_identity = forms.BooleanField(
        label="We have asked them to show who they are", required=False,
        help_text="Only if you doubt it. The month begins when you know.",
    )  # fmt: skip
    note = sentence("What they ask for", rows=3, help_text="If it is not everything.")

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        self.people = people
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        offer_only(self, person=self.people, asker=self.people)
        self.fields["relation"].initial = CasePerson.Relation.PUPIL
        needed_sometimes(self, "person", "name", "relation")

    def clean(self) -> None:
        data = self.cleaned_data
        if not data.get("person") and not data.get("name"):
            self.add_error("name", "Give a name, or choose somebody.")
        data["relation"] = data.get("relation") or CasePerson.Relation.OTHER


class IdentityForm(CaseForm):
    """When the school knew who asks."""

    on = DateField(
        label="When you knew who asks",
        error_messages={"required": "Say on what day you knew."},
    )


class LongerForm(CaseForm):
    """More time, and why."""

    months = forms.TypedChoiceField(
        label="How much longer",
        choices=[(1, "One month"), (2, "Two months")],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how much longer it takes."},
    )
    why = sentence("Why", "Say why it takes longer: the person has to be told.", rows=3)


class EndForm(CaseForm):
    """How it ended."""

    outcome = one_of("How it ended", Ending.choices, "Choose how it ended.")
    note = sentence("More about it", rows=3, help_text="When and how it was sent, or why not.")


class AddCaseForm(CaseForm):
    """A case that the search did not find."""

    reference = line("The reference of the case", "Give the reference of the case.")
    why = sentence("Why it belongs here", "Say why it belongs to the request.", rows=3)


class BundleForm(CaseForm):
    """To whom it is sent."""

    recipient = line(
        "To whom it is sent", "Say to whom it is sent.", help_text="It stands on every page."
    )


class EntryForm(CaseForm):
    """What is decided upon one entry."""

    choice = one_of("What is given of it?", Choice.choices, "Decide whether it is given.")
    words = forms.CharField(
        label="Words to black out",
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text="One name or passage in each line, as it stands above. They are taken out "
        "wherever they stand in this entry. Names of others that the portal found stand here.",
    )
    ground = forms.ChoiceField(
        label="Ground for what is not given",
        choices=GROUNDS,
        required=False,
        help_text="The person reads it. Where only names are blacked out you may leave it.",
    )
    note = sentence("Note for the school", rows=2, help_text="The person does not get it.")

    def __init__(self, *args: Any, is_file: bool, locked: bool, **kwargs: Any) -> None:
        self.is_file, self.locked = is_file, locked
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        needed_sometimes(self, "words", "ground")
        left = {Choice.GIVE, Choice.WITHHOLD} if self.is_file else set(Choice)
        if self.locked:
            left = {Choice.WITHHOLD}
        choices = [pair for pair in Choice.choices if pair[0] in left]
        self.fields["choice"].choices = choices  # type: ignore[attr-defined]
        if Choice.BLACK_OUT not in left:
            del self.fields["words"]

    def clean_words(self) -> tuple[str, ...]:
        return tuple(lines_of(self.cleaned_data["words"]))

    def clean(self) -> None:
        data = self.cleaned_data
        choice = data.get("choice")
        if choice == Choice.WITHHOLD and not data.get("ground"):
            self.add_error("ground", "Say on what ground it is not given.")
        if choice == Choice.BLACK_OUT and not data.get("words"):
            self.add_error("words", "Write down the words that are blacked out.")
