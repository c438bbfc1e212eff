"""Counts of a report against somebody who knows the rules and tries every possibility."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.suppression import Place, Report, report_across, report_of, table

pytestmark = [pytest.mark.once, pytest.mark.demand("F1")]
SMALLEST = 5
LOT = random.Random(1)


@cache
def fillings(total: int, cells: int) -> list[tuple[int, ...]]:
    """Every way to divide so many cases among so many cells."""
    if cells == 1:
        return [(total,)]
    return [
        (first, *rest) for first in range(total + 1) for rest in fillings(total - first, cells - 1)
    ]


def could_show(counts: Sequence[int]) -> Iterator[frozenset[int]]:
    """Every set of hidden cells that the rules could leave, read off the sentences of the page."""
    small = frozenset(n for n, number in enumerate(counts) if number < SMALLEST)
    if not small or (len(small) > 1 and sum(counts[n] for n in small) >= SMALLEST):
        yield small
        return
    others = [n for n in range(len(counts)) if n not in small]
    if not others:
        yield small
    for one in others:
        yield small | {one}


def attack(shown: Sequence[int | None], total: int) -> list[set[int]]:
    """What each cell can be for somebody who knows the total, the rules and all that is shown."""
    hidden = frozenset(n for n, number in enumerate(shown) if number is None)
    possible: list[set[int]] = [set() for _ in shown]
    for counts in fillings(total, len(shown)):
        if all(said in (None, number) for said, number in zip(shown, counts, strict=True)) and any(
            hidden == could for could in could_show(counts)
        ):
            for values, number in zip(possible, counts, strict=True):
                values.add(number)
    return possible


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=4).filter(lambda row: sum(row) >= SMALLEST))
def test_no_hidden_count_follows_from_a_table_even_for_somebody_who_knows_the_rules(
    numbers: list[int],
) -> None:
    counts = {str(n): number for n, number in enumerate(numbers)}
    shown = table(counts, SMALLEST, LOT)
    for number, said, values in zip(
        numbers, shown.values(), attack(list(shown.values()), sum(numbers)), strict=True
    ):
        assert number in values
        if said is None:
            assert len(values) >= 2
            # Whether there was any at all does not follow either.
            assert 0 in values or number >= SMALLEST
        else:
            assert said == number >= SMALLEST


def test_the_four_fours_that_a_fixed_choice_would_betray() -> None:
    """Were always the smallest hidden, only 4, 4 and 4 would leave the five standing."""
    of_five, *hidden = attack([5, None, None, None], 17)
    assert of_five == {5}
    assert all(values >= {0, 1, 2, 3, 4} for values in hidden)


def test_a_school_with_few_reports_shows_nothing_at_all() -> None:
    said = report_of(Place(4, {"kind": {"a": 4, "b": 0}}, SMALLEST), LOT)
    assert said == Report(None, {"kind": {"a": None, "b": None}})
    assert report_of(Place(0, {"kind": {"a": 0, "b": 0}}, SMALLEST), LOT) == said


def test_no_school_can_set_the_smallest_count_below_three() -> None:
    assert report_of(Place(2, {"kind": {"a": 2, "b": 0}}, 1), LOT).total is None


def test_tables_that_do_not_divide_the_same_cases_are_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        report_of(Place(9, {"kind": {"a": 8}}, SMALLEST), LOT)


def _solutions(
    reports: Sequence[Report], trust: Report, most: int
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every pair of counts of each school that agrees with all the reports together."""
    options = []
    for said in reports:
        if said.total is None:
            pairs = [(a, b) for a in range(SMALLEST) for b in range(SMALLEST - a)]
        else:
            pairs = [(a, said.total - a) for a in range(said.total + 1)]
        row = list(said.tables["kind"].values())
        options.append(
            [
                pair for pair in pairs
                if all(s in (None, n) for s, n in zip(row, pair, strict=True))
            ]
        )  # fmt: skip
    cells, floors = list(trust.tables["kind"].items()), trust.floors.get("kind", {})
    for pick in product(*options):
        sums = [sum(pair[n] for pair in pick) for n in range(2)]
        total = sum(sums)
        if trust.total is not None and total != trust.total:
            continue
        if total < trust.floor:
            continue
        if all(
            (said is None or said == number) and number >= floors.get(name, 0)
            for (name, said), number in zip(cells, sums, strict=True)
        ):
            yield pick


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=2, max_size=4))
def test_nothing_follows_from_the_reports_of_all_schools_and_of_their_trust_together(
    truth: list[tuple[int, int]],
) -> None:
    places = [Place(a + b, {"kind": {"a": a, "b": b}}, SMALLEST) for a, b in truth]
    reports = [report_of(one, LOT) for one in places]
    trust = report_across(places, reports, SMALLEST, LOT)
    possible: list[list[set[int]]] = [[set(), set(), set()] for _ in places]
    for pick in _solutions(reports, trust, SMALLEST):
        for values, (a, b) in zip(possible, pick, strict=True):
            for kept, number in zip(values, (a, b, a + b), strict=True):
                kept.add(number)
    for said, values in zip(reports, possible, strict=True):
        row = [*said.tables["kind"].values(), said.total]
        for one, kept in zip(row, values, strict=True):
            assert len(kept) >= 2 if one is None else kept == {one}
        if said.total is None:
            assert 0 in values[2]  # that there was none at all stays possible


def test_a_trust_of_small_schools_still_learns_something() -> None:
    places = [Place(3, {"kind": {"a": 2, "b": 1}}, SMALLEST) for _ in range(10)]
    trust = report_across(places, [report_of(one, LOT) for one in places], SMALLEST, LOT)
    assert (trust.total, trust.tables) == (30, {"kind": {"a": 20, "b": 10}})


def test_schools_that_nearly_reach_the_limit_are_not_betrayed_by_their_sum() -> None:
    places = [Place(4, {"kind": {"a": 4, "b": 0}}, SMALLEST) for _ in range(2)]
    trust = report_across(places, [report_of(one, LOT) for one in places], SMALLEST, LOT)
    assert (trust.total, trust.floor) == (None, 0)
