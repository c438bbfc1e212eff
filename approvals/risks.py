"""The risks of an account in words, and which signatures under them are missing (A5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.content import risk_hash
from approvals.models import Side

if TYPE_CHECKING:
    from approvals.models import BusinessCase, Risk, RiskSignature
    from people.models import Organisation

LIKELIHOOD = {
    1: "Hardly ever",
    2: "Seldom",
    3: "Now and then",
    4: "Often",
    5: "Almost certainly",
}
IMPACT = {
    1: "Hardly any harm",
    2: "Little harm",
    3: "Some harm",
    4: "Serious harm",
    5: "Very serious harm",
}
# From so many points on, up to 25. High begins where the school says.
MEDIUM_FROM = 6
VERY_HIGH_FROM = 20
FOR_SIDE = {
    Side.EDUCATIONAL: "for teaching and pupils",
    Side.TECHNICAL: "for the technical side",
}


@dataclass(frozen=True, slots=True)
class Level:
    """How grave so many points are. `tone` is a colour of the page, never without the word."""

    word: str
    tone: str


LOW = Level("Low", "good")
MEDIUM = Level("Medium", "neutral")
HIGH = Level("High", "warning")
VERY_HIGH = Level("Very high", "danger")


def high_from(organisation: Organisation) -> int:
    """From how many points a risk counts as high at this school."""
    return int(organisation.setting("approvals.high_risk"))


def level(points: int, high: int) -> Level:
    """The word for likelihood times impact, where `high` is what the school calls high."""
    if points >= max(VERY_HIGH_FROM, high):
        return VERY_HIGH
    if points >= high:
        return HIGH
    return MEDIUM if points >= MEDIUM_FROM else LOW


def residual(case: BusinessCase) -> int:
    """The highest of its risks when everything is done about them, 1 to 25; 0 without any."""
    return highest(case.risks.all())


def highest(risks: Iterable[Risk]) -> int:
    return max((risk.after for risk in risks), default=0)


def signatures(case: BusinessCase) -> dict[str, RiskSignature]:
    """Who signed the risks as they stand now, by side."""
    rows = case.risk_signatures.filter(risk_hash=risk_hash(case)).select_related("person")
    return {row.side: row for row in rows}


def missing_signatures(case: BusinessCase) -> Iterator[str]:
    """A sentence for each thing the assessment of the risks still lacks (A5, E4)."""
    if not case.risks.exists():
        yield "No risk is listed yet: say what could go wrong."
        return
    signed = signatures(case)
    asked = {row.side: row.person for row in case.assessors.select_related("person")}
    for side, words in FOR_SIDE.items():
        if side not in signed:
            whom = f": {asked[side]} is asked to" if side in asked else ": nobody is asked to yet"
            yield f"The risks are not signed {words}{whom}."
    if len({row.person_id for row in signed.values()}) < len(signed):
        yield "One person signed the risks for both sides. It takes two."
