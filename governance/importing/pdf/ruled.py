"""Tables between lines: which lines make a grid, and what stands in its cells."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from governance.importing.pdf.content import Rule, Run

NEAR = 3.5  # points between lines that are meant to be one
SHORT = 6.0  # points: what is shorter is a tick or an arrow
MOST_LINES = 400  # each way, in one table


@dataclass
class Box:
    """A cell: its edges, the columns it covers, and the runs in it."""

    x0: float
    x1: float
    top: float
    bottom: float
    across: int
    goes_on: bool
    runs: list[Run]


@dataclass
class Ruled:
    """A table: its rows of cells, and where it stands."""

    rows: list[list[Box]]
    top: float
    bottom: float
    xs: list[float]


def find(runs: Sequence[Run], rules: Sequence[Rule]) -> tuple[list[Ruled], list[Run]]:
    """The tables from top to bottom, and the runs that stand in none."""
    level = _merged([rule for rule in rules if rule.y1 - rule.y0 < 1 <= rule.x1 - rule.x0], True)
    upright = _merged([rule for rule in rules if rule.x1 - rule.x0 < 1 <= rule.y1 - rule.y0], False)
    level = [rule for rule in level if rule.x1 - rule.x0 > SHORT]
    upright = [rule for rule in upright if rule.y1 - rule.y0 > SHORT]
    tables, left = [], list(runs)
    for lines in _together(level, upright):
        table = _grid(*lines)
        if table is None:
            continue
        left = _fill(table, left)
        if sum(1 for row in table.rows for box in row if box.runs) < 2:
            left += [run for row in table.rows for box in row for run in box.runs]
            continue
        tables.append(table)
    return sorted(tables, key=lambda table: -table.top), left


def _merged(rules: Sequence[Rule], level: bool) -> list[Rule]:
    """Pieces of one line, and lines drawn twice, as one."""
    found: list[Rule] = []
    at, start, end = _ways(level)
    for rule in sorted(rules, key=lambda rule: (round(at(rule) / 2), start(rule))):
        last = found[-1] if found else None
        if last and abs(at(last) - at(rule)) <= 2 and start(rule) <= end(last) + NEAR:
            longer = max(end(last), end(rule))
            found[-1] = (
                Rule(last.x0, last.y0, longer, last.y1)
                if level
                else Rule(last.x0, last.y0, last.x1, longer)
            )
        else:
            found.append(rule)
    return found


Way = Callable[[Rule], float]


def _ways(level: bool) -> tuple[Way, Way, Way]:
    """Where a line is, where it starts and where it ends."""
    if level:
        return (lambda rule: rule.y0), (lambda rule: rule.x0), (lambda rule: rule.x1)
    return (lambda rule: rule.x0), (lambda rule: rule.y0), (lambda rule: rule.y1)


def _together(
    level: Sequence[Rule], upright: Sequence[Rule]
) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that touch each other, each way."""
    groups: list[tuple[list[Rule], list[Rule]]] = []
    waiting = list(upright[: MOST_LINES * 4])
    lines = list(level[: MOST_LINES * 4])
    while waiting:
        ups, downs = [waiting.pop()], list[Rule]()
        grew = True
        while grew:
            near = [one for one in lines if any(_touch(one, up) for up in ups)]
            lines = [one for one in lines if one not in near]
            downs += near
            more = [up for up in waiting if any(_touch(one, up) for one in downs)]
            waiting = [up for up in waiting if up not in more]
            ups += more
            grew = bool(near or more)
        groups.append((downs, ups))
    return groups


def _touch(level: Rule, upright: Rule) -> bool:
    return (
        level.x0 - NEAR <= upright.x0 <= level.x1 + NEAR
        and upright.y0 - NEAR <= level.y0 <= upright.y1 + NEAR
    )


def _grid(level: list[Rule], upright: list[Rule]) -> Ruled | None:
    xs = _distinct([rule.x0 for rule in upright])
    ys = _distinct([rule.y0 for rule in level])[::-1]
    if not (2 <= len(xs) <= MOST_LINES and 2 <= len(ys) <= MOST_LINES):
        return None
    rows = []
    for top, bottom in itertools.pairwise(ys):
        row: list[Box] = []
        for x0, x1 in itertools.pairwise(xs):
            if row and not _parted(upright, x0, (top + bottom) / 2, level=False):
                row[-1].x1 = x1
                row[-1].across += 1
                continue
            row.append(Box(x0, x1, top, bottom, 1, goes_on=False, runs=[]))
        for box in row:
            middle = (box.x0 + box.x1) / 2
            box.goes_on = top != ys[0] and not _parted(level, top, middle, level=True)
        rows.append(row)
    return Ruled(rows, ys[0], ys[-1], xs)


def _distinct(values: Sequence[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > NEAR:
            found.append(value)
    return found


def _parted(rules: Sequence[Rule], at: float, through: float, *, level: bool) -> bool:
    """Whether a line runs here, past this point."""
    place, start, end = _ways(level)
    return any(
        abs(place(rule) - at) <= NEAR and start(rule) - 1 <= through <= end(rule) + 1
        for rule in rules
    )


def _fill(table: Ruled, runs: Sequence[Run]) -> list[Run]:
    """Put each run into its cell; hands back those outside."""
    left = []
    for run in runs:
        box = _box_of(table, (run.x0 + run.x1) / 2, run.y + run.size * 0.3)
        if box is None:
            left.append(run)
        else:
            box.runs.append(run)
    _lift(table)
    return left


def _box_of(table: Ruled, x: float, y: float) -> Box | None:
    if not (table.bottom - 1 <= y <= table.top + 1):
        return None
    for row in table.rows:
        if row and row[0].bottom <= y <= row[0].top:
            return next((box for box in row if box.x0 - 1 <= x <= box.x1 + 1), None)
    return None


def _lift(table: Ruled) -> None:
    """The words of a cell that covers several rows belong to the first of them."""
    for above, below in itertools.pairwise(table.rows):
        for box in below:
            if box.goes_on and box.runs:
                over = next((one for one in above if abs(one.x0 - box.x0) <= NEAR), None)
                while over is not None and over.goes_on:
                    index = table.rows.index(next(r for r in table.rows if over in r)) - 1
                    over = next(
                        (one for one in table.rows[index] if abs(one.x0 - box.x0) <= NEAR), None
                    )
                if over is not None:
                    over.runs += box.runs
                    box.runs = []
