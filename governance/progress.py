"""How far a school has come: figures and lists of who has and has not signed.

All of it is `pairs()` narrowed down and counted by the database; nothing loops over people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Case, Count, Q, QuerySet, Value, When

from governance.models import Policy
from governance.obligations import Grace, pairs, past_due
from people.models import Organisation
from web.joins import joined_by_hashing
from web.prepared import prepared

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


def signer_figures(
    policy: Policy, organisation: Organisation, grace: Grace, on: date
) -> dict[str, Figures]:
    """Figures of one policy at a school for each department: `figures_by`, compiled once."""
    limits = grace.limits(on)
    rows = _signer_states(policy_id=policy.pk, organisation_id=organisation.pk, on=on, **limits)
    return _counted(rows, 1)


@prepared
def _signer_states(
    *,
    policy_id: int,
    organisation_id: int,
    on: date,
    asked_before: datetime,
    joined_before: date,
    back_before: date,
) -> QuerySet[Any, tuple[Any, ...]]:
    late = past_due(asked_before=asked_before, joined_before=joined_before, back_before=back_before)
    rows = pairs(on).filter(organisation=organisation_id, policy_ref=policy_id)
    return _states(rows, late, ("department",))


def school_figures(
    organisation: Organisation, grace: Grace, on: date
) -> dict[tuple[int, str], Figures]:
    """Figures of a school for each (policy, department): `figures_by`, compiled once."""
    rows = _school_states(organisation_id=organisation.pk, on=on, **grace.limits(on))
    return _counted(rows, 2)


@prepared
def _school_states(
    *,
    organisation_id: int,
    on: date,
    asked_before: datetime,
    joined_before: date,
    back_before: date,
) -> QuerySet[Any, tuple[Any, ...]]:
    late = past_due(asked_before=asked_before, joined_before=joined_before, back_before=back_before)
    rows = pairs(on).filter(organisation=organisation_id)
    return _states(rows, late, ("policy_ref", "department"))


def figures_by(
    rows: QuerySet[Pair, Pair], grace: Grace, on: date, *columns: str
) -> dict[Any, Figures]:
    """Figures for each value of the columns (a tuple when there are several), in one query."""
    return _figures(rows, grace.past_due(on), columns)


def _state(late: Q) -> Case:
    """The one state of a pair. Its signature is looked for first, then what is left."""
    return Case(
        When(signed_at__isnull=False, then=Value("signed")),
        When(exempt=True, then=Value("exempt")),
        When(late, then=Value("overdue")),
        default=Value("pending"),
    )


def _figures(rows: QuerySet[Pair, Pair], late: Q, columns: tuple[str, ...]) -> dict[Any, Figures]:
    return _counted(_states(rows, late, columns), len(columns))


def _states(
    rows: QuerySet[Pair, Pair], late: Q, columns: tuple[str, ...]
) -> QuerySet[Any, tuple[Any, ...]]:
    """Each pair is counted in its one state: the columns, the state, how many."""
    counted: QuerySet[Any, tuple[Any, ...]] = (
        rows.order_by()
        .annotate(state=_state(late))
        .values_list(*columns, "state")
        .annotate(n=Count("pk"))
        .order_by(*columns)
    )
    return counted


def _counted(rows: Iterable[tuple[Any, ...]], width: int) -> dict[Any, Figures]:
    found: dict[Any, Counter[str]] = {}
    for row in rows:
        key = row[0] if width == 1 else row[:width]
        found.setdefault(key, Counter())[row[-2]] += row[-1]
    return {
        key: Figures(states["signed"], states["exempt"], states["overdue"], states.total())
        for key, states in found.items()
    }


def latest_people(rows: QuerySet[Pair, Pair], grace: Grace, on: date, most: int) -> dict[int, int]:
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
    return signers_of(policy.pk, organisation.pk, on)


def signers_of(policy_id: int, organisation_id: int, on: date) -> QuerySet[Pair, Pair]:
    """The same by ids."""
    return (
        pairs(on)
        .filter(organisation=organisation_id, policy_ref=policy_id)
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

    By the place's id, or by (id, *columns). Two queries, and two words to PostgreSQL around them.
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
    states = _states(rows, late, ("organisation", *columns))
    return _counted(joined_by_hashing(states.iterator()), 1 + len(columns))


def with_due(rows: Iterable[Pair], grace: Grace) -> list[tuple[Pair, date]]:
    """Each row with the day its signature is, or was, due."""
    return [(row, grace.due_on(row.asked_at, row.starts_on, row.exempt_until)) for row in rows]
