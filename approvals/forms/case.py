"""The questions of a business case as forms, and what the leadership team says to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet

from accounts.forms.register import MAY_BE_PUBLIC
from accounts.models import SocialAccount
from accounts.platforms import CHOICES
from approvals.models import Vote
from approvals.workflow import Status
from people.models import User
from web.forms import needed_sometimes, page_form

if TYPE_CHECKING:
    from approvals.models import BusinessCase

YES_NO = [("yes", "Yes"), ("no", "No")]
# Enough for any account; whoever wants more adds them on the register.
MOST_RUNNERS = 8
SPARE = 1


def _yes_no(label: str, missing: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        widget=forms.RadioSelect,
        coerce=lambda word: word == "yes",
        empty_value=None,
        error_messages={"required": missing},
    )


class StepForm(forms.Form):
    """One page of a business case."""

    def __init__(
        self, *args: Any, case: BusinessCase, fields: tuple[str, ...], submit: str,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        self.case = case
        now = {name: _shown(getattr(case, name)) for name in fields}
        super().__init__(*args, **{"initial": now, **kwargs})
        self.prepare()
        self.helper = page_form(*self.fields, submit=submit)

    def prepare(self) -> None:
        """What a step does to its fields before they are drawn."""


def _shown(value: Any) -> Any:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class AccountForm(StepForm):
    platform = forms.ChoiceField(
        choices=[("", "Choose…"), *CHOICES], error_messages={"required": "Choose the platform."}
    )
    name = forms.CharField(
        label="What people at school would call it",
        max_length=100,
        help_text="Such as “Drama department”.",
        error_messages={"required": "Give the account a name."},
    )
    department = forms.CharField(label="Department or faculty", max_length=100, required=False)

    def prepare(self) -> None:
        # An account that was found has its platform already.
        if self.case.account_id:
            self.fields["platform"].disabled = True


class AimForm(StepForm):
    aim = forms.CharField(
        label="What the account is for",
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text=MAY_BE_PUBLIC,
        error_messages={"required": "Say what the account is for."},
    )


class AudienceForm(StepForm):
    audience = forms.CharField(
        label="Whom it is for",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=f"Such as “Families of years 9 to 11, and the town”. {MAY_BE_PUBLIC}",
        error_messages={"required": "Say whom it is for."},
    )
    faces_pupils = _yes_no("Are pupils among them?", "Say whether pupils are among its audience.")
    shows_pupils = _yes_no(
        "Would pictures of pupils be shown?", "Say whether pictures of pupils are shown."
    )


class PromotionForm(StepForm):
    promotion = forms.CharField(
        label="How people will hear of it",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Such as “A link in the newsletter and on the school’s website”.",
        error_messages={"required": "Say how people will hear of it."},
    )


class AccessForm(StepForm):
    access = forms.ChoiceField(
        label="Who can see it",
        choices=SocialAccount.Access.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is open or closed."},
    )


class RunnersForm(StepForm):
    """Some fields to choose a person, one more than are named, so that nothing needs a script."""

    def __init__(self, *args: Any, people: QuerySet[User], now: list[int], **kwargs: Any) -> None:
        self.people, self.now = people, now
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        choices = [("", "Nobody"), *((one.pk, str(one)) for one in self.people)]
        count = min(max(3, len(self.now) + SPARE), MOST_RUNNERS)
        for number in range(count):
            named = self.now[number] if number < len(self.now) else ""
            self.fields[f"runner_{number + 1}"] = forms.TypedChoiceField(
                label=f"Runner {number + 1}",
                choices=choices,
                initial=named,
                required=False,
                coerce=int,
                empty_value=None,
            )
        needed_sometimes(self, *self.fields)

    def clean(self) -> dict[str, Any]:
        """`people`: those chosen, in the order they were named."""
        chosen: list[int] = []
        for name in list(self.fields):
            person = self.cleaned_data.pop(name, None)
            if person in chosen:
                self.add_error(name, "This person is named already.")
            elif person is not None:
                chosen.append(person)
        by_pk = {person.pk: person for person in self.people}
        self.cleaned_data["people"] = [by_pk[pk] for pk in chosen]
        return self.cleaned_data


class TrialForm(StepForm):
    pilot_group = forms.CharField(
        label="Who tries it first",
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text="A small group, such as “Families of the cast of the spring play”.",
        error_messages={"required": "Say who tries it first."},
    )
    pilot_weeks = forms.IntegerField(
        label="For how many weeks",
        min_value=1,
        max_value=52,
        error_messages={
            "required": "Say for how many weeks.",
            "min_value": "Give a number of weeks from 1 to 52.",
            "max_value": "Give a number of weeks from 1 to 52.",
        },
    )
    pilot_goals = forms.CharField(
        label="How you will know that it went well",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Such as “Half of the families follow it, and fewer ring the office”.",
        error_messages={"required": "Say how you will know that it went well."},
    )


class CaseFilterForm(forms.Form):
    """What narrows the list of business cases."""

    q = forms.CharField(label="Name or reference", required=False, max_length=100)
    status = forms.ChoiceField(
        label="State", required=False, choices=[("", "All"), *Status.choices]
    )
    mine = forms.ChoiceField(
        label="Whose",
        required=False,
        choices=[("", "All"), ("mine", "Those I work on"), ("vote", "Waiting for my vote")],
    )


class HelperForm(forms.Form):
    """Somebody who is asked to work on a case."""

    person = forms.ModelChoiceField(
        User.objects.none(), label="Who", error_messages={"required": "Choose whom to ask."}
    )

    def __init__(self, *args: Any, people: QuerySet[User], cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.helper = page_form("person", submit="Ask them", cancel=cancel)


class VoteForm(forms.Form):
    """What somebody of the leadership team says. Approving takes two clicks and no words."""

    choice = forms.ChoiceField(
        label="Your decision",
        choices=Vote.Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you decide."},
    )
    reason = forms.CharField(
        label="Why",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Needed unless you approve. Whoever may read the case reads it.",
    )
    accepts_risk = forms.BooleanField(label="I accept the risk that remains", required=False)
    content_hash = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action = action
        needed_sometimes(self, "reason", "accepts_risk")
        self.show_risk(is_high=True)

    def show_risk(self, *, is_high: bool) -> None:
        """Only a case with a high risk asks for it to be accepted; the service insists on it."""
        shown = [name for name in self.fields if is_high or name != "accepts_risk"]
        self.helper = page_form(*shown, submit="Send your decision", action=self.action)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        choice, reason = data.get("choice"), data.get("reason", "").strip()
        if choice and choice != Vote.Choice.APPROVE and not reason:
            self.add_error("reason", "Say why, in a sentence.")
        return data


class WhyForm(forms.Form):
    """A reason, and a button that says what follows."""

    why = forms.CharField(
        label="Why",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why, in a sentence."},
    )

    def __init__(self, *args: Any, submit: str, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("why", submit=submit, cancel=cancel, tone="danger")
