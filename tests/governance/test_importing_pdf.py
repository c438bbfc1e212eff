"""PDFs: what stands where on the page is all there is to go by."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from governance.importing import ImportRefused
from governance.importing.apart import here
from governance.importing.reasons import RUNNING
from governance.importing.result import Reading
from tests.governance.documents.drawn import Words, add_page, drawn, saved, scan

pytestmark = [pytest.mark.demand("D8"), pytest.mark.once]
TITLE = "Social Media Policy"
FULL = "We want every post to be kind, accurate and safe, and we say here how that is"


def page(*lines: str, x: float = 70, top: float = 780, step: float = 14) -> list[Words]:
    return [(x, top - step * index, line) for index, line in enumerate(lines) if line]


def read(*pages: list[Words], bold: tuple[str, ...] = ()) -> Reading:
    return here("pdf", drawn(*pages, bold=bold))


def refused(data: bytes) -> str:
    with pytest.raises(ImportRefused) as problem:
        here("pdf", data)
    return problem.value.sentence


def test_lines_become_paragraphs_again() -> None:
    found = read(page(TITLE, "", FULL, "done. Ask when you are not sure.", "", FULL, "done."))
    assert found.markdown == f"{FULL} done. Ask when you are not sure.\n\n{FULL} done.\n"


def test_a_word_broken_at_a_lines_end_is_whole_again_and_a_hyphen_stays() -> None:
    long = "Everybody who works here looks after the accounts with care and under-"
    other = "The office keeps the list of accounts, which is a well-"
    found = read(
        page(TITLE, "", long, "stands the rules.", "", other, "known one. We like well-known.")
    )
    assert "understands the rules" in found.markdown
    assert "a well-known one" in found.markdown


@pytest.mark.parametrize("bullet", ["\u2022", "-", "\u2013", "o", "*", "\u00b7"])
def test_bullets_of_any_sign_and_lines_that_hang_below_them(bullet: str) -> None:
    lines: list[Words] = [(70, 780, TITLE), (70, 740, "Staff must not:")]
    for index, text in enumerate(("share a password", FULL, "post in anger")):
        y = 720 - 30 * index
        lines += [(70, y, bullet), (88, y, text)]
    lines.append((88, 720 - 30 - 13, "done every day"))
    assert read(lines).markdown == (
        f"Staff must not:\n\n- share a password\n- {FULL} done every day\n- post in anger\n"
    )


def test_a_dash_that_begins_a_line_inside_a_sentence_is_no_bullet() -> None:
    found = read(page(TITLE, "", FULL, "- and by whom - in each school of the trust."))
    assert found.markdown == f"{FULL} - and by whom - in each school of the trust.\n"


def test_bold_lines_are_headings() -> None:
    found = read(
        page(TITLE, "", "Our promise", FULL, "done.", "", "How we keep it", FULL, "done."),
        bold=("Our promise", "How we keep it"),
    )
    assert found.markdown == (
        f"## Our promise\n\n{FULL} done.\n\n## How we keep it\n\n{FULL} done.\n"
    )


def test_a_sentence_goes_on_over_the_end_of_a_page_and_its_number() -> None:
    def numbered(number: int, *lines: str) -> list[Words]:
        return [*page(*lines, top=800), (290, 40, str(number)), (70, 820, "Larch Lane School")]

    found = read(
        numbered(1, TITLE, "", FULL),
        numbered(2, "done by everybody here. Ask when you are not sure what to do about it."),
        numbered(3, "And thank people who help."),
    )
    assert f"{FULL} done by everybody here." in found.markdown
    assert "Larch Lane School" not in found.markdown
    assert not any(line.strip().isdigit() for line in found.markdown.splitlines())
    assert {one.why for one in found.left_out} == {RUNNING}


def test_columns_that_line_up_are_a_table() -> None:
    lines: list[Words] = [(70, 780, TITLE), (70, 750, f"{FULL} done.")]
    rows = [("Day", "Who posts"), ("Monday", "Office"), ("Friday", "PE staff")]
    for index, (left, right) in enumerate(rows):
        lines += [(70, 700 - 20 * index, left), (300, 700 - 20 * index, right)]
    assert (
        "| Day | Who posts |\n| --- | --- |\n| Monday | Office |\n| Friday | PE staff |"
        in read(lines).markdown
    )


def test_letters_drawn_twice_are_said_once() -> None:
    lines = page(TITLE, "", f"{FULL} done.")
    assert read([*lines, *[(x + 0.3, y, text) for x, y, text in lines]]).markdown == (
        f"{FULL} done.\n"
    )


@pytest.mark.parametrize(("turn", "matrix"), [(90, "0 1 -1 0 595 0"), (270, "0 -1 1 0 0 842")])
def test_a_page_that_lies_on_its_side_reads_the_same(turn: int, matrix: str) -> None:
    writer = PdfWriter()
    steps = f"q {matrix} cm BT /F1 11 Tf 70 400 Td ({TITLE}) Tj 0 -40 Td ({FULL} done.) Tj ET Q"
    add_page(writer, steps.encode())
    writer.pages[0].rotate(turn)
    assert here("pdf", saved(writer)).markdown == f"{FULL} done.\n"


def test_a_locked_pdf_asks_for_a_copy_and_one_that_only_forbids_printing_is_read() -> None:
    plain = drawn(page(TITLE, "", f"{FULL} done."))
    for password, owner in (("secret", "secret"), ("", "owner")):
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(plain)))
        writer.encrypt(password, owner, algorithm="AES-256")
        data = saved(writer)
        if password:
            assert "locked with a password" in refused(data)
        else:
            assert here("pdf", data).markdown == f"{FULL} done.\n"


def test_a_scan_says_that_it_is_one() -> None:
    writer = PdfWriter()
    for _ in range(3):
        scan(writer)
    assert "pictures of pages" in refused(saved(writer))


def test_pages_of_pictures_among_text_are_pointed_at() -> None:
    writer = PdfWriter()
    for _ in range(4):
        add_page(writer, _drawing(FULL + " done.", 12))
    scan(writer)
    assert any("page 5" in warning for warning in here("pdf", saved(writer)).warnings)


def _drawing(text: str, lines: int) -> bytes:
    steps = [f"BT /F1 11 Tf 70 {780 - 20 * index} Td ({text}) Tj ET" for index in range(lines)]
    return "\n".join(steps).encode()


def test_an_empty_pdf_and_one_of_too_many_pages_are_refused() -> None:
    assert "no text" in refused(drawn([]))
    writer = PdfWriter()
    for _ in range(201):
        writer.add_blank_page(595, 842)
    assert "201 pages" in refused(saved(writer))


@pytest.mark.parametrize("cut", [20, 200, 500])
def test_half_a_pdf_is_damaged(cut: int) -> None:
    data = drawn(page(TITLE, "", f"{FULL} done."))
    sentence = refused(data[:cut])
    assert "damaged" in sentence or "no text" in sentence


def test_letters_without_names_are_not_guessed() -> None:
    writer = PdfWriter()
    add_page(writer, b"BT /F1 11 Tf 70 700 Td (" + bytes(range(1, 9)) * 40 + b") Tj ET")
    sentence = refused(saved(writer))
    assert "cannot be told" in sentence or "no text" in sentence


def test_drawings_that_call_themselves_come_to_an_end() -> None:
    writer = PdfWriter()
    add_page(writer, b"/X Do BT /F1 11 Tf 70 700 Td (We post with care and ask first.) Tj ET")
    form = StreamObject()
    form.set_data(b"/X Do /X Do")
    form.update({NameObject("/Subtype"): NameObject("/Form")})
    held = DictionaryObject({NameObject("/X"): writer._add_object(form)})
    resources = writer.pages[0]["/Resources"]
    resources[NameObject("/XObject")] = held  # type: ignore[index]
    form[NameObject("/Resources")] = resources
    assert "We post with care" in here("pdf", saved(writer)).source_text
