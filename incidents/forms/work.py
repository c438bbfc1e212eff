"""Actions, referrals, removal, consent, a data breach, messages."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.forms.plain import CaseForm, line, moment, one_of, person, sentence
from incidents.kinds import Body
from web.forms import needed_sometimes, offer_only


class ActionForm(CaseForm):
    """One thing to do, by somebody who sees the case."""

    text = sentence("What is to be done", "Write what is to be done.", rows=2)
    owner = person("Who does it", "Choose who does it.")
    due_at = moment("By when", "Say by when.")

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        self.people = people
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        offer_only(self, owner=self.people)


class ActionChangeForm(ActionForm):
    """Somebody else, or another time."""

    def prepare(self) -> None:
        super().prepare()
        del self.fields["text"]


class DoneForm(CaseForm):
    """It is done, or not needed."""

    result = one_of(
        "What became of it", [("done", "It is done"), ("not_needed", "It is not needed")],
        "Say what became of it.", initial="done",
    )  # fmt: skip
    note = sentence("More about it", rows=3, help_text="Why, where it is not needed.")

    def prepare(self) -> None:
        needed_sometimes(self, "note")


class ConsiderForm(CaseForm):
    """Somebody outside who may have to be told."""

    body = forms.ChoiceField(label="Who may have to be told?", choices=Body.choices)
    needs_consent = forms.BooleanField(
        label="Only with the consent of whoever this was done to", required=False
    )


class DecideForm(CaseForm):
    """Whether they are told."""

    make = one_of("Are they to be told?", [("yes", "Yes"), ("no", "No")], "Choose yes or no.")
    why = sentence("Why", help_text="Needed where the answer is no.", rows=3)

    def prepare(self) -> None:
        needed_sometimes(self, "why")

    def clean(self) -> None:
        if self.cleaned_data.get("make") == "no" and not self.cleaned_data.get("why"):
            self.add_error("why", "Say why nobody there is told.")
        self.cleaned_data["make"] = self.cleaned_data.get("make") == "yes"


class MadeForm(CaseForm):
    """They were told."""

    at = moment("When they were told", "Say when they were told.", now=True)
    number = line("Their reference", help_text="If they gave one already.")


class NumberForm(CaseForm):
    number = line("Their reference", "Write down the number they gave.")


class OutcomeForm(CaseForm):
    outcome = sentence("What they said", "Write down what they said.")


class TakedownForm(CaseForm):
    """Something that is to be removed."""

    where = sentence(
        "Where it can be seen", "Write where it can be seen.", rows=2,
        help_text="The address, or the platform and the name of the account.",
    )  # fmt: skip
    asked_by_person = forms.BooleanField(
        label="The platform listens only to the person concerned: the school helps them to ask",
        required=False,
    )


class NoteForm(CaseForm):
    note = sentence("More about it", rows=3)


class BasisForm(CaseForm):
    basis = sentence(
        "The legal basis",
        "Write down the legal basis on which you go without consent.",
        help_text="Such as: to protect somebody from serious harm.",
    )


class AwareForm(CaseForm):
    aware_at = moment("When the school knew", "Say when the school knew.")


class RiskForm(CaseForm):
    risk = sentence(
        "What data, of whom, and what may come of it", "Write down what the risk is.", rows=5
    )


class ReportedForm(CaseForm):
    number = line("The ICO’s reference")


class NotReportedForm(CaseForm):
    why = sentence("Why it need not be reported", "Say why it is not reported.")


class MessageForm(CaseForm):
    body = sentence(
        "Your message", "Write something.", rows=5,
        help_text="They read it with their receipt, or when they are signed in.",
    )  # fmt: skip
