"""From bytes to text: which file this is, how it is encoded, and whether it is text at all."""

from __future__ import annotations

import codecs
import re
import unicodedata

from governance.importing.result import ImportRefused

# More control characters than this share of the text, and it is no text.
MOST_CONTROLS = 0.005

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

# What pages call the encoding that is Windows-1252 to every browser.
ONE_BYTE = {"windows-1252", "iso-8859-1", "latin1", "cp1252", "iso8859-1", "us-ascii"}
CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x1c\x1d\x1e\x85\u2028\u2029]")
# Invisible: zero-width space, word joiner, byte order mark, soft hyphen, direction overrides.
INVISIBLE = re.compile("[\u200b\u200e\u200f\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069]")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def open_text(data: bytes) -> tuple[str, list[str]]:
    """The text of a text file, with its lines ended by LF, and what to warn about.

    A form feed stays: it says where a page ended. Raises ImportRefused.
    """
    text, warnings = _decoded(data)
    _refuse_binary(text)
    return _tidy(text, warnings), warnings


def decode_page(data: bytes) -> tuple[str, list[str]]:
    """The text of a web page, in the encoding it names, or as any text. Raises ImportRefused."""
    declared = CHARSET.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared else ""
    if not data.startswith(tuple(bom for bom, _ in BOMS)) and name in ONE_BYTE:
        text, warnings = data.decode("cp1252", "replace"), list[str]()
    else:
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


def tidy_words(text: str) -> str:
    """Words as any text may hold them: no controls, nothing invisible, composed letters."""
    text = CONTROLS.sub("", INVISIBLE.sub("", LINE_ENDS.sub("\n", text)))
    return unicodedata.normalize("NFC", SPACES.sub(" ", text))
