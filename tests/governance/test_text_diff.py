"""What changed between two versions, for a person who signed the first."""

from __future__ import annotations

import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.text.diff import blocks, changes, summary
from governance.text.diff_html import changes_html

pytestmark = pytest.mark.demand("D5")

OLD = """## Scope

This covers all staff and the pupils who help.

- Teachers
- Governors

| Who | When |
|---|---|
| Runner | each week |

Gone tomorrow, whatever happens.
"""
NEW = """## Scope

This covers all staff and every volunteer who helps.

- Teachers
- Governors
- Parents who run an account

| Who | When |
|---|---|
| Runner | each month |
"""


def test_passages_are_counted() -> None:
    assert str(summary(OLD, NEW)) == "2 passages changed, 1 added, 1 removed."
    assert str(summary(OLD, OLD)) == "Nothing changed."
    assert str(summary("", "One.")) == "1 passage added."
    assert not summary("", "")


def test_only_the_words_that_changed_are_marked_and_said_aloud() -> None:
    html = changes_html(OLD, NEW)
    assert "This covers all staff and <del>" in html
    assert '<ins><span class="visually-hidden">added: </span>every volunteer' in html
    assert '<del><span class="visually-hidden">removed: </span>the pupils' in html
    assert html.count("<ins>") == html.count("</ins>")
    assert "Runner | each <del>" in html
    assert "<li" in html


def test_long_unchanged_stretches_fold_away() -> None:
    same = "\n\n".join(f"Paragraph number {n} stays." for n in range(20))
    html = changes_html(f"{same}\n\nOld end.", f"{same}\n\nNew end.")
    assert "<details" in html
    assert "<summary>19 unchanged passages</summary>" in html
    assert html.index("Paragraph number 19") > html.index("</details>")


def test_where_a_link_leads_is_part_of_what_is_compared() -> None:
    html = changes_html("[Help](https://a.example)", "[Help](https://b.example)")
    assert summary("[Help](https://a.example)", "[Help](https://b.example)").changed == 1
    assert "<ins>" in html


def test_a_change_of_emphasis_is_said_to_be_one() -> None:
    assert "only its form changed" in changes_html("It is *not* so.", "It is **not** so.")


def test_a_numbered_list_keeps_its_numbers() -> None:
    old = "3. Ask\n4. Wait\n   - for an answer\n5. Post\n\n- Teachers"
    html = changes_html(old, old.replace("4. Wait", "4. Check\n5. Wait"))
    items = re.findall(r'<li class="diff-depth-(\d)[^>]*?(?: value="(\d+)")?>(.*?)</li>', html)
    said = [(depth, number, re.sub("<[^>]*>", "", text)) for depth, number, text in items]
    assert [(depth, number) for depth, number, _ in said] == [
        ("1", "3"), ("1", "4"), ("1", "5"), ("2", ""), ("1", "6"), ("1", ""),
    ]  # fmt: skip
    assert "Check" in said[1][2]
    assert html.count("<ol") == html.count("</ol>") == 4
    assert html.count("<ul") == html.count("</ul>") == 2


def test_an_item_without_words_of_its_own_still_counts() -> None:
    found = blocks("1. Ask\n2.\n3. ```\n   code\n   ```\n4. - Wait\n5. Post")
    assert [(one.text, one.number) for one in found if one.kind == "item"] == [
        ("Ask", 1), ("Wait", None), ("Post", 5),
    ]  # fmt: skip


def test_a_number_alone_is_no_change() -> None:
    assert not summary("1. Ask\n2. Post", "3. Ask\n4. Post")


def test_a_diff_is_safe_to_show() -> None:
    html = changes_html("<script>x</script> a", "<script>y</script> a <img onerror=1>")
    assert "<script" not in html
    assert "<img" not in html


def rebuilt(old: str, new: str) -> tuple[list[str], list[str]]:
    passages = changes(old, new)
    before = [one.old.text for one in passages if one.old]
    after = [one.new.text for one in passages if one.new]
    for one in passages:
        if one.status == "changed":
            assert one.old is not None
            assert one.new is not None
            kept = [(op, text) for op, text in one.words]
            assert "".join(t for op, t in kept if op != "removed") == one.new.text
            assert "".join(t for op, t in kept if op != "added") == one.old.text
    return before, after


LINES = st.lists(
    st.sampled_from(["# A", "- b c d", "e f g h", "- b c x", "e f g i", "1. z", "| p |"])
)


@settings(max_examples=300, deadline=None)
@given(LINES, LINES)
def test_both_texts_can_be_read_back_from_the_diff(old: list[str], new: list[str]) -> None:
    old_text, new_text = "\n\n".join(old), "\n\n".join(new)
    before, after = rebuilt(old_text, new_text)
    assert before == [block.text for block in blocks(old_text)]
    assert after == [block.text for block in blocks(new_text)]
    changes_html(old_text, new_text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_compared(old: str, new: str) -> None:
    html = changes_html(old, new)
    assert all(
        re.match(r"</?(?:div|p|ul|ol|li|h[3-6]|ins|del|span|details|summary)\b", tag)
        for tag in re.findall(r"<[^>]*", html)
    )


def shuffled(words: list[str], seed: int) -> list[str]:
    copy = list(words)
    random.Random(seed).shuffle(copy)
    return copy


BIG = 490_000
LONG = {
    "one paragraph of one word": ("a " * (BIG // 2), "a " * (BIG // 2 - 9) + "b"),
    "one paragraph, reversed": tuple(
        " ".join(map(str, numbers)) for numbers in (range(80_000), range(80_000, 0, -1))
    ),
    "the same line all over": ("same\n\n" * 9_000, "same\n\nother\n\n" * 4_500),
    "shuffled paragraphs": tuple(
        "\n\n".join(shuffled([f"Paragraph {n} of it" for n in range(9_000)], seed))
        for seed in (1, 2)
    ),
    "all paragraphs changed": (
        "\n\n".join(f"Clause {n} says one thing about it" for n in range(9_000)),
        "\n\n".join(f"Clause {n} says two things about it" for n in range(9_000)),
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_the_largest_texts_are_compared_in_seconds(name: str) -> None:
    old, new = LONG[name]
    begun = time.perf_counter()
    changes_html(old, new)
    assert time.perf_counter() - begun < 30
