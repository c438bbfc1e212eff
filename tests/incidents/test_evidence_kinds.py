"""What is taken as evidence, and what every file of the hostile list meets (F6)."""

from __future__ import annotations

import struct
import subprocess
import sys

import pytest

from files.names import clean_name
from incidents import copies
from incidents.copies import copy_of, text_of
from incidents.file_kinds import KINDS, MOST_BYTES, kind_of
from tests.incidents import given_files as given
from web.apart import ROOT
from web.errors import RuleBroken

pytestmark = pytest.mark.once
TAKEN = {
    "png": given.png(), "jpeg": given.jpeg(), "webp": given.webp(), "pdf": b"%PDF-1.7\n",
    "text": "Übung: “hello”".encode(), "mp3": given.MP3, "wav": given.WAV, "ogg": given.OGG,
    "m4a": given.M4A, "heic": given.HEIC, "msg": given.MSG,
}  # fmt: skip
REFUSED = {
    "a drawing that is a program": ("x.svg", given.SVG),
    "a drawing behind a declaration": ("x.svg", b'<?xml version="1.0"?>\n' + given.SVG),
    "a web page that calls itself a picture": ("x.png", given.HTML),
    "a page without a head": ("x.txt", b"<script>alert(1)</script>"),
    "a printer's program that calls itself a picture": ("x.png", given.EPS),
    "a printer's program for Windows": ("x.png", b"\xc5\xd0\xd3\xc6" + given.EPS),
    "a picture and a web page in one": ("x.jpg", given.jpeg(given.HTML)),
    "a web page behind a picture": ("x.jpg", given.jpeg() + given.HTML),
    "an archive behind a picture": ("x.png", given.png() + given.archive()),
    "a PDF and an archive in one": ("x.pdf", b"%PDF-1.7\n" + given.archive()),
    "a PDF that begins as something else": ("x.pdf", b"MZ\0\0 %PDF-1.7\n"),
    "a picture of fifty thousand by fifty thousand": (
        "x.png", given.png(says=(50_000, 50_000))),
    "an archive that unpacks to far more": ("x.zip", given.archive(size=3_000_000)),
    "a program": ("x.png", b"\x7fELF" + b"\0" * 64),
    "a program for Windows": ("x.txt", b"MZ\x90\0\x03" + b"\0" * 64),
    "a film": ("x.m4a", given.MP4),
    "a moving picture": ("x.png", b"GIF89a" + b"\0" * 32),
    "an Office document": ("x.msg", given.MSG[:512]),
    "nothing": ("x.png", b""),
    "more than 20 MB": ("x.txt", b"a" * (MOST_BYTES + 1)),
    "a picture without a head": ("x.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
    "a picture cut off": ("x.jpg", b"\xff\xd8\xff\xe0\0\x10"),
}  # fmt: skip


@pytest.mark.demand("F6")
@pytest.mark.parametrize("code", TAKEN)
def test_a_file_is_what_is_in_it_whatever_it_is_called(code: str) -> None:
    assert kind_of(TAKEN[code], "holiday.exe").code == code


def test_a_text_is_an_e_mail_only_with_the_ending_and_the_lines_of_one() -> None:
    assert kind_of(given.EML, "x.eml").code == "eml"
    assert kind_of(given.EML, "x.txt").code == "text"
    assert kind_of(b"Hello", "x.eml").code == "text"


@pytest.mark.demand("F6")
@pytest.mark.parametrize("what", REFUSED)
def test_a_hostile_file_is_refused_with_a_sentence(what: str) -> None:
    name, data = REFUSED[what]
    with pytest.raises(RuleBroken) as refused:
        kind_of(data, name)
    [sentence] = refused.value.reasons
    assert sentence.endswith(".")
    assert sentence[0].isupper()


@pytest.mark.demand("F6")
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("a\r\nSet-Cookie: x=1.png", "a Set-Cookie x=1.png"),
        ("a" * 300 + ".png", "a" * 146 + ".png"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("nul\0.png", "nul .png"),
    ],
)
def test_a_hostile_name_keeps_its_last_words_only(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


@pytest.mark.demand("F6")
def test_a_copy_shows_the_picture_and_not_where_it_was_taken() -> None:
    data = given.jpeg()
    assert given.PLACE in data
    [page] = copy_of(KINDS["jpeg"], data).pages
    assert page.startswith(b"\x89PNG")
    assert struct.unpack(">II", page[16:24]) == (1, 1)
    assert b"GPS" not in page
    assert b"Exif" not in page
    assert b"eXIf" not in page


def test_a_pdf_is_shown_as_pictures_of_its_pages() -> None:
    found = copy_of(KINDS["pdf"], given.pdf(pages=2))
    assert len(found.pages) == 2
    assert not found.more
    assert all(page.startswith(b"\x89PNG") for page in found.pages)


@pytest.mark.demand("F6")
def test_a_pdf_or_picture_that_cannot_be_opened_is_refused() -> None:
    for code, data in (("pdf", b"%PDF-1.7\nnothing"), ("png", given.png(says=(900, 900)))):
        with pytest.raises(RuleBroken):
            copy_of(KINDS[code], data)


@pytest.mark.demand("F6")
def test_a_picture_that_takes_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "SECONDS", 0.001)
    with pytest.raises(RuleBroken, match="took too long"):
        copy_of(KINDS["png"], given.png())


def test_what_draws_knows_no_key_and_no_setting() -> None:
    code = "import incidents.copies, sys; sys.exit('django.conf' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={}, check=False)
    assert done.returncode == 0


@pytest.mark.demand("F6")
def test_a_text_is_shown_without_what_turns_or_hides_it() -> None:
    shown = text_of("\ufeffSee photo\u202egnp.exe\0\x1b[2J <script> {{7*7}}\r\nEnd".encode())
    assert shown == "See photo\ufffdgnp.exe[2J <script> {{7*7}}\nEnd"
    assert text_of("Grüße".encode("utf-16")) == "Grüße"
    assert text_of("Grüße".encode("cp1252")) == "Grüße"
    with pytest.raises(RuleBroken):
        text_of(b"---")
