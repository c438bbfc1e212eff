"""From bytes to text: which file this is, how it is encoded, and whether it is text at all."""

from __future__ import annotations

import codecs
import re
import unicodedata

from files.sniff import sniff
from governance.importing.result import ImportRefused

MAX_BYTES = 20 * 1024 * 1024
# More control characters than this share of the text, and it is no text.
MOST_CONTROLS = 0.005

SAID = {
    "application/pdf": "a PDF",
    "image/png": "a picture (PNG)",
    "image/jpeg": "a picture (JPEG)",
    "image/gif": "a picture (GIF)",
    "image/webp": "a picture (WebP)",
    "application/zip": "a ZIP archive",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "a Word document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "an Excel workbook",
    "application/x-ole-storage": "a document of an older Microsoft Office",
    "application/rtf": "a rich text (RTF) document",
    "text/html": "a web page (HTML)",
}
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
NOT_TEXT = "This is not a text file, although its name says so. Choose the policy's own file."
UNREADABLE = (
    "The letters in this file could not be read. Open it in the program that made it, save it as "
    "plain text in UTF-8, and try again."
)

LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x1c\x1d\x1e\x85\u2028\u2029]")
# Invisible: zero-width space, word joiner, byte order mark, soft hyphen, direction overrides.
INVISIBLE = re.compile("[\u200b\u200e\u200f\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069]")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def open_text(data: bytes) -> tuple[str, list[str]]:
    """The text of a text file, with its lines ended by LF, and what to warn about.

    A form feed stays: it says where a page ended. Raises ImportRefused.
    """
    if not data:
        raise ImportRefused("This file is empty.")
    if len(data) > MAX_BYTES:
        raise ImportRefused("This file is larger than 20 MB. A policy's text is far smaller.")
    kind = sniff(data)
    if kind in SAID:
        raise ImportRefused(
            f"This is {SAID[kind]}, although its name says it is text. Choose the text itself, "
            "or copy the policy into a plain text file."
        )
    text, warnings = _decoded(data)
    _refuse_binary(text)
    return _tidy(text, warnings), warnings


def _decoded(data: bytes) -> tuple[str, list[str]]:
    for bom, encoding in BOMS:
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding), []
            except UnicodeDecodeError:
                raise ImportRefused(UNREADABLE) from None
    if b"\0" in data:
        raise ImportRefused(NOT_TEXT)
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        binary = _is_binary(data.decode("ascii", "replace"))
        raise ImportRefused(NOT_TEXT if binary else UNREADABLE) from None
    warning = (
        "The file is in an older encoding and was read as Western European (Windows-1252). "
        "Check accents, quotation marks and pound signs."
    )
    return text, [warning]


def _refuse_binary(text: str) -> None:
    if _is_binary(text):
        raise ImportRefused(NOT_TEXT)
    if not any(character.isalnum() for character in text):
        raise ImportRefused("There are no words in this file.")


def _is_binary(text: str) -> bool:
    controls = len(CONTROLS.findall(LINE_ENDS.sub("\n", text)))
    return "\0" in text or controls > MOST_CONTROLS * len(text)


def _tidy(text: str, warnings: list[str]) -> str:
    text = LINE_ENDS.sub("\n", text)
    tidy = CONTROLS.sub("", INVISIBLE.sub("", text))
    if re.search("[\u202a-\u202e\u2066-\u2069]", text):
        warnings.append("Hidden marks that turn the direction of writing were taken out.")
    if "â€" in tidy or "Ã©" in tidy:
        warnings.append(
            "Some letters look damaged (such as â€™ for an apostrophe): the file was saved in the "
            "wrong encoding once. Compare with the original."
        )
    return unicodedata.normalize("NFC", SPACES.sub(" ", tidy))
