"""How far a school has come: figures and lists of who has and has not signed.

All of it is `pairs()` narrowed down and counted by the database; nothing loops over people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Case, Count, Q, QuerySet, Value, When

from governance.models import Policy
from governance.obligations import Grace, pairs
from people.models import Organisation

if TYPE_CHECKING:
    from governance.obligations import Pair

SIGNED = Q(signed_at__isnull=False)
EXEMPT = Q(signed_at=None, exempt=True)
PENDING = Q(signed_at=None, exempt=False)


@dataclass(frozen=True, slots=True)
class Figures:
    """Signatures given and owed. Exempt people stand apart and are left out of the share."""

    signed: int = 0
    exempt: int = 0
    overdue: int = 0
    total: int = 0

    @property
    def expected(self) -> int:
        return self.total - self.exempt

    @property
    def pending(self) -> int:
        """Not signed and not overdue."""
        return self.expected - self.signed - self.overdue

    @property
    def percent(self) -> int | None:
        """Whole per cent signed, rounded down: 100 means everyone. None: nobody is expected."""
        return self.signed * 100 // self.expected if self.expected else None

    def __add__(self, other: Self) -> Figures:
        return Figures(
            self.signed + other.signed,
            self.exempt + other.exempt,
            self.overdue + other.overdue,
            self.total + other.total,
        )


def at(organisation: Organisation, on: date) -> QuerySet[Pair, Pair]:
    """The pairs at one school (for a trust: among its own people)."""
    return pairs(on).filter(organisation=organisation)


def figures_by(
    rows: QuerySet[Pair, Pair], grace: Grace, on: date, *columns: str
) -> dict[Any, Figures]:
    """Figures for each value of the columns (a tuple when there are several), in one query."""
    return _figures(rows, grace.past_due(on), columns)


def _state(past_due: Q) -> Case:
    """The one state of a pair. Its signature is looked for first, then what is left."""
    return Case(
        When(signed_at__isnull=False, then=Value("signed")),
        When(exempt=True, then=Value("exempt")),
        When(past_due, then=Value("overdue")),
        default=Value("pending"),
    )


def _figures(
    rows: QuerySet[Pair, Pair], past_due: Q, columns: tuple[str, ...]
) -> dict[Any, Figures]:
    """Each pair is counted in its one state."""
    counted = (
        rows.order_by()
        .annotate(state=_state(past_due))
        .values_list(*columns, "state")
        .annotate(n=Count("pk"))
        .order_by(*columns)
    )
    width, found = len(columns), dict[Any, Counter[str]]()
    for row in counted:
        key = row[0] if width == 1 else row[:width]
        found.setdefault(key, Counter())[row[-2]] += row[-1]
    return {
        key: Figures(states["signed"], states["exempt"], states["overdue"], states.total())
        for key, states in found.items()
    }


def latest_people(
    rows: QuerySet[Pair, Pair], grace: Grace, on: date, most: int
) -> dict[int, int]:
    """The memberships with the most overdue signatures, with how many."""
    late = (
        rows.order_by()
        .annotate(state=_state(grace.past_due(on)))
        .filter(state="overdue")
        .values("pk")
        .annotate(late=Count("pk"))
        .order_by("-late", "pk")[:most]
    )
    return {row["pk"]: row["late"] for row in late}


def total(figures: dict[Any, Figures]) -> Figures:
    return sum(figures.values(), Figures())


def along(figures: dict[tuple[Any, ...], Figures], column: int) -> dict[Any, Figures]:
    """Figures by several columns, added up along one of them."""
    found: dict[Any, Figures] = {}
    for key, one in figures.items():
        found[key[column]] = found.get(key[column], Figures()) + one
    return dict(sorted(found.items()))


def count_in_state(figures: Figures, state: str) -> int:
    """How many of those counted are in one of STATES."""
    counts = {
        "signed": figures.signed,
        "not_signed": figures.expected - figures.signed,
        "overdue": figures.overdue,
        "exempt": figures.exempt,
    }
    return counts.get(state, figures.total)


STATES = {
    "": "Everyone",
    "signed": "Signed",
    "not_signed": "Not signed",
    "overdue": "Overdue",
    "exempt": "Exempt",
}


def in_state(state: str, grace: Grace, on: date) -> Q:
    """The condition behind one of STATES."""
    conditions = {
        "signed": SIGNED,
        "not_signed": PENDING,
        "overdue": grace.overdue(on),
        "exempt": EXEMPT,
    }
    return conditions.get(state, Q())


def signers(policy: Policy, organisation: Organisation, on: date) -> QuerySet[Pair, Pair]:
    """One row for each person of the school whom the policy covers."""
    return (
        at(organisation, on)
        .filter(policy_ref=policy.pk)
        .select_related("person", "line_manager")
        .only("job_title", "department", "starts_on", "person__name", "line_manager__name")
        .order_by("person__sort_name", "person__name", "pk")
    )


def across(trust: Organisation, on: date) -> dict[int, Figures]:
    """Figures of each school below a trust, by its id, each by its own rules. Two queries."""
    return by_place(trust, on)


def by_place(
    trust: Organisation, on: date, *columns: str, document: Policy | None = None
) -> dict[Any, Figures]:
    """Figures of each place a trust reaches, parted by the columns; of one document, or of all.

    By the place's id, or by (id, *columns). Two queries.
    """
    schools = Organisation.objects.filter(reached_from__above=trust).select_related("parent")
    by_rule: dict[Grace, list[int]] = {}
    for school in schools:
        by_rule.setdefault(Grace.at(school), []).append(school.pk)
    late = Q(pk__in=[])
    for grace, ids in by_rule.items():
        late |= grace.past_due(on) & Q(organisation__in=ids)
    rows = pairs(on).filter(organisation__reached_from__above=trust)
    if document is not None:
        rows = rows.filter(document_ref=document.pk)
    return _figures(rows, late, ("organisation", *columns))


def with_due(rows: Iterable[Pair], grace: Grace) -> list[tuple[Pair, date]]:
    """Each row with the day its signature is, or was, due."""
    return [(row, grace.due_on(row.asked_at, row.starts_on, row.exempt_until)) for row in rows]
