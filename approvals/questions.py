"""The questions of a business case, one per page, in the order they are asked (A1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.forms import case as forms

if TYPE_CHECKING:
    from approvals.models import BusinessCase


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the business case. `fields` are fields of the case that it fills."""

    slug: str
    title: str
    form: type[forms.StepForm]
    fields: tuple[str, ...] = ()
    lead: str = ""


STEPS: tuple[Step, ...] = (
    Step(
        "account",
        "Which account would you like?",
        forms.AccountForm,
        ("platform", "name", "department"),
    ),
    Step(
        "aim",
        "What is the account for?",
        forms.AimForm,
        ("aim",),
        "The trial is measured against this later, so say what would be better with it.",
    ),
    Step(
        "audience",
        "Who is it for?",
        forms.AudienceForm,
        ("audience", "faces_pupils", "shows_pupils"),
    ),
    Step("promotion", "How will people hear of it?", forms.PromotionForm, ("promotion",)),
    Step("access", "Who can see it?", forms.AccessForm, ("access",)),
    Step(
        "runners",
        "Who runs it?",
        forms.RunnersForm,
        (),
        "At least two people, so that nobody is ever the only one. Volunteers and parents can be"
        " runners too. Each of them signs the policy and is trained before it is approved.",
    ),
    Step(
        "trial",
        "How would you try it first?",
        forms.TrialForm,
        ("pilot_group", "pilot_weeks", "pilot_goals"),
        "A new account begins small. After the trial the leadership team decides whether it stays.",
    ),
)
BY_SLUG: Mapping[str, Step] = {step.slug: step for step in STEPS}


def step_after(step: Step) -> Step | None:
    return STEPS[STEPS.index(step) + 1] if step is not STEPS[-1] else None


def step_before(step: Step) -> Step | None:
    return STEPS[STEPS.index(step) - 1] if step is not STEPS[0] else None


def is_answered(step: Step, case: BusinessCase, runners: int) -> bool:
    """Whether the step holds what sending asks for; the trial and the department may stay open."""
    if step.slug == "runners":
        return runners > 0
    needed = [name for name in step.fields if name != "department"]
    return all(getattr(case, name) not in ("", None) for name in needed)
