"""Assessing a report, in two steps, and what follows from it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from incidents.forms.plain import CaseForm, line, moment, one_of, person, sentence
from incidents.kinds import FACTORS, Kind, Level, suggested
from incidents.models import Case, ChronologyEntry
from incidents.workflow import OPEN, SET_ASIDE, Status
from people.models import User
from web.forms import needed_sometimes, offer_only

STATES: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("Not ended", OPEN),
    "submitted": ("Waiting to be assessed", (Status.SUBMITTED,)),
    "triaged": ("Assessed, not begun", (Status.TRIAGED,)),
    "working": ("Being worked on", (Status.OPEN, Status.WAITING)),
    "closing": ("To be closed", (Status.CLOSURE_PROPOSED,)),
    "low_level": ("Low-level concerns", (Status.LOW_LEVEL,)),
    "ended": ("Ended", (Status.CLOSED, *SET_ASIDE)),
}


class InboxFilterForm(forms.Form):
    """What narrows the list."""

    q = forms.CharField(label="Reference", required=False, max_length=20)
    state = forms.ChoiceField(
        choices=[(code, words) for code, (words, _) in STATES.items()], required=False
    )
    kind = forms.ChoiceField(label="Kind", choices=[("", "Any"), *Kind.choices], required=False)
    level = forms.ChoiceField(
        label="Seriousness", choices=[("", "Any"), *Level.choices], required=False
    )
    mine = forms.BooleanField(label="Mine only", required=False)

    def filters(self, user: User) -> dict[str, Any]:
        """For `listing.cases_at`. What cannot be read narrows nothing."""
        found: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        letters = "".join(letter for letter in found.get("q", "").upper() if letter.isalnum())
        # Whoever looks for a reference means it whatever its state.
        wide = bool(letters) and not found.get("state")
        return {
            "q": letters,
            "state": () if wide else STATES[found.get("state", "")][1],
            "kind": found.get("kind", ""),
            "level": found.get("level", ""),
            "owner": user.pk if found.get("mine") else None,
        }


def _levels(name: str) -> list[tuple[str, str]]:
    meanings = FACTORS[name][1]
    return [(level, f"{level.capitalize()}: {meanings[level]}") for level in Level.values]


class FactorsForm(CaseForm):
    """The four factors of seriousness, each with its reason (I8)."""

    def prepare(self) -> None:
        for name, (label, _) in FACTORS.items():
            self.fields[name] = one_of(label, _levels(name), f"{label}: choose one of the three.")
            self.fields[f"why_{name}"] = line(f"Why: {label.lower()}", f"{label}: say why.")

    def answers(self, which: MultiValueDict[str, str] | dict[str, Any]) -> dict[str, str]:
        """What was answered, from what was sent."""
        return {name: str(which.get(name, "")) for name in (*FACTORS, *_whys())}


def _whys() -> list[str]:
    return [f"why_{name}" for name in FACTORS]


class DecideForm(FactorsForm):
    """The person's own decision; the answers come along unseen."""

    severity = one_of("How serious is it?", Level.choices, "Choose green, amber or red.")
    override = sentence(
        "Why you decide otherwise than the four answers suggest", rows=3,
        help_text="Only where your decision differs from what they suggest.",
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        for name in (*FACTORS, *_whys()):
            self.fields[name].widget = forms.HiddenInput()
        needed_sometimes(self, "override")

    def deed(self) -> dict[str, Any]:
        """For `services.triage.triage`."""
        data = self.cleaned_data
        return {
            "factors": {name: data[name] for name in FACTORS},
            "reasons": {name: data[f"why_{name}"] for name in FACTORS},
            "severity": data["severity"],
            "override": data["override"],
        }


def suggestion(answers: dict[str, str]) -> str:
    return suggested({name: answers[name] for name in FACTORS})


class BeginForm(CaseForm):
    """Who has it, and one thing that they do first."""

    owner = person("Who looks into it?", "Choose who has it.")
    text = line("One thing to do first", help_text="The steps for this kind come by themselves.")
    due_at = moment("By when", help_text="For that one thing.")

    def __init__(self, *args: Any, owners: Any, **kwargs: Any) -> None:
        self.owners = owners
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        offer_only(self, owner=self.owners)

    def clean(self) -> None:
        if self.cleaned_data.get("text") and not self.cleaned_data.get("due_at"):
            self.add_error("due_at", "Say by when.")


class OwnerForm(BeginForm):
    """Handing a case on."""

    def prepare(self) -> None:
        super().prepare()
        del self.fields["text"], self.fields["due_at"]


class KindForm(CaseForm):
    """It turned out to be something else."""

    kind = forms.ChoiceField(label="What it is", choices=Kind.choices)
    why = sentence("How you know", "Say how you know.")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"kind": case.kind}, **kwargs})


class EntryForm(CaseForm):
    """An entry of the chronology."""

    kind = forms.ChoiceField(label="What kind of entry")
    happened_at = moment("When it happened", "Say when it happened.", now=True)
    body = sentence("What happened", "Write what happened.", rows=7)

    def prepare(self) -> None:
        kinds = [pair for pair in ChronologyEntry.Kind.choices if pair[0] != "correction"]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class CorrectionForm(CaseForm):
    """What should have been written."""

    body = sentence("What should have been written", "Write what happened.", rows=7)
