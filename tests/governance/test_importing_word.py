"""Word documents, with what Word can put into them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from governance.importing import ImportedPolicy, read_policy
from governance.importing.apart import here
from governance.importing.reasons import LISTED, RUNNING, SIGNATURES
from governance.importing.result import Reading

pytestmark = [pytest.mark.demand("D8"), pytest.mark.once]
LONG = "We want every post to be kind, accurate and safe, and we say here how that is done."


def written(write: Callable[[Any], None]) -> bytes:
    document = Document()
    document.add_paragraph("Social Media Policy", style="Title")
    write(document)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def read(write: Callable[[Any], None]) -> Reading:
    return here("word", written(write))


def paragraph(document: Any, inside: str, properties: str = "") -> None:
    xml = f"<w:p {nsdecls('w', 'r')}><w:pPr>{properties}</w:pPr>{inside}</w:p>"
    document.element.body.insert(-1, parse_xml(xml))


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def numbered(document: Any, levels: str) -> int:
    numbering = document.part.numbering_part.element
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>')
    )
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>')
    )
    return 90


def level(depth: int, format_: str, text: str) -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{format_}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def in_list(depth: int) -> str:
    return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="90"/></w:numPr>'


def test_changes_that_word_tracks_are_taken_as_accepted() -> None:
    def write(document: Any) -> None:
        gone = "<w:del><w:r><w:delText>Pupils never</w:delText></w:r></w:del>"
        paragraph(document, f"{gone}<w:ins>{run('Nobody ')}</w:ins>{run('shares a password.')}")

    found = read(write)
    assert found.markdown == "Nobody shares a password.\n"
    assert any("tracked changes" in warning for warning in found.warnings)


def test_a_paragraph_whose_end_was_deleted_goes_on_with_the_next() -> None:
    def write(document: Any) -> None:
        paragraph(document, run("We post "), "<w:rPr><w:del/></w:rPr>")
        paragraph(document, run("with care."))

    assert read(write).markdown == "We post with care.\n"


def test_numbers_that_only_word_prints_are_in_the_text() -> None:
    def write(document: Any) -> None:
        numbered(
            document,
            level(0, "decimal", "%1.")
            + level(1, "decimal", "%1.%2")
            + level(2, "lowerLetter", "(%3)"),
        )
        paragraph(document, run("Scope", "<w:b/>"), in_list(0))
        paragraph(document, run(LONG), in_list(1))
        paragraph(
            document, run("Visitors follow the same rules as everybody else here."), in_list(1)
        )
        paragraph(document, run("in the building"), in_list(2))
        paragraph(document, run("on trips"), in_list(2))
        paragraph(document, run("Duties", "<w:b/>"), in_list(0))
        paragraph(
            document,
            run("The office keeps a list of accounts and looks at it each term."),
            in_list(1),
        )

    assert read(write).markdown == (
        f"## 1. Scope\n\n1.1 {LONG}\n\n1.2 Visitors follow the same rules as everybody else here."
        "\n\n- (a) in the building\n- (b) on trips\n\n## 2. Duties\n\n"
        "2.1 The office keeps a list of accounts and looks at it each term.\n"
    )


def test_a_list_counts_on_after_a_paragraph_and_a_new_one_begins_at_one() -> None:
    def write(document: Any) -> None:
        for text in ("Ask.", "Wait."):
            document.add_paragraph(text, style="List Number")
        document.add_paragraph(LONG)
        document.add_paragraph("Post.", style="List Number")

    assert "1. Ask.\n2. Wait.\n\n" in read(write).markdown
    assert "\n\n3. Post.\n" in read(write).markdown


def test_a_bold_line_is_a_heading_and_a_bold_sentence_is_none() -> None:
    def write(document: Any) -> None:
        document.add_paragraph().add_run("Our promise").bold = True
        document.add_paragraph(LONG)
        document.add_paragraph().add_run("Never share a password with anybody.").bold = True
        document.add_paragraph(LONG)

    assert read(write).markdown == (
        f"## Our promise\n\n{LONG}\n\n**Never share a password with anybody.**\n\n{LONG}\n"
    )


def test_bold_words_and_safe_links_stay_and_others_become_words() -> None:
    def write(document: Any) -> None:
        part = document.part
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
        safe = part.relate_to("https://school.example/help", kind, is_external=True)
        bad = part.relate_to("javascript:alert(1)", kind, is_external=True)
        paragraph(
            document,
            f"{run('Ask ')}{run('at once', '<w:b/>')}{run(': ')}"
            f'<w:hyperlink r:id="{safe}">{run("help")}</w:hyperlink>{run(" or ")}'
            f'<w:hyperlink r:id="{bad}">{run("this")}</w:hyperlink>{run(".")}',
        )

    assert read(write).markdown == (
        "Ask **at once**: [help](https://school.example/help) or this.\n"
    )


def test_cells_that_are_merged_say_their_words_once() -> None:
    def write(document: Any) -> None:
        table = document.add_table(rows=3, cols=3)
        for index, cell in enumerate(cell for row in table.rows for cell in row.cells):
            cell.text = f"cell {index}"
        table.cell(0, 1).merge(table.cell(0, 2)).text = "two columns"
        table.cell(1, 0).merge(table.cell(2, 0)).text = "two rows"

    assert read(write).markdown == (
        "| cell 0 | two columns |  |\n| --- | --- | --- |\n"
        "| two rows | cell 4 | cell 5 |\n|  | cell 7 | cell 8 |\n"
    )


def test_a_list_inside_a_cell_keeps_its_bullets() -> None:
    def write(document: Any) -> None:
        table = document.add_table(rows=2, cols=2)
        for index, cell in enumerate(cell for row in table.rows for cell in row.cells):
            cell.text = f"cell {index}"
        cell = table.cell(1, 1)
        cell.text = "Does:"
        cell.add_paragraph("asks", style="List Bullet")
        cell.add_paragraph("answers", style="List Bullet")

    assert "| cell 2 | Does: • asks • answers |" in read(write).markdown


def test_a_frame_of_one_cell_is_no_table() -> None:
    def write(document: Any) -> None:
        document.add_table(rows=1, cols=1).cell(0, 0).text = LONG

    assert read(write).markdown == f"{LONG}\n"


def test_words_in_a_text_box_stand_once_below_their_paragraph() -> None:
    def write(document: Any) -> None:
        box = (
            "<w:txbxContent><w:p><w:r><w:t>Report it the same day.</w:t></w:r></w:p>"
            "</w:txbxContent>"
        )
        shape = (
            '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/'
            '2006"><mc:Choice Requires="wps"><w:drawing><wps:txbx xmlns:wps="http://schemas.'
            f'microsoft.com/office/word/2010/wordprocessingShape">{box}</wps:txbx></w:drawing>'
            f"</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
        )
        paragraph(document, f"<w:r>{shape}</w:r>{run(LONG)}")

    found = read(write)
    assert found.markdown == f"{LONG}\n\nReport it the same day.\n"
    assert not any("could not be placed" in warning for warning in found.warnings)


def test_footnotes_stand_below_the_text_with_their_numbers() -> None:
    data = written(lambda document: paragraph(
        document, run("Keep records") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + run(" safe.")
    ))  # fmt: skip
    notes = (
        f"<w:footnotes {nsdecls('w')}><w:footnote w:id='2'><w:p>{run('For six years.')}</w:p>"
        "</w:footnote></w:footnotes>"
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    found = here("word", with_part(data, "footnotes.xml", notes, kind))
    assert found.markdown == "Keep records\\[1\\] safe.\n\n\\[1\\] For six years.\n"


def with_part(data: bytes, name: str, xml: str, kind: str) -> bytes:
    """The same document with one more part."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "word/_rels/document.xml.rels":
                line = f'<Relationship Id="rId99" Type="{kind}" Target="{name}"/></Relationships>'
                content = content.replace(b"</Relationships>", line.encode())
            new.writestr(entry.filename, content)
        new.writestr(f"word/{name}", xml)
    return made.getvalue()


def test_what_a_header_says_is_left_out_and_yet_tells_the_version() -> None:
    def write(document: Any) -> None:
        document.add_paragraph(LONG)
        document.sections[0].header.paragraphs[0].text = "Social Media Policy, Version 2.4"

    found: ImportedPolicy = read_policy(written(write), "policy.docx")
    assert found.markdown == f"{LONG}\n"
    assert found.metadata.version is not None
    assert found.metadata.version.value == "2.4"
    assert found.metadata.version.where.endswith("the page header")
    assert [one.why for one in found.left_out] == [RUNNING]


def test_a_table_to_sign_in_is_left_out() -> None:
    def write(document: Any) -> None:
        document.add_paragraph(LONG)
        table = document.add_table(rows=2, cols=3)
        for cell, text in zip(table.rows[0].cells, ("Name", "Signature", "Date"), strict=True):
            cell.text = text

    found = read(write)
    assert found.markdown == f"{LONG}\n"
    assert [one.why for one in found.left_out] == [SIGNATURES]


def test_a_typed_contents_list_with_leaders_is_left_out() -> None:
    def write(document: Any) -> None:
        document.add_paragraph("Contents")
        for page, text in enumerate(("Aims", "Pictures", "Comments"), start=2):
            document.add_paragraph(f"{text}\t{page}")
        for text in ("Aims", "Pictures", "Comments"):
            document.add_paragraph(text, style="Heading 1")
            document.add_paragraph(LONG)

    found = read(write)
    assert found.markdown.startswith(f"## Aims\n\n{LONG}")
    assert [one.why for one in found.left_out] == [LISTED] * 4


def test_lines_that_shift_and_enter_broke_are_a_list_where_they_have_bullets() -> None:
    def write(document: Any) -> None:
        paragraph(
            document,
            run("We promise:") + "<w:r><w:br/></w:r>" + run("- to listen")
            + "<w:r><w:br/></w:r>" + run("- to answer"),
        )  # fmt: skip

    assert read(write).markdown == "We promise:\n\n- to listen\n- to answer\n"


def test_pictures_comments_and_crossed_out_words_are_pointed_at() -> None:
    def write(document: Any) -> None:
        paragraph(document, run("Old ", "<w:strike/>") + run("rules.") + "<w:r><w:drawing/></w:r>")
        paragraph(document, run("Not to be seen.", "<w:vanish/>"))

    found = read(write)
    assert found.markdown == "Old rules.\n"
    said = " ".join(found.warnings)
    assert "crossed out" in said
    assert "Pictures are not taken over: 1" in said
    assert "hides" in said


def test_strict_documents_read_the_same() -> None:
    data = written(lambda document: document.add_paragraph(LONG))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            new.writestr(
                entry.filename,
                old.read(entry).replace(
                    b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                    b"http://purl.oclc.org/ooxml/wordprocessingml/main",
                ),
            )
    assert here("word", made.getvalue()).markdown == f"{LONG}\n"
