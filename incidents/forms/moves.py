"""Closing a case, setting it aside, tying it to another; what a school sets."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.circles import Circle, Guest
from incidents.forms.plain import CaseForm, line, one_of, sentence
from incidents.kinds import KINDS, OUTCOMES, Kind, Level, Step
from incidents.models import Case, CasePerson
from incidents.routing import Way
from web.forms import needed_sometimes

RELATIONS = {"pupil": "pupil", "former_pupil": "pupil", "staff": "staff", "parent": "parent"}


class ProposeForm(CaseForm):
    """How it ended."""

    outcome = one_of("How did it end?", [], "Choose how it ended.")
    why = sentence(
        "What was found, and what was done", "Write how it ended.", rows=6,
        help_text="Enough for somebody who reads only this.",
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        self.fields["outcome"].choices = outcomes_for(self.case)  # type: ignore[attr-defined]


def outcomes_for(case: Case) -> list[tuple[str, str]]:
    """What a case may end with, by the kind of person it is about (I20); everything else last."""
    subjects = case.people.filter(role=CasePerson.Role.SUBJECT, removed_at=None)
    kinds = [RELATIONS.get(row, "other") for row in subjects.values_list("relation", flat=True)]
    if case.about_staff:
        kinds.append("staff")
    found: dict[str, str] = {}
    for kind in kinds or list(OUTCOMES):
        for code, words in OUTCOMES[kind]:
            found.setdefault(code, words)
    return list(found.items())


class ReferenceForm(CaseForm):
    """Another case, by its reference."""

    reference = line("The reference of the other case", "Give the reference of the other case.")

    def clean_reference(self) -> str:
        return "".join(one for one in self.cleaned_data["reference"].upper() if one.isalnum())


class DuplicateForm(ReferenceForm):
    """It was reported before."""

    why = sentence("How you know", "Say how you know.", rows=3)


class RouteForm(CaseForm):
    """Whom the school tells of a kind of report, and how soon somebody looks."""

    first = forms.MultipleChoiceField(
        label="Who is told first", choices=Circle.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose who is told first."},
    )  # fmt: skip
    also = forms.MultipleChoiceField(
        label="Who is told, too", choices=[*Circle.choices, *Guest.choices], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    clock = one_of(
        "How soon somebody looks",
        [
            (Level.RED.value, "Red: within an hour, on any day"),
            (Level.AMBER.value, "Amber: within four school hours"),
            (Level.GREEN.value, "Green: by the end of the next school day"),
        ],
        "Choose how soon somebody looks.",
    )

    def __init__(self, *args: Any, way: Way, **kwargs: Any) -> None:
        now = {
            "first": [str(one.value) for one in way.first],
            "also": [str(one.value) for one in (*way.also, *way.guests)],
            "clock": way.clock.value,
        }
        super().__init__(*args, **{"initial": now, **kwargs})


MOST_STEPS = 10
SPARE = 2


class PlaybookForm(CaseForm):
    """The steps of a kind of report, some empty lines more than there are."""

    def __init__(self, *args: Any, steps: list[Step], **kwargs: Any) -> None:
        self.steps = steps
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        for number in range(min(MOST_STEPS, len(self.steps) + SPARE)):
            now = self.steps[number] if number < len(self.steps) else None
            text = forms.CharField(
                label=f"Step {number + 1}", max_length=300, required=False,
                widget=forms.Textarea({"rows": 2}), initial=now.text if now else "",
            )  # fmt: skip
            hours = forms.IntegerField(
                label=f"Step {number + 1}: due after so many hours",
                min_value=1, max_value=2000, required=False,
                initial=now.hours if now else None,
            )  # fmt: skip
            self.fields[f"text_{number}"], self.fields[f"hours_{number}"] = text, hours
        needed_sometimes(self, *self.fields)

    def clean(self) -> None:
        for number in range(len(self.fields) // 2):
            text = self.cleaned_data.get(f"text_{number}")
            if text and not self.cleaned_data.get(f"hours_{number}"):
                self.add_error(f"hours_{number}", f"Step {number + 1}: say within how many hours.")

    def chosen(self) -> list[Step]:
        """The steps that have words. A step that was there keeps its code."""
        found = []
        taken = {step.code for step in self.steps}
        for number in range(len(self.fields) // 2):
            if text := self.cleaned_data.get(f"text_{number}"):
                code = self.steps[number].code if number < len(self.steps) else ""
                found.append((code or _free(taken), text, self.cleaned_data[f"hours_{number}"]))
        return [Step(code, text, hours) for code, text, hours in found]


def _free(taken: set[str]) -> str:
    number = next(one for one in range(1, 100) if f"own-{one}" not in taken)
    taken.add(f"own-{number}")
    return f"own-{number}"


def default_steps(kind: str) -> list[Step]:
    return list(KINDS[Kind(kind)].playbook)
