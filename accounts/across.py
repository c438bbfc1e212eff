"""The accounts of a trust at a glance: one line for each school, in six queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from accounts import listing
from accounts.models import MissedRotation
from accounts.workflow import IN_USE, PAUSED
from people.models import Organisation, User

# What a column counts, in the words of its heading; each leads to the accounts it counts.
COLUMNS = {
    "few": "Too few runners",
    "unfit": "Runner lacks something",
    "overdue": "Password overdue",
    "asleep": "Asleep",
    "unauthorised": "Nobody agreed to it",
}
ONLY = {
    "": "All",
    "attention": "Something to be looked at",
    **COLUMNS,
    "missed": "A term without a change",
    "none": "No account on the register",
}
EXPORT_HEADER = (
    "School", "Accounts", "In use", "In order", "In order (%)", "Restricted or suspended",
    *COLUMNS.values(), "Terms without a change",
)  # fmt: skip


@dataclass
class SchoolLine:
    """One school: how many accounts it has, how many are in order, what the others lack."""

    school: Organisation
    accounts: int = 0
    in_use: int = 0
    in_order: int = 0
    paused: int = 0
    missed: int = 0
    flags: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> int:
        """How many of a hundred in use are in order; nothing in use leaves nothing to do."""
        return 100 * self.in_order // self.in_use if self.in_use else 100

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """(flag, its words, how many) for each column."""
        return [(flag, words, self.flags[flag]) for flag, words in COLUMNS.items()]

    def has(self, only: str) -> bool:
        match only:
            case "":
                return True
            case "attention":
                return bool(self.flags)
            case "missed":
                return self.missed > 0
            case "none":
                return self.accounts == 0
        return self.flags[only] > 0

    def note(self, row: listing.Row) -> None:
        in_use = row.account.status in IN_USE
        self.accounts += 1
        self.in_use += in_use
        self.paused += row.account.status in PAUSED
        self.in_order += in_use and not row.flags and row.account.status not in PAUSED
        self.flags.update(row.flags)


def lines(
    place: Organisation, user: User, filters: Mapping[str, Any], now: datetime
) -> list[SchoolLine]:
    """Every school of this trust that fits the filters, or this school, by name."""
    schools = Organisation.objects.filter(Q(pk=place.pk) | Q(parent=place)).select_related("parent")
    if text := filters.get("q"):
        schools = schools.filter(name__icontains=text)
    found = {school.pk: SchoolLine(school) for school in schools.order_by("name", "pk")}
    accounts = listing.accounts_at(place, user, {})
    for row in listing.rows(accounts, now):
        if line := found.get(row.account.organisation_id):
            line.note(row)
    for pk, count in _missed(place, user):
        if line := found.get(pk):
            line.missed = count
    if place.kind == Organisation.Kind.TRUST and place.pk in found and not found[place.pk].accounts:
        del found[place.pk]  # its own line says something only where it has accounts itself
    return [line for line in found.values() if line.has(filters.get("only") or "")]


def _missed(place: Organisation, user: User) -> Iterable[tuple[int, int]]:
    """How many terms ended without a change, by school: kept for good, closed accounts' too."""
    of_them = Q(account__organisation=place) | Q(account__organisation__parent=place)
    rows = MissedRotation.objects.visible_to(user).filter(of_them).order_by()
    return rows.values_list("account__organisation").annotate(n=Count("pk"))


def total(found: Iterable[SchoolLine]) -> SchoolLine:
    """All of them together."""
    whole = SchoolLine(Organisation(name="Altogether"))
    for line in found:
        whole.accounts += line.accounts
        whole.in_use += line.in_use
        whole.in_order += line.in_order
        whole.paused += line.paused
        whole.missed += line.missed
        whole.flags.update(line.flags)
    return whole


def export_rows(found: Iterable[SchoolLine]) -> Iterator[tuple[Any, ...]]:
    """Rows under EXPORT_HEADER."""
    for line in found:
        yield (
            line.school.name, line.accounts, line.in_use, line.in_order, line.share, line.paused,
            *(count for _, _, count in line.counts), line.missed,
        )  # fmt: skip
