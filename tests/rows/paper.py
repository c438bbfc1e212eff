"""Signatures on paper and on a shared tablet, and figures of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance import sheets
from governance.services import groups
from people.roles import Role
from tests.access_roles import ALL, DASHBOARD, EXEMPTING, SIGNATURES, Rule, both, post
from tests.factories import make_user
from tests.governance.factories import make_policy
from tests.governance.paper import begin, on_record

if TYPE_CHECKING:
    from tests.pages import Place

RECORDING = EXEMPTING  # office, senior leaders, head, trust lead
COUNTING = RECORDING | DASHBOARD


def make(place: Place) -> None:
    school, head, witness = place.school, place.people[Role.HEAD], place.people[Role.SLT]
    policy = make_policy(school, by=head, title="Signed on paper")
    kitchen, cleaner = (make_user(Role.STAFF, at=school, name=f"Pat Paper{n}") for n in (1, 2))
    recorded = begin(policy, kitchen, by=head, witness=witness)
    place.rows["paper_policy"] = policy
    place.rows["paper_signature"] = on_record(recorded, by=head).signatures[0]
    place.rows["paper_sheet"] = recorded
    place.rows["group"] = groups.record(
        school, sheets.editions_at(policy, school)[0].version, by=head, audience="parents",
        group="Year 4", asked=30, signed=20, counted_on=school.today(), how="slips",
    )  # fmt: skip
    place.rows["paper_draft"] = begin(policy, cleaner, by=head, witness=witness)


def _of(name: str, attribute: str = "pk") -> Any:
    as_ = "reference" if attribute == "reference" else "pk"
    return lambda place, _user: {as_: getattr(place.rows[name], attribute)}


OF_A_POLICY = ["paper", "paper_print", "paper_new", "tablet_start", "group_new"]
OF_A_DRAFT = [
    "paper_change", "paper_people", "paper_scans", "paper_scan_remove", "paper_check",
    "paper_throw_away",
]  # fmt: skip
KWARGS = {
    **{f"governance:{name}": _of("paper_policy") for name in OF_A_POLICY},
    **{f"governance:{name}": _of("paper_draft") for name in OF_A_DRAFT},
    "governance:paper_sheet": _of("paper_sheet"),
    "governance:group": _of("group"),
    "governance:group_correct": _of("group"),
    "governance:annul": _of("paper_signature", "reference"),
    "governance:dispute": _of("paper_signature", "reference"),
}
RULES = {
    "governance:paper": Rule(RECORDING),
    "governance:paper_print": Rule(RECORDING),
    "governance:paper_new": both(RECORDING),
    "governance:paper_sheet": Rule(RECORDING),
    "governance:paper_change": both(RECORDING),
    "governance:paper_people": both(RECORDING),
    "governance:paper_scans": both(RECORDING),
    "governance:paper_scan_remove": post(RECORDING),
    "governance:paper_check": both(RECORDING),
    "governance:paper_throw_away": post(RECORDING),
    "governance:annul": both(RECORDING, seen=SIGNATURES),
    "governance:tablet_start": both(RECORDING),
    # Home, while no tablet is handed round: tests/governance/test_paper_tablet.py.
    **dict.fromkeys(["governance:tablet", "governance:tablet_end"], both(ALL)),
    **dict.fromkeys(["governance:tablet_read", "governance:tablet_done"], Rule(ALL)),
    "governance:tablet_sign": post(ALL),
    "governance:groups": Rule(COUNTING),
    "governance:group": Rule(COUNTING),
    "governance:group_new": both(RECORDING),
    "governance:group_correct": both(RECORDING),
    # Only to the person whose signature it is: tests/governance/test_paper_corrections.py.
    "governance:dispute": both(frozenset(), seen=frozenset()),
}
