"""What is blacked out is gone from the bytes, whatever the letters, lines and overlaps."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from incidents.blacking_out import MARK, black_out, lines_of, not_found
from incidents.redaction import Withheld
from incidents.subject_access import due_on, months_after

pytestmark = pytest.mark.once
WORD = st.text("abßİé", min_size=1, max_size=3)
TEXT = st.lists(WORD, min_size=1, max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("text", "passages", "left"),
    [
        ("Kim Birch, KIM BIRCH’s and kim\nbirch", ["Kim Birch"], f"{MARK}, {MARK}’s and {MARK}"),
        ("Kimberley saw Kim.", ["Kim"], f"Kimberley saw {MARK}."),
        # Two that overlap leave no rest, and neither says how long it was.
        ("Kim Birch said no to him", ["Kim Birch said", "said no"], f"{MARK} to him"),
        ("a a a b", ["a a"], f"{MARK} b"),
        ("O’Neil and O'Neil", ["O'Neil"], f"{MARK} and {MARK}"),
        ("Anne‑Marie", ["Anne-Marie"], MARK),
        ("Jose\u0301 came", ["Jos\u00e9"], f"{MARK} came"),
        ("B\u00adir\u200bch came", ["Birch"], f"{MARK} came"),
        ("Rang (01234) 5.", ["(01234) 5."], f"Rang {MARK}"),
        ("What [blacked out] means", ["\\", ""], "What [blacked out] means"),
    ],
)
def test_words_are_taken_out_wherever_they_stand(text: str, passages: list[str], left: str) -> None:
    assert black_out(text, passages) == left


@given(TEXT, st.lists(WORD, max_size=4))
@example("a", ["a"])
@settings(max_examples=100)
def test_nothing_that_is_blacked_out_stands_there_any_more(text: str, words: list[str]) -> None:
    left = black_out(text, words)
    pieces = left.replace(MARK, "\n").splitlines()
    assert not_found(pieces, words) == words
    assert black_out(left, words).count(MARK) == left.count(MARK)
    kept = [word for word in text.split() if word not in words]
    assert len(left.replace(MARK, "").split()) <= len(kept)


def test_passages_are_typed_a_line_each_and_a_slip_is_found() -> None:
    assert lines_of(" Kim Birch \n\nKim Birch\nno") == ["Kim Birch", "no"]
    assert not_found(["Kim Birch came"], ["Kim  birch", "Burch"]) == ["Burch"]


def test_names_are_proposed_whole_first_and_hidden_in_other_words() -> None:
    others = Withheld(names={"Kim Birch": "x", "Al Ash": "x"}, kept=("Robin Ash",))
    text = "Kim Birch and @kimbirch08 wrote to Robin Ash; Birch left."
    assert others.found_in(text) == ["Kim Birch", "Birch", "@kimbirch08"]
    assert others.found_in("Robin Ash went home.") == []


def test_a_month_ends_on_the_same_day_or_with_the_month() -> None:
    assert months_after(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert months_after(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_after(date(2025, 11, 30), 3) == date(2026, 2, 28)
    came, known = date(2025, 9, 3), date(2025, 9, 20)
    assert due_on(came, identity=None, waits=False) == date(2025, 10, 3)
    assert due_on(came, identity=known, waits=False) == date(2025, 10, 3)
    assert due_on(came, identity=None, waits=True) is None
    assert due_on(came, identity=known, waits=True, more=2) == date(2025, 12, 20)
