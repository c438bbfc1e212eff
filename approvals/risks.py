"""The risks of an account in words, and which signatures under them are missing (A5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from approvals.content import RISK, SETTING_OF_RISKS, risk_hash
from approvals.models import BusinessCase, Side

if TYPE_CHECKING:
    from approvals.models import Assessor, Risk, RiskSignature
    from people.models import Organisation, User

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


def bands(organisation: Organisation) -> list[tuple[str, str]]:
    """From how many points to how many each word counts at this school."""
    high = high_from(organisation)
    found: dict[str, list[int]] = {}
    for points in range(1, 26):
        found.setdefault(level(points, high).word, []).append(points)
    return [(f"{each[0]} to {each[-1]}", word) for word, each in found.items()]


def residual(case: BusinessCase) -> int:
    """The highest of its risks when everything is done about them, 1 to 25; 0 without any."""
    return highest(case.risks.all())


def highest(risks: Iterable[Risk]) -> int:
    return max((risk.after for risk in risks), default=0)


def signatures(
    case: BusinessCase, risks: Iterable[Sequence[Any]] | None = None
) -> dict[str, RiskSignature]:
    """Who signed the risks as they stand now, by side. `risks`: rows of RISK, if they are known."""
    now = risk_hash(case, risks)
    rows = case.risk_signatures.filter(risk_hash=now).select_related("person")
    return {row.side: row for row in rows}


def missing_signatures(case: BusinessCase) -> Iterator[str]:
    """A sentence for each thing the assessment of the risks still lacks (A5, E4)."""
    risks = list(case.risks.values_list(*RISK))
    if not risks:
        yield "No risk is listed yet: say what could go wrong."
        return
    signed = signatures(case, risks)
    asked = {row.side: row.person for row in case.assessors.select_related("person")}
    for side, words in FOR_SIDE.items():
        if side not in signed:
            whom = f"{asked[side]} has" if side in asked else "nobody has"
            yield f"The risks are not signed {words}: {whom} been asked."
    if len({row.person_id for row in signed.values()}) < len(signed):
        yield "One person signed the risks for both sides. It takes two."


@dataclass(frozen=True, slots=True)
class RiskInWords:
    """A risk as pages show it: each number with its word."""

    risk: Risk
    before: Level
    after: Level

    @property
    def before_label(self) -> str:
        return f"{self.before.word}, {self.risk.before} of 25"

    @property
    def after_label(self) -> str:
        return f"{self.after.word}, {self.risk.after} of 25"

    @property
    def before_words(self) -> str:
        return _words(self.risk.likelihood, self.risk.impact)

    @property
    def after_words(self) -> str:
        return _words(self.risk.likelihood_after, self.risk.impact_after)


@dataclass(frozen=True, slots=True)
class SideState:
    """Where one side of the assessment stands. `stale`: their last signature, of earlier risks."""

    side: Side
    words: str
    asked: Assessor | None
    signed: RiskSignature | None
    stale: RiskSignature | None
    is_mine: bool


def _words(likelihood: int, impact: int) -> str:
    return f"{LIKELIHOOD[likelihood]}, {IMPACT[impact].lower()}"


def in_words(case: BusinessCase) -> list[RiskInWords]:
    """Its risks, the gravest first."""
    high = high_from(case.organisation)
    risks = sorted(case.risks.all(), key=lambda risk: (-risk.after, -risk.before, risk.pk))
    return [RiskInWords(one, level(one.before, high), level(one.after, high)) for one in risks]


def sides(case: BusinessCase, user: User) -> list[SideState]:
    """Both sides of the assessment, for the page. Three queries."""
    now = risk_hash(case)
    rows = list(case.risk_signatures.select_related("person"))
    asked = {row.side: row for row in case.assessors.select_related("person")}
    signed = {row.side: row for row in rows if row.risk_hash == now}
    earlier = {row.side: row for row in rows if row.risk_hash != now}
    return [
        SideState(
            side=side,
            words=words,
            asked=asked.get(side),
            signed=signed.get(side),
            stale=None if side in signed else earlier.get(side),
            is_mine=side in asked and asked[side].person_id == user.pk,
        )
        for side, words in FOR_SIDE.items()
    ]


def changes(earlier: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """What is different from what was signed, a sentence each."""
    for name in SETTING_OF_RISKS:
        if earlier["setting"].get(name) != now["setting"].get(name):
            label = getattr(BusinessCase._meta.get_field(name), "verbose_name", name)
            yield f"The account itself: “{str(label).capitalize()}” has changed."
    before = {row[0]: dict(zip(RISK, row, strict=True)) for row in earlier["risks"]}
    after = {row[0]: dict(zip(RISK, row, strict=True)) for row in now["risks"]}
    for what in after.keys() - before.keys():
        yield f"New: “{what}”"
    for what in before.keys() - after.keys():
        yield f"Taken off or put in other words: “{what}”"
    for what in after.keys() & before.keys():
        if after[what] != before[what]:
            yield f"“{what}”: {' and '.join(_different(before[what], after[what]))}"


def _different(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    if before["mitigation"] != after["mitigation"]:
        yield "what is done about it has changed"
    for name, words in (("", "as it is"), ("_after", "when everything is done")):
        one, other = (f"likelihood{name}", f"impact{name}")
        if (before[one], before[other]) != (after[one], after[other]):
            was, now = before[one] * before[other], after[one] * after[other]
            yield f"{words}, it counts {now} in place of {was}"
