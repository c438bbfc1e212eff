"""Forms of a trial: beginning it, and saying what it showed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from crispy_forms.layout import Fieldset
from django import forms

from approvals.models import Evaluation
from web.forms import DateField, needed_sometimes, page_form

if TYPE_CHECKING:
    from approvals.models import BusinessCase

Outcome = Evaluation.Outcome
# Of what is kept together as one text.
LONGEST = 2000


class BeginTrialForm(forms.Form):
    """Until when; and who tries it and what it should show, where the case left that open."""

    pilot_group = forms.CharField(
        label="Who tries it first",
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text="A small group, such as “Families of the cast of the spring play”.",
        error_messages={"required": "Say who tries it first."},
    )
    pilot_goals = forms.CharField(
        label="What the trial should show",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="One thing a line. At the end the trial is measured against each.",
        error_messages={"required": "Say what the trial should show."},
    )
    until = DateField(
        label="Last day of the trial",
        help_text="By then the leadership team says what it showed.",
        error_messages={"required": "Give the last day of the trial."},
    )

    def __init__(
        self, *args: Any, case: BusinessCase, until: date, cancel: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"initial": {"until": until}, **kwargs})
        self.today = case.organisation.today()
        for name in ("pilot_group", "pilot_goals"):
            if getattr(case, name):
                del self.fields[name]
        self.helper = page_form(*self.fields, submit="Begin the trial", cancel=cancel)

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until <= self.today:
            raise forms.ValidationError("A trial ends on a later day.")
        return until


class EvaluationForm(forms.Form):
    """What the trial showed of each aim, and what becomes of the account."""

    learnt = forms.CharField(
        label="What else was learnt",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="What surprised you, what somebody should know who does this next.",
    )
    outcome = forms.ChoiceField(
        label="What becomes of the account",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what becomes of the account."},
    )
    changes = forms.CharField(
        label="What is done differently from now on",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Only where the trial goes on.",
    )
    extended_until = DateField(
        label="New last day of the trial",
        required=False,
        help_text="Only where the trial goes on.",
    )

    def __init__(
        self, *args: Any, aims: list[str], today: date, cancel: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.aims = {f"aim_{number}": aim for number, aim in enumerate(aims, start=1)}
        for name, aim in self.aims.items():
            self.fields[name] = forms.CharField(
                label=aim,
                max_length=600,
                widget=forms.Textarea({"rows": 3}),
                error_messages={"required": "Say what the trial showed of this."},
            )
        needed_sometimes(self, "changes", "extended_until")
        self.helper = page_form(
            Fieldset("What the trial showed of each aim", *self.aims),
            Fieldset("And now", "learnt", "outcome", "changes", "extended_until"),
            submit="Send this evaluation",
            cancel=cancel,
        )

    def clean(self) -> dict[str, Any]:
        """`reached`: each aim with what was said of it, as one text."""
        data = self.cleaned_data
        said = [(aim, data.pop(name, "")) for name, aim in self.aims.items()]
        data["reached"] = "\n\n".join(f"{aim}\n{words}" for aim, words in said)
        if len(data["reached"]) > LONGEST:
            self.add_error(None, f"Use {LONGEST:,} characters at most for all aims together.")
        if data.get("outcome") == Outcome.CHANGE:
            self._expect_a_change(data)
        else:
            data["extended_until"] = None
        return data

    def _expect_a_change(self, data: dict[str, Any]) -> None:
        until = data.get("extended_until")
        if not data.get("changes", "").strip():
            self.add_error("changes", "Say what is done differently.")
        if until is None and "extended_until" not in self.errors:
            self.add_error("extended_until", "Give the new last day of the trial.")
        elif until is not None and until <= self.today:
            self.add_error("extended_until", "The trial goes on until a later day.")
