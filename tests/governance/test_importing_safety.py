"""Files that mean harm, and files that are only broken: a sentence each, and nothing is made."""

from __future__ import annotations

import io
import os
import random
import re
import subprocess
import sys
import time
import zipfile
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from benchmarks import fidelity
from files.sniff import DOCX
from governance.importing import ImportRefused, apart, kinds, read_policy
from governance.importing.word.package import MOST_XML
from tests.governance.documents import policies
from tests.governance.documents.drawn import add_page, saved
from web.apart import environment

pytestmark = [pytest.mark.demand("D8"), pytest.mark.once]
READERS = {"docx": "word", "html": "webpage", "pdf": "pdf"}
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BODY = (
    f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:body>'
    "</w:document>"
)


def word(document: str | bytes, **more: bytes) -> bytes:
    """A Word file with this as its text."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
        for name, content in more.items():
            archive.writestr(f"word/{name}.xml", content)
    return held.getvalue()


def refused(data: bytes, name: str) -> str:
    with pytest.raises(ImportRefused) as problem:
        read_policy(data, name)
    assert problem.value.sentence.endswith(".")
    return problem.value.sentence


def zipped(**entries: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return held.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (OLE, "policy.doc", "Word document (.docx)"),
        (OLE, "policy.docx", "older Word"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "policy.docx", "locked with a password"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.text"), "policy.odt", "LibreOffice"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.text"), "policy.docx", "LibreOffice"),
        (b"{\\rtf1 Hello}", "policy.rtf", "Save as"),
        (b"{\\rtf1 Hello}", "policy.docx", "rich text"),
        (b"x", "policy.pages", "Export to"),
        (b"x", "policy.docm", "programs"),
        (b"%PDF-1.7 x", "policy.docx", "This is a PDF, although its name ends in .docx"),
        (word(BODY % "Hello"), "policy.pdf", "This is a Word document, although its name ends in"),
        (b"<!doctype html><p>Hello", "policy.pdf", "a web page"),
        (b"Hello there, everybody", "policy.pdf", "not what its name says"),
        (b"Hello there, everybody", "policy.docx", "not what its name says"),
        (b"\x89PNG\r\n\x1a\n000", "policy.html", "a picture (PNG)"),
        (b"PK\x03\x04" + b"\0" * 99, "policy.docx", "ZIP"),
        (b"", "policy.pdf", "empty"),
        (b"%PDF-" + b"0" * (20 * 1024 * 1024), "policy.pdf", "20 MB"),
        (b"Hello", "policy.xlsx", "The portal reads Word documents (.docx), PDFs (.pdf)"),
        (b"Hello", "policy.exe", "plain text (.txt)"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(data: bytes, name: str, said: str) -> None:
    assert said in refused(data, name)


def test_a_word_file_that_unpacks_to_a_hundred_megabytes_is_not_unpacked() -> None:
    bomb = word(BODY % ("a" * (100 * 1024 * 1024)))
    assert len(bomb) < 200_000
    began = time.monotonic()
    assert "unpacks to far more" in refused(bomb, "policy.docx")
    assert time.monotonic() - began < 10


def test_a_word_file_that_lies_about_its_size_is_damaged() -> None:
    data = bytearray(word(BODY % ("a" * 5_000_000)))
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"word/document.xml"))
    data[place + 24 : place + 28] = (1000).to_bytes(4, "little")
    assert "damaged" in refused(bytes(data), "policy.docx")


def test_a_word_file_of_a_hundred_thousand_entries_is_refused() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml"):
            archive.writestr(name, "<x/>")
        for number in range(6_000):
            archive.writestr(f"word/{number}", "")
    assert "far more" in refused(held.getvalue(), "policy.docx")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp037"])
def test_entities_are_neither_expanded_nor_fetched(doctype: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{BODY % "&a;&b;"}'
    data = word(text.encode(encoding))
    with pytest.raises(ImportRefused) as problem:
        apart.here("word", data)
    assert "damaged" in problem.value.sentence


def test_xml_nested_without_end_is_refused() -> None:
    deep = "<w:ins>" * 50_000 + "</w:ins>" * 50_000
    data = word(f'<w:document xmlns:w="{WORD}"><w:body>{deep}</w:body></w:document>')
    assert "no words" in refused(data, "policy.docx")


def test_a_pdf_that_unpacks_without_end_is_given_up() -> None:
    writer = PdfWriter()
    add_page(writer, b"x")
    data = saved(writer)
    steps = zlib.compress(b"q Q " * 40_000_000, 9)
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(steps)
    begin = data.index(b"stream\nx") - data[: data.index(b"stream\nx")][::-1].index(b"<<") - 2
    end = data.index(b"endstream")
    bomb = data[:begin] + stream + steps + b"\n" + data[end:]
    began = time.monotonic()
    assert refused(bomb, "policy.pdf")
    assert time.monotonic() - began < apart.SECONDS + 15


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (word(BODY % ("word " * 1_000_000)), "policy.docx"),
        (b"<!doctype html><h1>x</h1>" + b"<p>We post with care.</p>" * 50_000, "policy.html"),
        (b"<!doctype html><h1>x</h1>" + b"<br>a" * 120_000, "policy.html"),
    ],
    ids=["word", "paragraphs", "lines"],
)
def test_five_megabytes_of_text_are_no_policy(data: bytes, name: str) -> None:
    assert "Split it into several policies" in refused(data, name)


def test_a_reader_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0.01)
    assert "too long" in refused(word(BODY % "Hello"), "policy.docx")


def test_the_reading_process_knows_none_of_the_portals_settings() -> None:
    assert set(environment()) <= {"SYSTEMROOT", "TEMP"}
    found = subprocess.run(
        [sys.executable, "-c", "import os; print(sorted(os.environ))"],
        env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "SECRET" not in found.stdout
    assert "DATA_DIR" not in found.stdout
    assert "DATA_DIR" in os.environ


def test_nothing_of_a_page_is_fetched() -> None:
    """Addresses on this machine that would answer at once with an error, were they asked."""
    page = b"<!doctype html><img src=http://127.0.0.1:9/a.png><link href=http://127.0.0.1:9/b.css>"
    found = read_policy(page + b"<h1>Policy</h1><p>We post with care.</p>", "policy.html")
    assert found.markdown == "We post with care.\n"
    assert any("Pictures are not taken over" in warning for warning in found.warnings)


# Whatever the bytes are


def originals() -> dict[str, bytes]:
    return {ending: fidelity.FORMATS[ending]["ragged"](policies.ragged()) for ending in READERS}


ORIGINALS = originals()


def attempt(ending: str, data: bytes) -> None:
    """Read it or refuse it, in a sentence. Whatever else is raised fails the test."""
    try:
        kinds.expect(data, f".{ending}", *{"docx": (DOCX,), "pdf": (kinds.PDF,)}.get(
            ending, (kinds.HTML, kinds.TEXT)
        ))  # fmt: skip
        found = apart.here(READERS[ending], data)
    except ImportRefused as problem:
        assert problem.sentence.endswith(".")  # noqa: PT017
    else:
        assert "\0" not in found.markdown + found.source_text


@pytest.mark.parametrize("ending", READERS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_real_document_cut_or_changed_anywhere_is_read_or_refused(
    ending: str, data: st.DataObject
) -> None:
    changed = bytearray(ORIGINALS[ending])
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, len(changed) - 1))
        piece = data.draw(st.binary(min_size=1, max_size=6))
        changed[place : place + data.draw(st.integers(0, 6))] = piece
    attempt(ending, bytes(changed[: data.draw(st.integers(1, len(changed)))]))


@pytest.mark.parametrize("ending", READERS)
@settings(max_examples=100, deadline=None)
@given(noise=st.binary(max_size=600))
def test_noise_is_read_or_refused(ending: str, noise: bytes) -> None:
    beginning = {"docx": b"PK\x03\x04", "pdf": b"%PDF-1.7\n", "html": b"<!doctype html><p>"}
    attempt(ending, noise)
    attempt(ending, beginning[ending] + noise)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_xml_of_a_word_file_may_say_anything(seed: int) -> None:
    """The parts stay well-formed, and their elements and values change places."""
    chance = random.Random(seed)
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(ORIGINALS["docx"])) as old, zipfile.ZipFile(held, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.endswith(("document.xml", "numbering.xml", "styles.xml")):
                content = _shuffled(content, chance)
            new.writestr(entry.filename, content)
    attempt("docx", held.getvalue())


def _shuffled(content: bytes, chance: random.Random) -> bytes:
    names = [b"w:p", b"w:r", b"w:t", b"w:tbl", b"w:tr", b"w:tc", b"w:ins", b"w:del", b"w:sdt"]
    for _ in range(8):
        one, other = chance.sample(names, 2)
        content = re.sub(b"(</?)" + one + b"(?=[ >/])", b"\\1" + other, content)
    values = [b"0", b"-1", b"99999999999", b"x", b"", b"restart", b"bullet", b"%9"]
    return re.sub(
        rb'w:val="[^"]*"',
        lambda found: (
            b'w:val="' + chance.choice(values) + b'"' if chance.random() < 0.2 else found[0]
        ),
        content,
    )


def test_a_word_files_parts_have_a_bound_that_a_long_policy_does_not_reach() -> None:
    data = fidelity.FORMATS["docx"]["long"](policies.long())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.getinfo("word/document.xml").file_size * 20 < MOST_XML
