"""Asking for an account to be shown, for content to be opened; and deciding on it."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts import no_passwords
from incidents.forms.plain import CaseForm, line, moment, one_of, sentence
from incidents.models import AccountRequest, CasePerson
from incidents.models.investigating import LONGEST
from incidents.services.investigating import LOOKS_LIKE_ONE
from web.forms import needed_sometimes

NO_PASSWORD = "Never a password."  # noqa: S105
DECISIONS = [("yes", "Yes, it may be opened"), ("no", "No, it stays closed")]


class WithoutPasswords(CaseForm):
    """Nothing that looks like a password is taken (I22): the sentence stands by its field."""

    # Where names of accounts stand, which look as passwords do.
    WITH_NAMES = frozenset({"which", "where"})

    def clean(self) -> None:
        super().clean()
        for name, value in self.cleaned_data.copy().items():
            text = value if isinstance(value, str) else ""
            if no_passwords.problem(text, names=name in self.WITH_NAMES):
                self.add_error(name, LOOKS_LIKE_ONE)


class PersonChoice(forms.ModelChoiceField):
    """Somebody in the case, by their name and their part in it."""

    def label_from_instance(self, obj: CasePerson) -> str:
        return f"{obj.name} ({obj.get_role_display().lower()})"


class AskOwnerForm(WithoutPasswords):
    """Somebody in the case is asked to show what is theirs."""

    person = PersonChoice(
        CasePerson.objects.none(), label="Who was asked?", empty_label="Choose…",
        help_text="Somebody who is in this case. Add them under People and support first.",
        error_messages={"required": "Choose who was asked."},
    )  # fmt: skip
    kind = one_of(
        "What were they asked to show?", AccountRequest.Kind.choices, "Choose what they were asked."
    )
    which = line(
        "Which account or device", "Write which account or device.",
        help_text=f"Such as the platform and the name they use there. {NO_PASSWORD}",
    )  # fmt: skip
    why = sentence(
        "What the concern is, and why this is needed", "Say why this is needed.", rows=3,
        help_text="An account is only looked at where there is a concern, and only for it.",
    )  # fmt: skip
    asked_at = moment("When they were asked", "Say when they were asked.", now=True)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        self.people = people
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        self.fields["person"].queryset = self.people  # type: ignore[attr-defined]


class ShownForm(WithoutPasswords):
    """They showed it."""

    at = moment("When it was looked at", "Say when it was looked at.", now=True)
    presence = line(
        "Who was there", "Write who was there.",
        help_text="Everybody in the room. For a child: also a parent, or who told them.",
    )  # fmt: skip
    seen = sentence(
        "What was looked at, and what was found", "Write what was looked at.",
        help_text="Only what the concern is about. Screenshots belong under Files, never a "
        f"picture that could be of somebody under 18 undressed. {NO_PASSWORD}",
    )  # fmt: skip
    themselves = forms.BooleanField(
        label="They signed in themselves. Nobody asked for their password, and nobody typed it.",
        error_messages={"required": "Only the owner signs in. Tick this if it was so."},
    )


class SaidForm(WithoutPasswords):
    """They refused, or it was withdrawn."""

    why = sentence("What they said, or why", "Write what they said, or why.", rows=3)


class AskContentForm(WithoutPasswords):
    """Something inappropriate has to be looked at."""

    what = sentence(
        "What has to be looked at", "Write what has to be looked at.", rows=3,
        help_text="Never a picture that could be of somebody under 18 undressed: nobody at the "
        "school looks at that. Leave it to the police.",
    )  # fmt: skip
    where = sentence(
        "Where it is", "Write where it is: the address, or the system.", rows=2,
        help_text="The web address, or the system that blocks it. IT reads this, and nothing else "
        "of the case: write no names and nothing of what happened.",
    )  # fmt: skip
    why = sentence(
        "Why it has to be looked at", "Say why it has to be looked at.", rows=3,
        help_text="What you cannot find out in another way. IT does not read this.",
    )  # fmt: skip
    hours = forms.IntegerField(
        label="For how many hours", min_value=1, max_value=LONGEST,
        help_text="From the moment when both have allowed it. As few as you need.",
        error_messages={
            "required": "Say for how many hours.",
            "invalid": "Give a number of hours, such as 24.",
            "min_value": "One hour at least.",
            "max_value": f"No longer than {LONGEST} hours. Ask again after that.",
        },
    )  # fmt: skip


class AllowForm(WithoutPasswords):
    """Whether content is opened."""

    allow = one_of("May it be opened?", DECISIONS, "Choose yes or no.")
    why = sentence("Why not", rows=3, help_text="Needed where the answer is no.")

    def prepare(self) -> None:
        needed_sometimes(self, "why")

    def clean(self) -> None:
        super().clean()
        refused = self.cleaned_data.get("allow") == "no"
        if refused and "why" not in self.errors and not self.cleaned_data.get("why"):
            self.add_error("why", "Say why it stays closed.")


class LookForm(WithoutPasswords):
    """Somebody looked."""

    at = moment("When you looked", "Say when you looked.", now=True)
    what = sentence("What you looked at, and what you found", "Write what you looked at.")


class LetSeeForm(CaseForm):
    """Whether somebody sees a case that nobody lets them into."""

    agree = one_of(
        "Do they need to see it now?",
        [("yes", "Yes, they see it from now on"), ("no", "No, it stays shut to them")],
        "Choose yes or no.",
    )
