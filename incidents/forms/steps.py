"""The questions of a report as forms: six of them, and one about pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.db.models import QuerySet

from incidents.kinds import Kind
from incidents.models import Case, CasePerson
from people.models import User
from web.forms import needed_sometimes, page_form

Answers = dict[str, str]
LONGEST = 8000
ROLES = [
    (CasePerson.Role.TARGET, "It was done to them"),
    (CasePerson.Role.SUBJECT, "They did it"),
    (CasePerson.Role.WITNESS, "They saw it or know of it"),
]
KINDS = [
    ("Children", [Kind.CYBERBULLYING, Kind.INAPPROPRIATE_CONTACT, Kind.IMAGES, Kind.GROOMING,
                  Kind.HARM, Kind.EXTREMISM]),
    ("Staff", [Kind.PERSONAL_CONTACT, Kind.STAFF_ABUSE, Kind.STAFF_CONDUCT]),
    ("The school, its accounts and data", [Kind.OFFENSIVE_COMMENTS, Kind.IMPERSONATION,
                                           Kind.COMPROMISED, Kind.DATA_BREACH, Kind.MEDIA]),
    ("Or", [Kind.OTHER]),
]  # fmt: skip
GATE = [
    (Case.Gate.NO, "No"),
    (Case.Gate.YES, "Yes"),
    (Case.Gate.UNSURE, "I am not sure"),
]
YES_NO = [("yes", "Yes"), ("no", "No")]


def text(label: str, *, rows: int = 0, needed: str = "", longest: int = 300, **more: Any) -> Any:
    """A text that the browser does not remember, and that nobody has to give without `needed`."""
    attrs = {"autocomplete": "off"} | ({"rows": str(rows)} if rows else {})
    return forms.CharField(
        label=label,
        required=bool(needed),
        max_length=LONGEST if rows else longest,
        widget=forms.Textarea(attrs) if rows else forms.TextInput(attrs),
        error_messages={"required": needed, "max_length": "This is too long. Shorten it a little."},
        **more,
    )


def radios(label: str, choices: Any, needed: str, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": needed, "invalid_choice": "Choose from the list."},
        **more,
    )


class StepForm(forms.Form):
    """One page of a report. `answers` is what the draft holds so far."""

    def __init__(
        self, *args: Any, answers: Answers, people: QuerySet[User], submit: str, **kwargs: Any
    ) -> None:
        self.answers, self.people = answers, people
        super().__init__(*args, **{"initial": answers, **kwargs})
        self.prepare()
        self.helper = page_form(*self.parts(), submit=submit)
        self.helper.attrs["autocomplete"] = "off"
        self.helper.form_id = "report-form"

    def prepare(self) -> None:
        """What a step does to its fields before they are drawn."""

    def parts(self) -> list[Any]:
        return list(self.fields)

    def to_keep(self) -> Answers:
        """What was typed, as a draft keeps it."""
        return {name: _plain(value) for name, value in self.cleaned_data.items()}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, User):
        return str(value.pk)
    return "" if value is None else str(value)


class KindForm(StepForm):
    kind = radios(
        "What comes nearest",
        [(group, [(kind, kind.label) for kind in kinds]) for group, kinds in KINDS],
        "Choose what it is about.",
    )


class AboutForm(StepForm):
    about = radios(
        "Is it about one of these?",
        Case.About.choices[1:] + Case.About.choices[:1],
        "Say whether it is about somebody who works here.",
    )
    person = forms.ModelChoiceField(
        User.objects.none(),
        label="Who is it?",
        required=False,
        empty_label="Choose, if you know…",
        help_text="Leave it as it is if it is none of these. Whoever you choose cannot see your "
        "report, whatever their office.",
        error_messages={"invalid_choice": "Choose from the list."},
    )
    adult = text(
        "Or write who it is",
        help_text="Whoever has that name, or one like it, cannot see it either until somebody "
        "else has looked.",
    )

    def prepare(self) -> None:
        self.fields["person"].queryset = self.people  # type: ignore[attr-defined]
        needed_sometimes(self, "person", "adult")
        if not self.people:
            del self.fields["person"]
            self.fields["adult"].label = "Who is it, if you know"

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        about = data.get("about")
        if about == Case.About.NONE and (data.get("person") or data.get("adult")):
            self.add_error("about", "You said below who it is. Say which of these they are.")
        if about == Case.About.NONE and self.answers.get("kind") == Kind.STAFF_CONDUCT:
            self.add_error("about", "You chose the conduct of a member of staff. Say whose it is.")
        return data


class WhatForm(StepForm):
    what = text(
        "What happened",
        rows=7,
        needed="Write what happened.",
        help_text="In your own words: what you saw, heard or were told. Never write a password.",
    )
    when = text("When", help_text="As well as you know. Such as “Tuesday evening, about 9”.")


class WhereForm(StepForm):
    platform = text(
        "App, website or game", help_text="Such as Instagram, a class chat, or “not online”."
    )
    handle = text("Name of the account", help_text="Such as @name. Do not look for it again.")
    where = text(
        "Address of the page, or the place",
        longest=2000,
        help_text="We keep it as text. Nobody has to open it.",
    )


class PeopleForm(StepForm):
    """Two people and one more than there are; "Save and add another" brings the next."""

    MOST = 8

    def prepare(self) -> None:
        named = [at for at in range(1, self.MOST + 1) if self.answers.get(f"name_{at}")]
        self.count = min(self.MOST, max(2, len(named) + 1, max(named, default=0)))
        for at in range(1, self.count + 1):
            self.fields[f"name_{at}"] = text(
                "Name, or what you know", help_text="Such as “a boy in year 8”."
            )
            self.fields[f"role_{at}"] = _choice("Their part in it", ROLES)
            self.fields[f"relation_{at}"] = _choice("Who they are", CasePerson.Relation.choices)
            self.fields[f"year_{at}"] = forms.IntegerField(
                label="Year group",
                required=False,
                min_value=0,
                max_value=13,
                help_text="Pupils only: 0 for reception, up to 13.",
                error_messages=dict.fromkeys(
                    ("invalid", "min_value", "max_value"), "Give a year group from 0 to 13."
                ),
            )
        needed_sometimes(self, *self.fields)
        self.fields["child"] = forms.BooleanField(
            label="A child is harmed by it, or could be", required=False
        )

    def parts(self) -> list[Any]:
        rows = [
            Fieldset(
                f"Person {at}", f"name_{at}", f"role_{at}", f"relation_{at}", f"year_{at}",
                css_class="report-person",
            )
            for at in range(1, self.count + 1)
        ]  # fmt: skip
        return [*rows, "child"]

    def clean(self) -> dict[str, Any]:
        for at in range(1, self.count + 1):
            self._clean_row(at)
        return self.cleaned_data

    def _clean_row(self, at: int) -> None:
        data = self.cleaned_data
        name, role, who = (data.get(f"{part}_{at}") for part in ("name", "role", "relation"))
        if not name and (role or who or data.get(f"year_{at}") is not None):
            self.add_error(f"name_{at}", "Give a name, or what you know of them.")
        if name and not role:
            self.add_error(f"role_{at}", "Say what part they had in it.")
        if name and not who:
            self.add_error(f"relation_{at}", "Say who they are.")


def _choice(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[("", "Choose…"), *choices],
        required=False,
        error_messages={"invalid_choice": "Choose from the list."},
    )


class LastForm(StepForm):
    done = text(
        "What has been done so far",
        rows=3,
        help_text="Such as: hidden, reported to the platform, parents rung, nothing yet.",
    )
    may_contact = radios(
        "May we talk to you about it?", YES_NO, "Say whether we may talk to you about it."
    )
    hide_reporter = forms.BooleanField(
        label="Tell nobody but whoever handles it that it was me",
        required=False,
        help_text="What you write may still show it. If somebody is at risk or the law asks, the "
        "school may have to say.",
    )
    behalf = text(
        "Whom you report it for, if not for yourself",
        help_text="Such as somebody of your team who told you of it.",
    )


class GateForm(StepForm):
    image_gate = radios(
        "Could there be a nude or sexual picture of somebody under 18?",
        GATE,
        "Say whether there could be such a picture.",
        help_text="A photograph, a film, a drawing, or one made by a computer. Do not look to "
        "find out.",
    )


class PictureForm(forms.Form):
    """The same question, before somebody adds a file to what they reported."""

    image_gate = radios(
        "Could there be a nude or sexual picture of somebody under 18 in it?",
        GATE,
        "Say whether there could be such a picture.",
        help_text="A photograph, a film, a drawing, or one made by a computer. Do not look to "
        "find out.",
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("image_gate", submit="Go on", cancel=cancel)


@dataclass(frozen=True, slots=True)
class Step:
    """A question: its page, its form, and what stands above it."""

    slug: str
    title: str
    form: type[StepForm]
    lead: str = ""


STEPS = (
    Step("kind", "What is it about?", KindForm, "You can change it later. So can we."),
    Step(
        "about",
        "Is it about somebody who works here?",
        AboutForm,
        "Your answer decides who is told. Whoever it is about is not.",
    ),
    Step("what", "What happened?", WhatForm),
    Step("where", "Where did it happen?", WhereForm, "Whatever you know. You may leave it out."),
    Step("people", "Who was involved?", PeopleForm, "Whatever you know. You may leave it out."),
    Step("last", "What has been done, and may we talk to you?", LastForm),
    Step("picture", "A question about pictures", GateForm),
)
QUESTIONS = len(STEPS) - 1  # the last of them keeps people safe and asks for nothing
BY_SLUG = {step.slug: step for step in STEPS}
