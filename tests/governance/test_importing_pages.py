"""Web pages: what they really say, and nothing of what they would do."""

from __future__ import annotations

import pytest

from governance.importing import ImportRefused
from governance.importing.apart import here
from governance.importing.reasons import AROUND, LISTED, RUNNING
from governance.importing.result import Reading
from governance.text.render import to_html

pytestmark = [pytest.mark.demand("D8"), pytest.mark.once]
TITLE = "<h1>Social Media Policy</h1>"
LONG = "We want every post to be kind, accurate and safe, and we say here how that is done."


def read(body: str, head: str = "") -> Reading:
    page = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    return here("webpage", page.encode())


def text_of(body: str) -> str:
    return read(f"{TITLE}{body}").markdown


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert('never')</script>",
        "<style>p { color: never }</style>",
        "<noscript>never</noscript>",
        "<iframe src='https://never.example'>never</iframe>",
        "<object data='never.swf'>never</object>",
        "<svg><text>never</text></svg>",
        "<!-- never -->",
        "<![if !never]>",
        "<template>never</template>",
        "<p style='display:none'>never</p>",
        "<p hidden>never</p>",
        "<img src='https://never.example/x.png' onerror='never()' alt='never'>",
        "<a href='javascript:never()'></a>",
        "<link rel='stylesheet' href='https://never.example'>",
        "<form action='https://never.example'><button>never</button></form>",
    ],
)
def test_what_is_no_text_is_not_in_the_draft(inside: str) -> None:
    found = read(f"{TITLE}{inside}<p>{LONG}</p>")
    assert found.markdown == f"{LONG}\n"
    assert "never" not in str(to_html(found.markdown))


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("https://school.example/a_(b)", "[help](https://school.example/a_%28b%29)"),
        ("mailto:office@school.example", "[help](mailto:office@school.example)"),
        ("javascript:alert(1)", "help"),
        ("data:text/html,x", "help"),
        ("/about", "help"),
        ("#top", "help"),
        ("//other.example", "help"),
    ],
)
def test_only_safe_links_stay_links(href: str, kept: str) -> None:
    assert text_of(f"<p>Ask for <a href='{href}'>help</a> here.</p>") == f"Ask for {kept} here.\n"


def test_lists_in_lists_and_paragraphs_in_items() -> None:
    body = (
        "<ul><li><p>First</p><p>More about it.</p><ol type=a><li>one</li><li>two</li></ol></li>"
        "<li>Second<ul><li>deep</li></ul></li></ul>"
    )
    assert text_of(body) == (
        "- First\\\n  More about it.\n  - a. one\n  - b. two\n- Second\n  - deep\n"
    )


def test_numbers_begin_where_the_page_begins_them() -> None:
    body = f"<p>{LONG}</p><ol start=4><li>four</li><li>five</li><li value=9>nine</li></ol>"
    assert text_of(body).endswith("\n\n4. four\n5. five\n\n- 9\\. nine\n")


def test_cells_over_rows_and_columns() -> None:
    body = (
        "<table><tr><th>Who</th><th colspan=2>What</th></tr>"
        "<tr><td rowspan=2>Staff</td><td>post</td><td>answer</td></tr>"
        "<tr><td>ask</td><td>wait</td></tr></table>"
    )
    assert text_of(body) == (
        "| Who | What |  |\n| --- | --- | --- |\n| Staff | post | answer |\n|  | ask | wait |\n"
    )


def test_a_table_that_only_lays_out_the_page_is_none() -> None:
    passage = f"{LONG} " * 8
    body = f"<table><tr><td><p>{passage}</p></td><td><p>{passage}</p></td></tr></table>"
    assert "|" not in text_of(body)


def test_the_menu_and_the_foot_of_a_site_are_named_and_left_out() -> None:
    body = (
        f"<nav><a href='/'>Home</a></nav><main>{TITLE}<p>{LONG}</p></main>"
        "<div class='cookie-banner'>We use cookies.</div><footer>All rights reserved.</footer>"
    )
    found = read(body)
    assert found.markdown == f"{LONG}\n"
    assert [(one.text, one.why) for one in found.left_out] == [
        ("Home", AROUND), ("We use cookies.", AROUND), ("All rights reserved.", AROUND),
    ]  # fmt: skip


def test_links_into_the_page_are_its_contents_list() -> None:
    links = "".join(f"<li><a href='#{i}'>Part {i}</a></li>" for i in range(4))
    found = read(f"{TITLE}<h2>Contents</h2><ul>{links}</ul><h2>Part 0</h2><p>{LONG}</p>")
    assert found.markdown == f"## Part 0\n\n{LONG}\n"
    assert [one.why for one in found.left_out] == [LISTED] * 5


def test_what_libreoffice_prints_on_each_page_is_left_out() -> None:
    body = f"<div title='header'><p>Our school</p></div>{TITLE}<p>{LONG}</p>"
    found = read(body)
    assert [one.why for one in found.left_out] == [RUNNING]
    assert found.markdown == f"{LONG}\n"


def test_bullets_that_word_draws_in_fonts_of_signs() -> None:
    item = (
        "<p class=MsoListParagraph style='margin-left:{left}pt;text-indent:-18pt'>"
        "<span style='font-family:{font}'>{sign}<span style='font:7.0pt \"Times New Roman\"'>"
        "&nbsp;&nbsp; </span></span>{text}</p>"
    )
    body = "".join(
        item.format(left=left, font=font, sign=sign, text=text)
        for left, font, sign, text in [
            (36, "Symbol", "·", "one"), (72, "\"Courier New\"", "o", "two"),
            (108, "Wingdings", "§", "three"), (36, "Symbol", "·", "four"),
        ]
    )  # fmt: skip
    assert text_of(body) == "- one\n  - two\n    - three\n- four\n"


def test_pages_in_windows_letters_and_without_a_word_of_their_encoding() -> None:
    page = f"<html>{TITLE}<p>Café “rules” cost £5, every one of them, for everybody.</p></html>"
    declared = page.replace("<html>", "<html><meta charset='windows-1252'>").encode("cp1252")
    for data in (page.encode("utf-8"), page.encode("cp1252"), page.encode("utf-16"), declared):
        assert "Café “rules” cost £5" in here("webpage", data).markdown


def test_elements_nested_thousands_deep_are_only_words() -> None:
    deep = "<div>" * 3_000 + LONG + "</div>" * 3_000
    assert text_of(deep) == f"{LONG}\n"


@pytest.mark.parametrize("body", ["", "<p> </p>", "<img src=x.png>", "<script>all()</script>"])
def test_a_page_without_words_is_refused(body: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read(body)
    assert "no words" in refused.value.sentence
