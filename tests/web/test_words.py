"""Days and lists in sentences."""

from __future__ import annotations

from datetime import date

import pytest

from web.words import day_in_words, listed

pytestmark = pytest.mark.once


def test_a_day_is_said_without_a_nought_before_it() -> None:
    assert day_in_words(date(2026, 9, 3)) == "3 September 2026"


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")],
)
def test_a_list_ends_in_the_word_that_joins_it(words: list[str], said: str) -> None:
    assert listed(iter(words), "or") == said
