"""PDFs: tagged, the same for the same data, and whatever people wrote is text in them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web.pdfs import assert_accessible, letters_of, tags_of, text_of
from web.font_letters import letters_of as letters_in
from web.pdf import FOLDER, FONTS, CannotPrint, pdf, printable, qr

pytestmark = pytest.mark.once

HOSTILE = [
    '#import "base.typ": *', "$ sum_(i=0)^n $", "@label", "<label>", "#eval(sys.inputs.data)",
    "= Not a heading", "- not a list", "*not bold* _nor italic_", "`code`", "\\ backslash \\u{41}",
    "// comment /* comment */", "https://example.org/#fragment", '#read("/etc/passwd")',
    "~a~ -- ---", "[brackets] {braces} #{1+1}", '"quotes" \'and\' more', "]#panic()[", "a" * 400,
]  # fmt: skip
# Every character there is, and those that have broken something before more often.
SIGNS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x07\t\r\n\x85\u200b\u200d\u202e\u2066\ufeff\ufffe\ufe0f\u0301\u0627😀👨中क"
        ),
        st.sampled_from("#$@<>=-*_`\\/[]{}\"'~"),
    ),
    max_size=60,
)


def sample(text: str = "Words.", **data: Any) -> bytes:
    return pdf("sample", _sample(text) | data)


def _sample(text: str) -> dict[str, Any]:
    return {
        "title": text, "school": text, "foot": text, "mark": text, "text": text,
        "pairs": [[text, text]], "items": [text, text], "headers": [text, text],
        "rows": [[text, text], [text]], "qr": qr("https://portal.example.org/check/2A7K/"),
    }  # fmt: skip


@pytest.mark.demand("D7")
def test_a_screen_reader_finds_headings_lists_tables_and_what_a_picture_shows() -> None:
    made = sample("Online safety")
    assert_accessible(made, title="Online safety")
    found = tags_of(made)
    for tag in ["/H1", "/H2", "/P", "/L", "/LI", "/Table", "/TH", "/TD", "/Figure"]:
        assert tag in found
    assert b"/Alt" in made


def test_every_page_has_its_number_and_the_name_of_the_school() -> None:
    rows = [[str(number), "x"] for number in range(120)]
    made = text_of(sample("Words.", rows=rows, school="Elm Park School", headers=["Who", "What"]))
    assert made.count("Elm Park School") == made.count(" of 4") == 4
    assert "Page 2 of 4" in made
    assert made.count("Who What") == 4, "the head of a table is on each of its pages"


def test_the_same_data_make_the_same_bytes() -> None:
    at = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
    data = _sample("Words.")
    first = pdf("sample", data, made_at=at)
    time.sleep(1.1)
    assert pdf("sample", data, made_at=at) == first
    assert pdf("sample", data) != first
    assert b"20260901083000" in first


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_typst_is_printed_as_it_was_written(text: str) -> None:
    assert letters_of(text_of(sample(text))).count(letters_of(text)) >= 9


@given(SIGNS)
@settings(max_examples=60, deadline=None)
def test_nothing_that_people_write_stops_a_pdf(text: str) -> None:
    assert sample(text).startswith(b"%PDF-1.7")


def test_every_letter_our_fonts_know_comes_out_in_every_style() -> None:
    shown = sorted({point for font in FONTS.rglob("*.ttf") for point in letters_in(font)})
    letters = printable("".join(map(chr, shown)))
    assert len(letters) > 5_000
    for start in range(0, len(letters), 2_000):
        sample(" ".join(letters[start : start + 2_000]))


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Żółć Ŵŷ Ελλάδα Україна", "Żółć Ŵŷ Ελλάδα Україна"),
        ("a\u202eb\u200bc\x00d\ufeffe", "abcde"),
        ("Welcome 🦊", "Welcome [fox face]"),
        ("\ue000", "[u+e000]"),
        ("\ud800x", "x"),
        ("a\r\nb\u2028c\x0bd", "a\nb\nc\nd"),
        ("❤️", "❤"),
        ("e\u0301", "é"),
    ],
)
def test_signs_that_no_font_has_are_named_and_invisible_ones_left_out(
    text: str, printed: str
) -> None:
    assert printable({"a": [text]}) == {"a": [printed]}
    sample(text)


def test_a_word_longer_than_the_page_is_wide_stays_on_it() -> None:
    """Broken without a sign of its own, so that what is copied is what was written."""
    runs = [{"text": "w" * 2_000, "marks": ["strong"]}]
    data = {"title": "Words", "blocks": [{"kind": "paragraph", "runs": runs}]}
    printed = text_of(pdf("blocks_sample", data))
    assert "w" * 2_000 in letters_of(printed)
    assert set(letters_of(printed)) <= set("wWordsPage1of1")


def test_a_head_of_a_table_longer_than_a_page_is_printed_once() -> None:
    """Repeated on every page it would leave no room for the rows: that took minutes."""
    made = sample(headers=["head " * 400, "b"], rows=[["row " * 400, "b"]])
    assert letters_of(text_of(made)).count("head") == 400


@pytest.mark.parametrize("template", ["../base", "nothing", "", "sample.typ", "sample\x00"])
def test_an_unknown_template_is_an_error_with_a_name(template: str) -> None:
    with pytest.raises(CannotPrint):
        pdf(template, {})


def test_a_mistake_in_the_data_says_where() -> None:
    with pytest.raises(CannotPrint, match=r"sample\.typ: .*title"):
        pdf("sample", {})


def test_templates_run_no_text_and_open_nothing_but_their_own_files() -> None:
    for template in FOLDER.glob("*.typ"):
        code = "\n".join(
            line for line in template.read_text(encoding="utf-8").splitlines()
            if not line.lstrip().startswith("//")
        )  # fmt: skip
        for word in ["eval(", "@preview", "@local", "plugin(", "read(", "csv(", "http://", "yaml("]:
            assert word not in code.replace("http://www.w3.org/2000/svg", ""), template.name


def test_a_template_cannot_leave_its_folder(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("web.pdf.FOLDER", tmp_path)
    (tmp_path / "out.typ").write_text('#read("/../../../etc/hostname")', encoding="utf-8")
    (tmp_path / "net.typ").write_text('#import "@preview/example:0.1.0": *', encoding="utf-8")
    for template in ["out", "net"]:
        with pytest.raises(CannotPrint):
            pdf(template, {})


def test_memory_does_not_grow_with_every_long_document() -> None:
    rows = [["A row of a long table", "and what stands in it"] for _ in range(700)]
    used = []
    for number in range(8):
        sample(f"Report {number}", rows=[[*row, str(number)] for row in rows])
        used.append(_megabytes())
    assert used[-1] - used[1] < 30, used


def _megabytes() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("only Linux says how much memory a process uses")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024
