"""A policy's text as blocks, and those blocks in a PDF: nothing lost, everything tagged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.text.blocks import blocks
from governance.text.render import plain_text
from tests.web.pdfs import assert_accessible, letters_of, tags_of, text_of
from web.pdf import pdf, printable

pytestmark = pytest.mark.once

POLICY = """# Social media policy

We want every post to be *kind*, **accurate** and `safe`. Read [the guidance](https://www.gov.uk/g).

#### Who it is for

3. Staff
4. Governors
   - and agency staff

     for as long as they work here
   - volunteers

> Ask before you post.

| Who | What | How often |
|:--|:-:|--:|
| Head | looks at **every** account | 4 |
| DSL | is told | always |

---

    a line of code
"""


def printed(markdown: str) -> bytes:
    return pdf("blocks_sample", {"title": "Title", "blocks": blocks(markdown)})


def walk(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for block in found:
        yield block
        yield from walk(block.get("blocks", []))
        for item in block.get("items", []):
            yield from walk(item)


def levels(markdown: str, **how: int) -> list[int]:
    return [one["level"] for one in walk(blocks(markdown, **how)) if one["kind"] == "heading"]


def test_a_policy_comes_apart_into_what_it_is_made_of() -> None:
    kinds = [block["kind"] for block in blocks(POLICY)]
    assert kinds == [
        "heading", "paragraph", "heading", "list", "quote", "table", "rule", "code",
    ]  # fmt: skip
    staff = blocks(POLICY)[3]
    assert staff["start"] == 3
    assert [one["kind"] for one in staff["items"][1]] == ["paragraph", "list"]
    table = blocks(POLICY)[5]
    assert table["align"] == ["left", "center", "right"]
    assert table["rows"][0][1][1] == {"text": "every", "marks": ["strong"]}


@pytest.mark.demand("D7")
def test_a_screen_reader_finds_the_parts_of_a_policy_in_its_pdf() -> None:
    made = printed(POLICY)
    assert_accessible(made, title="Title")
    found = tags_of(made)
    for tag in [
        "/H1", "/H2", "/H3", "/P", "/L", "/LI", "/LBody", "/Table", "/THead", "/TH", "/TD",
        "/BlockQuote", "/Code", "/Link", "/Strong", "/Em",
    ]:  # fmt: skip
        assert tag in found, tag
    assert found.count("/TH") == 3
    assert found.count("/TD") == 6


@pytest.mark.parametrize(
    ("markdown", "highest", "wanted"),
    [
        ("# A\n\n## B\n\n# C", 2, [2, 3, 2]),
        ("### A\n\n##### B", 2, [2, 3]),
        ("# A\n\n#### B\n\n## C", 2, [2, 3, 3]),
        ("##### A\n\n# B", 2, [2, 2]),
        ("# A\n\n## B\n\n### C\n\n#### D\n\n##### E\n\n###### F", 3, [3, 4, 5, 6, 6, 6]),
        ("- # A\n  > ### B", 2, [2, 3]),
        ("#\n\n## ![](x)\n\n## B", 2, [2, 3]),
        ("No heading", 2, []),
    ],
)
def test_no_level_of_headings_is_skipped_on_the_way_down(
    markdown: str, highest: int, wanted: list[int]
) -> None:
    assert levels(markdown, highest=highest) == wanted


def test_where_a_link_leads_can_be_read_on_paper() -> None:
    text = text_of(
        printed(
            "[The guidance](https://www.gov.uk/g) or <https://example.org/> or "
            "[the *office*](mailto:office@example.org), [above](#why), [never](javascript:x)."
        )
    )
    assert "The guidance (https://www.gov.uk/g) or https://example.org/ or" in text
    assert "the office (office@example.org), above," in text.replace("\n", " ")
    assert "[never](javascript:x)." in text


def test_a_numbered_list_goes_on_where_it_was_interrupted() -> None:
    text = text_of(printed("1. one\n2. two\n\nBetween.\n\n3. three\n4) four"))
    assert [line for line in text.splitlines() if line[:1].isdigit()] == [
        "1. one", "2. two", "3. three", "4. four",
    ]  # fmt: skip


def test_what_stands_as_deep_as_markdown_goes_is_still_printed() -> None:
    deep = "".join(f"{'  ' * level}- level{level}\n" for level in range(9))
    quotes = ">" * 18 + " innermost"
    text = text_of(printed(f"{deep}\n\n{quotes}"))
    assert "level8" in text
    assert "innermost" in text


WORDS = st.sampled_from(
    ["kind", "posts", "*safe*", "**never**", "`code`", "#import", "$x$", "@here", "<b>", "ŵy", "🙂",
     "[a](https://example.org)", "![p](q)", "\\", "\n", "w" * 90]
)  # fmt: skip
STARTS = st.sampled_from(
    ["", "# ", "### ", "- ", "  - ", "7. ", "> ", "> - ", "    ", "| ", "|--|--|", "```", "---"]
)
LINES = st.builds(lambda start, words: start + " ".join(words), STARTS, st.lists(WORDS, max_size=5))


@given(st.lists(LINES, max_size=14))
@settings(max_examples=80, deadline=None)
def test_whatever_is_written_every_word_is_in_the_pdf(lines: list[str]) -> None:
    markdown = "\n".join(lines)
    made = printed(markdown)
    there = letters_of(text_of(made))
    for word in printable(plain_text(markdown)).split():
        assert word in there


@given(st.text(max_size=200))
@settings(max_examples=40, deadline=None)
def test_no_text_is_refused(text: str) -> None:
    assert printed(text).startswith(b"%PDF")


def test_a_policy_of_twenty_pages_with_tables_and_lists_keeps_every_word() -> None:
    long = "\n".join(POLICY.replace("kind", f"kind{number}") for number in range(45))
    made = text_of(printed(long))
    assert " of 2" in made
    for number in range(45):
        assert f"kind{number}" in made
