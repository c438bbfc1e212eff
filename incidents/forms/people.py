"""Who is in a case, who is let in, who is kept out."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.forms.plain import CaseForm, line, one_of, person, sentence
from incidents.models import CasePerson, SupportOffer
from web.forms import DateField, needed_sometimes, offer_only

R = CasePerson.Role


class PersonForm(CaseForm):
    """Somebody in a case, in one role. Naming a subject is asked once more."""

    role = one_of("What is their part?", R.choices, "Choose their part.")
    user = person("Somebody at the school", help_text="Or give a name below.")
    name = line("Or their name", help_text="For pupils, families and anybody else.")
    relation = forms.ChoiceField(
        label="Who they are", choices=CasePerson.Relation.choices, required=False,
        help_text="For whoever is not chosen from the list.",
    )  # fmt: skip
    year_group = forms.IntegerField(
        label="Year group", required=False, min_value=0, max_value=14,
        help_text="Of a pupil: by it a child who was here before is recognised.",
    )  # fmt: skip
    sure = forms.BooleanField(label="I have read what follows, and it is them", required=False)
    asked = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Any, confirming: bool = False, **kwargs: Any) -> None:
        self.people, self.confirming = people, confirming
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        offer_only(self, user=self.people)
        self.fields["relation"].initial = CasePerson.Relation.PUPIL
        needed_sometimes(self, "user", "name", "relation")
        if self.confirming or (self.is_asked and self.data.get("asked")):
            for name in ("role", "user", "name", "relation", "year_group"):
                self.fields[name].widget = forms.HiddenInput()
            needed_sometimes(self, "sure")
        else:
            # Whoever presses first is asked on a page of its own.
            del self.fields["asked"]
            if not self.is_asked:
                del self.fields["sure"]

    @property
    def is_asked(self) -> bool:
        """Whether what was sent names somebody of the portal as the one it is about."""
        return bool(self.is_bound and self.data.get("role") == R.SUBJECT and self.data.get("user"))

    @property
    def is_unsure(self) -> bool:
        """Whether it is right, and what follows has not been shown yet."""
        return self.is_asked and self.is_valid() and not self.cleaned_data["sure"]

    def clean(self) -> None:
        data = self.cleaned_data
        if not data.get("user") and not data.get("name"):
            self.add_error("name", "Give a name, or choose somebody.")
        if data.get("asked") and not data.get("sure"):
            self.add_error("sure", "Read what follows, and tick this if it is them.")
        data["relation"] = data.get("relation") or CasePerson.Relation.OTHER


class LetInForm(CaseForm):
    """Somebody who has to see the case."""

    person = person("Who", "Choose who has to see it.")
    why = sentence("Why they need to see it", "Say why they need to see it.", rows=3)
    may_work = forms.BooleanField(label="They may work on it, too", required=False)
    until = DateField(label="Last day", required=False)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        self.people = people
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        offer_only(self, person=self.people)


class ConflictForm(LetInForm):
    """Somebody who must not see the case."""

    why = sentence("What the conflict is", "Say what the conflict is.", rows=3)

    def prepare(self) -> None:
        super().prepare()
        del self.fields["may_work"], self.fields["until"]


class SupportForm(CaseForm):
    """What was offered to somebody this was done to."""

    what = one_of("What was offered", SupportOffer.What.choices, "Choose what was offered.")
    note = sentence("More about it", rows=3)


class AnswerForm(CaseForm):
    """What they said to it."""

    answer = one_of(
        "What they said",
        [pair for pair in SupportOffer.Answer.choices if pair[0] in SupportOffer.ANSWERED],
        "Choose what they answered.",
    )


class GlassForm(CaseForm):
    """Asking to see a case that nobody lets one into."""

    reference = line("The reference of the case", "Give the reference of the case.")
    why = sentence("Why you need to see it", "Say why you need to see it.", rows=3)
