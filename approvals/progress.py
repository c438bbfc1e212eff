"""How far a business case is on its way to the leadership team: the list on its check page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from approvals.considerations import considered
from approvals.models import Side
from approvals.questions import STEPS, is_answered
from approvals.risks import signatures

if TYPE_CHECKING:
    from approvals.models import BusinessCase


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on the list. `state`: done, doing or todo, as the page's words and colours."""

    title: str
    url: str
    state: str
    words: str


def items(case: BusinessCase, runners: int) -> Iterator[Item]:
    """The questions, the considerations, the risks and who signed them. Five queries."""
    where = [case.organisation.slug, case.number]
    for step in STEPS:
        done = is_answered(step, case, runners)
        yield Item(
            step.title,
            reverse("approvals:question", args=[*where, step.slug]),
            "done" if done else "todo",
            "Answered" if done else "Not answered yet",
        )
    rows = considered(case)
    answered = sum(row.answer is not None for row in rows)
    yield Item(
        "Things to consider",
        reverse("approvals:checklist", args=where),
        _state(answered, len(rows)),
        f"{answered} of {len(rows)} answered",
    )
    risks, signed = case.risks.count(), len(signatures(case))
    yield Item(
        "What could go wrong",
        reverse("approvals:risks", args=where),
        _state(signed + bool(risks), len(Side) + 1),
        f"{risks} {'risk' if risks == 1 else 'risks'}, signed by {signed} of {len(Side)}",
    )


def _state(have: int, of: int) -> str:
    return "done" if have >= of else "doing" if have else "todo"
