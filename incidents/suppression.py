"""Which counts of a report may be shown, so that nothing can be worked out about the others.

Pure functions. A report is a number of cases and tables that divide all of them (each case is in
one cell of each table). The rules, and what they keep (`docs/decisions/figures-that-tell-nothing`):

    total     shown from `smallest` on; below it nothing else of the place is shown either
    cell      below `smallest`, none included, it is not shown
    company   hidden cells of a table are at least two and come to `smallest` or more, or there are
              none; else one more cell is hidden, by lot, so that the choice itself tells nothing
    places    a trust's figures are sums of what its schools show, and of a pool of the schools that
              show nothing: what follows from what is shown tells nothing more
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

NEVER_BELOW = 3
Counts = Mapping[str, int]
Tables = Mapping[str, Counts]
Shown = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Place:
    """What is true of one school: never shown, never stored."""

    total: int
    tables: Tables
    smallest: int


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown. None: it is not; `floors` has what a hidden sum comes to at least."""

    total: int | None
    tables: dict[str, Shown]
    floors: dict[str, dict[str, int]] = field(default_factory=dict)
    floor: int = 0


def report_of(place: Place, lot: random.Random) -> Report:
    """What a school shows of itself. Raises ValueError for tables that do not divide the whole."""
    smallest = max(NEVER_BELOW, place.smallest)
    for name, counts in place.tables.items():
        if sum(counts.values()) != place.total or min(counts.values()) < 0:
            raise ValueError(f"{name} does not divide the whole.")
    if place.total < smallest:
        return Report(None, {name: dict.fromkeys(row) for name, row in place.tables.items()})
    return Report(
        place.total, {name: table(row, smallest, lot) for name, row in place.tables.items()}
    )


def table(counts: Counts, smallest: int, lot: random.Random) -> Shown:
    """A table whose total is known, with every cell that must not be known left out."""
    hidden = {name for name, number in counts.items() if number < smallest}
    shown = [name for name in counts if name not in hidden]
    while hidden and shown and not _in_company(hidden, counts, smallest):
        # Small ones rather than large ones. That any may be drawn is what hides the reason.
        drawn = lot.choices(shown, weights=[1 / counts[name] for name in shown])[0]
        hidden.add(drawn)
        shown.remove(drawn)
    return {name: None if name in hidden else number for name, number in counts.items()}


def _in_company(hidden: Iterable[str], counts: Counts, smallest: int) -> bool:
    numbers = [counts[name] for name in hidden]
    return len(numbers) > 1 and sum(numbers) >= smallest


def report_across(
    places: Sequence[Place], reports: Sequence[Report], smallest: int, lot: random.Random
) -> Report:
    """What a trust shows, from what its schools show: sums, and floors of sums."""
    silent = [one for one, said in zip(places, reports, strict=True) if said.total is None]
    parts = [said for said in reports if said.total is not None]
    pool = _pool(silent, max(NEVER_BELOW, smallest), lot)
    if pool is not None:
        parts.append(pool)
    whole = pool is not None or not silent
    names = {name: list(row) for one in places for name, row in one.tables.items()}
    tables: dict[str, Shown] = {}
    floors: dict[str, dict[str, int]] = {}
    for name, cells in names.items():
        columns = {cell: [part.tables[name][cell] for part in parts] for cell in cells}
        sums = {cell: sum(n or 0 for n in numbers) for cell, numbers in columns.items()}
        known = {cell: whole and None not in numbers for cell, numbers in columns.items()}
        tables[name] = {cell: sums[cell] if known[cell] else None for cell in cells}
        floors[name] = {cell: sums[cell] for cell in cells if not known[cell] and sums[cell]}
    total = sum(part.total or 0 for part in parts)
    return Report(total if whole and parts else None, tables, floors, 0 if whole else total)


def _pool(silent: Sequence[Place], smallest: int, lot: random.Random) -> Report | None:
    """Schools that show nothing, as if they were one: only where each may have had no case."""
    total = sum(one.total for one in silent)
    most = [max(NEVER_BELOW, one.smallest) - 1 for one in silent]
    if any(one.total > limit for one, limit in zip(silent, most, strict=True)):
        return None  # counted again after its own report: it has grown
    if len(silent) < 2 or total < smallest or total > sum(most) - max(most):
        return None
    names = {name: list(row) for one in silent for name, row in one.tables.items()}
    summed = {
        name: {cell: sum(one.tables[name][cell] for one in silent) for cell in cells}
        for name, cells in names.items()
    }
    return report_of(Place(total, summed, smallest), lot)
