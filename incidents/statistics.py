"""What is counted of reports for governors and trusts, and how it is said (I9).

Each table divides the same cases. What is counted, and what is not so that no count tells anybody
that they are in a case: `docs/decisions/figures-that-tell-nothing.md`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from incidents.kinds import Body, Kind, Level
from incidents.models import Case, Referral, SupportOffer, Takedown
from incidents.suppression import Place
from incidents.visibility import keeps_somebody_out
from incidents.workflow import SET_ASIDE, Status
from incidents.workflow_parts import ReferralStatus, TakedownStatus
from people.models import Organisation

YES, NO = "yes", "no"
MADE = (ReferralStatus.MADE, ReferralStatus.ACKNOWLEDGED, ReferralStatus.OUTCOME)
# Whom governors may read of. The LADO is told of staff, and staff are not counted.
BODIES = (Body.POLICE, Body.SOCIAL_CARE, Body.PREVENT, Body.IWF, Body.ICO)
UNTIL = (("week", 7), ("month", 28), ("term", 84))
ENDINGS = {
    "none": "none", "advice": "advice", "parents_told": "parents", "privileges": "school",
    "detention": "school", "behaviour": "school", "complaint": "complaint", "removed": "right",
    "corrected": "right", "police": "law", "legal": "law",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """One way to divide the cases: its heading, and the words of its cells in their order."""

    title: str
    cells: Mapping[str, str]


TABLES: dict[str, Table] = {
    "kind": Table(
        "What was reported",
        {one.value: one.label for one in Kind if one != Kind.STAFF_CONDUCT},
    ),
    "severity": Table(
        "How serious it was",
        {Level.RED.value: "Red", Level.AMBER.value: "Amber", Level.GREEN.value: "Green",
         "none": "Not assessed yet"},
    ),
    "days": Table(
        "How long it took to close",
        {"week": "A week or less", "month": "Up to four weeks", "term": "Up to twelve weeks",
         "longer": "Longer", "open": "Still open"},
    ),
    "ending": Table(
        "How it ended",
        {"none": "No further action", "advice": "Words of advice", "parents": "Parents told",
         "school": "Behaviour policy, detention or access taken away",
         "complaint": "Complaints procedure", "right": "Removed or put right",
         "law": "With the police, or legal action", "other": "Otherwise",
         "aside": "No action was needed", "open": "Still open"},
    ),
    "takedown": Table(
        "What was to be removed online",
        {"removed": "All of it was removed", "not_removed": "Some of it was not removed",
         "waiting": "Not answered yet", "none": "Nothing was to be removed"},
    ),
    "support": Table(
        "Support",
        {YES: "Support was offered to somebody", NO: "No offer is on record"},
    ),
    **{
        f"told_{body.value}": Table(str(body.label), {YES: "Told", NO: "Not told"})
        for body in BODIES
    },
}  # fmt: skip


def counted(organisation: Organisation, first: date, last: date) -> QuerySet[Case]:
    """The cases of these days that anybody may count.

    None about a member of staff, none that a fact keeps somebody out of, none that only those who
    were let in see: whoever knows all others could tell from the sum that there is one more.
    """
    zone = organisation.zone
    since = datetime.combine(first, time(), zone)
    before = datetime.combine(last + timedelta(days=1), time(), zone)
    return (
        Case.objects.filter(
            organisation=organisation, reported_at__gte=since, reported_at__lt=before,
            about_staff=False, restricted=False, without_handler=False,
        )
        .exclude(status__in=(Status.DUPLICATE, Status.DISPOSED))
        .exclude(kind=Kind.STAFF_CONDUCT)
        .filter(~keeps_somebody_out())
        .order_by()
    )  # fmt: skip


def place_of(organisation: Organisation, first: date, last: date) -> Place:
    """The truth about these days, for `suppression` alone. One query."""
    rows = list(_annotated(counted(organisation, first, last)))
    found = [_cells(row) for row in rows]
    tables = {
        name: dict.fromkeys(table.cells, 0) | dict(Counter(one[name] for one in found))
        for name, table in TABLES.items()
    }
    smallest = int(organisation.setting("incidents.smallest_count"))
    return Place(len(rows), tables, smallest)


def _annotated(cases: QuerySet[Case]) -> Iterable[Any]:
    case = OuterRef("pk")
    down = Takedown.objects.filter(case=case)
    waits = ~Q(status__in=(TakedownStatus.REMOVED, TakedownStatus.NOT_REMOVED))
    made = Referral.objects.filter(case=case, status__in=MADE)
    return cases.values(
        "kind", "severity", "status", "outcome", "reported_at", "ended_at",
        any_down=Exists(down),
        waiting=Exists(down.filter(waits)),
        kept_up=Exists(down.filter(status=TakedownStatus.NOT_REMOVED)),
        supported=Exists(SupportOffer.objects.filter(case=case)),
        **{f"told_{body.value}": Exists(made.filter(body=body)) for body in BODIES},
    )  # fmt: skip


def _cells(row: dict[str, Any]) -> dict[str, str]:
    """In which cell of each table a case is."""
    return {
        "kind": row["kind"],
        "severity": row["severity"] or "none",
        "days": _days(row["reported_at"], row["ended_at"]),
        "ending": _ending(row),
        "takedown": _takedown(row),
        "support": YES if row["supported"] else NO,
        **{f"told_{body.value}": YES if row[f"told_{body.value}"] else NO for body in BODIES},
    }


def _days(reported_at: datetime, ended_at: datetime | None) -> str:
    if ended_at is None:
        return "open"
    days = (ended_at - reported_at).days
    return next((name for name, most in UNTIL if days <= most), "longer")


def _ending(row: dict[str, Any]) -> str:
    if row["ended_at"] is None:
        return "open"
    if row["status"] in SET_ASIDE:
        return "aside"
    return ENDINGS.get(row["outcome"], "other")


def _takedown(row: dict[str, Any]) -> str:
    if not row["any_down"]:
        return "none"
    if row["waiting"]:
        return "waiting"
    return "not_removed" if row["kept_up"] else "removed"
