"""What a vote, and what a signature under the risks, is about: hashes of the very words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from approvals.models import BusinessCase

PARTS = (
    "platform", "name", "department", "aim", "audience", "promotion", "access", "faces_pupils",
    "shows_pupils", "pilot_group", "pilot_goals", "pilot_weeks",
)  # fmt: skip
# What changes the risks without a word of them being changed.
SETTING_OF_RISKS = ("platform", "access", "faces_pupils", "shows_pupils")
RISK = ("what", "likelihood", "impact", "mitigation", "likelihood_after", "impact_after")
ANSWER = ("question", "verdict", "text", "person", "date", "link", "note", "mitigation")


def content_of(case: BusinessCase) -> dict[str, Any]:
    """Everything the leadership team votes on, in a fixed order."""
    return {
        "parts": {name: getattr(case, name) for name in PARTS},
        "runners": sorted(case.runners.values_list("person", flat=True)),
        "answers": sorted(
            (list(row) for row in case.answers.values_list(*ANSWER)), key=lambda row: str(row[0])
        ),
        "risks": _risks(case),
    }


def content_hash(case: BusinessCase) -> str:
    """A vote counts for this and for nothing else (E2)."""
    return _digest(content_of(case))


def risk_content(
    case: BusinessCase, risks: Iterable[Sequence[Any]] | None = None
) -> dict[str, Any]:
    """What an assessor signs: the risks, and what they are risks of.

    `risks`: rows of RISK, where they were read for many cases at once.
    """
    setting = {name: getattr(case, name) for name in SETTING_OF_RISKS}
    rows = _risks(case) if risks is None else sorted(map(list, risks))
    return {"setting": setting, "risks": rows}


def risk_hash(case: BusinessCase, risks: Iterable[Sequence[Any]] | None = None) -> str:
    """An assessor's signature counts for this and for nothing else (A5)."""
    return _digest(risk_content(case, risks))


def _risks(case: BusinessCase) -> list[list[Any]]:
    return sorted(map(list, case.risks.values_list(*RISK)))


def _digest(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
