"""A policy on the page: safe, in order, and the same whoever wrote it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.text.limits import MAX_BODY_CHARS, TextTooLong
from governance.text.render import is_empty, outline, plain_text, reading_minutes, to_html

ALLOWED_TAGS = re.compile(
    r"</?(?:h[2-6]|p|br|hr|em|strong|code|pre|blockquote|ul|ol|li|a|table|thead|tbody|tr|th|td|div)\b"
)


def test_the_highest_heading_is_an_h2_and_the_others_keep_their_distance() -> None:
    html = to_html("# Scope\n\n### Accounts\n\n# Law\n")
    assert re.findall(r"<(h\d)", html) == ["h2", "h4", "h2"]
    assert "<h1" not in html
    assert re.findall(r"<(h\d)", to_html("### Deep\n\n###### Deeper")) == ["h2", "h5"]


def test_the_outline_leads_to_the_ids_on_the_page() -> None:
    text = "## Café & *co*\n\n## Café & co\n\n### 漢字\n\n## !!!\n\n## Café co 2\n"
    headings = outline(text)
    html = to_html(text)
    assert [one.text for one in headings] == ["Café & co", "Café & co", "漢字", "!!!", "Café co 2"]
    assert [one.level for one in headings] == [2, 2, 3, 2, 2]
    anchors = [one.anchor for one in headings]
    assert anchors[0] == "s-cafe-co"
    assert len(set(anchors)) == len(anchors)
    assert re.findall(r'id="([^"]+)"', html) == anchors


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](data:text/html,<script>)",
        "[x](vbscript:x)",
        "[x](//evil.example/)",
        "[x](/sign-out/)",
        "<javascript:alert(1)>",
        '[x](http://ok.example "onmouseover=alert(1)")',
        "![x](http://tracker.example/pixel.png)",
        '<h2 id="csrf" onclick="x">',
        "[a]: javascript:alert(1)\n\n[a]",
        "| <b>x</b> |\n|---|\n| <svg/onload=x> |",
    ],
)
def test_nothing_in_a_text_becomes_code_or_leads_out_of_the_web(attack: str) -> None:
    html = to_html(attack)
    tags = re.findall(r"</?[a-z][^>]*", html)
    assert all(ALLOWED_TAGS.match(tag) for tag in tags), tags
    assert not re.search(r"<[^>]*\son\w+=", html)
    for address in re.findall(r'href="([^"]*)"', html):
        assert address.startswith(("http://", "https://", "mailto:"))


@settings(max_examples=200, deadline=None)
@given(st.text("<>&\"'`*_[]()!#|-\\:/ \nahref=javscipt01.", max_size=200))
def test_only_known_tags_come_out_whatever_goes_in(text: str) -> None:
    html = to_html(text)
    assert all(ALLOWED_TAGS.match(tag) for tag in re.findall(r"<[^>]*", html)), html
    assert 'href="javascript' not in html


def test_links_leave_without_a_trace_and_pictures_leave_a_note() -> None:
    html = to_html("[Site](https://school.example) and ![our <b>hall</b>](http://x.example/h.png)")
    assert '<a href="https://school.example" rel="noopener nofollow">Site</a>' in html
    assert "<img" not in html
    assert "x.example" not in html
    assert "[Picture left out: our &lt;b&gt;hall&lt;/b&gt;]" in html


def test_a_link_that_is_not_allowed_stays_the_text_it_was() -> None:
    assert plain_text("See [the *page*](/sign-out/).") == "See [the page](/sign-out/)."
    assert plain_text("<javascript:x>") == "<javascript:x>"
    assert '<a href="#s-law"' in to_html("[Law](#s-law)")


def test_a_table_scrolls_by_itself_and_has_headings_and_no_style() -> None:
    html = to_html("| A | B |\n|---|--:|\n| 1 | 2 |\n")
    assert '<div class="table-wrap" tabindex="0" role="region" aria-label="Table 1"><table>' in (
        html.replace("\n", "")
    )
    assert html.count('scope="col"') == 2
    assert 'class="text-end"' in html
    assert "style=" not in html


def test_a_list_that_starts_later_keeps_its_number() -> None:
    assert '<ol start="4">' in to_html("4. Fourth\n5. Fifth\n")


@pytest.mark.parametrize(
    "text", ["", " \n\n", "![hall](h.png)", "---", "&nbsp;", "## \n\n![a](b)", "> "]
)
def test_a_body_that_says_nothing_is_empty(text: str) -> None:
    assert is_empty(text)


@pytest.mark.parametrize("text", ["a", "7", "漢", "- x", "![hall](h.png) x", "`x`", "    code"])
def test_a_body_that_says_something_is_not_empty(text: str) -> None:
    assert not is_empty(text)


def test_plain_text_has_the_words_and_none_of_the_signs() -> None:
    text = "## One *two*\n\n- three\n- [four](http://x.example)\n\n| five |\n|---|\n| six |\n"
    assert plain_text(text) == "One two\nthree\nfour\nfive\nsix"


def test_reading_time_is_at_least_a_minute() -> None:
    assert reading_minutes("Short.") == 1
    assert reading_minutes("word " * 1000) == 5


def test_a_text_of_5_mb_is_refused_before_it_is_read() -> None:
    begun = time.perf_counter()
    for call in (to_html, outline, plain_text):
        with pytest.raises(TextTooLong, match="500,000 at most"):
            call("a" * 5_000_000)
    assert time.perf_counter() - begun < 0.5
    assert to_html("word " * (MAX_BODY_CHARS // 5 - 1))


@pytest.mark.parametrize(
    "piece", ["[", "*a ", "`", "![", "> ", "- ", "\\", "<", "&", "|a", "_a", "a\n"]
)
def test_a_hostile_text_takes_seconds_at_most(piece: str) -> None:
    begun = time.perf_counter()
    to_html(piece * min(100_000 // len(piece), 20_000))
    assert time.perf_counter() - begun < 10


def test_lists_within_lists_lose_nothing() -> None:
    deep = "\n".join(f"{'  ' * level}- level {level}" for level in range(25))
    page = to_html(f"{deep}\n\nAfter all of them.")
    assert "level 24" in page
    assert "After all of them." in page
