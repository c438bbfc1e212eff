"""What a file given as evidence really is, told by what is in it and never by its name (F6)."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from files.sniff import UNKNOWN, sniff
from web.errors import RuleBroken

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 30_000


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: `view` is how a copy of it is made; without one it stays sealed."""

    code: str
    ending: str
    said: str
    view: str = ""


KINDS = {
    kind.code: kind
    for kind in (
        FileKind("png", "png", "Picture (PNG)", "picture"),
        FileKind("jpeg", "jpg", "Picture (JPEG)", "picture"),
        FileKind("webp", "webp", "Picture (WebP)", "picture"),
        FileKind("pdf", "pdf", "PDF", "pdf"),
        FileKind("text", "txt", "Text", "text"),
        FileKind("mp3", "mp3", "Sound (MP3)"),
        FileKind("m4a", "m4a", "Sound (M4A)"),
        FileKind("wav", "wav", "Sound (WAV)"),
        FileKind("ogg", "ogg", "Sound (OGG)"),
        FileKind("eml", "eml", "E-mail"),
        FileKind("msg", "msg", "E-mail of Outlook"),
        FileKind("heic", "heic", "Picture of an iPhone (HEIC)"),
    )
}
TAKEN = (
    "Choose a picture (PNG, JPEG, WebP or HEIC), a PDF, a text, a sound (MP3, M4A, WAV, OGG) or "
    "an e-mail (EML, MSG)."
)
SCREENSHOT = "Take a screenshot of what it shows, and choose that."
PAGE = "This is a web page, which can do things when it is opened. " + SCREENSHOT
DRAWING = "This is a drawing (SVG) that can do things when it is opened. " + SCREENSHOT
PRINTER = "This is a document for printers (EPS) that can hold small programs. " + SCREENSHOT
ARCHIVE = "This is an archive with other files in it. Unpack it, and choose the files one by one."
FILM = "Films are not taken. Write down what it shows and where it is, and keep the device safe."
TWO_IN_ONE = (
    "This is two kinds of file in one, which is a way to hide something. Do not open it. "
    "Take a screenshot of what can be seen, choose that, and tell whoever looks after computers."
)
TOO_MANY_DOTS = (
    "This picture is larger than any screen or camera makes it, so it was not opened. "
) + SCREENSHOT
BROKEN = "This picture is damaged and was not taken. " + SCREENSHOT
EMPTY = "This file is empty."
TOO_LARGE = "This file is larger than 20 MB. Choose a smaller one, or a screenshot of it."

SAID = {
    "text/html": PAGE,
    "application/zip": ARCHIVE,
    "image/gif": "This is a picture that moves (GIF). " + SCREENSHOT,
    "application/rtf": "This is a Word-processor document. Save it as a PDF, and choose that.",
}
OFFICE = "This is an Office document. Save it as a PDF, and choose that."
MARKUP = re.compile(rb"<(?:!doctype\s+html|html|script|svg|body|iframe|\?xml|\?php)\b", re.I)
ACTIVE = re.compile(rb"<(?:script|html|svg|iframe|\?php)[\s>]|<!doctype\s+html", re.I)
HEADER = re.compile(rb"(?im)^(?:from|to|subject|received|date|message-id|return-path):\s")
SOUND, PICTURE_TRACK = re.compile(rb"hdlr.{8}soun", re.S), re.compile(rb"hdlr.{8}vide", re.S)
HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}
OUTLOOK = "__substg1.0_".encode("utf-16-le")
PICTURES = {"image/png": "png", "image/jpeg": "jpeg", "image/webp": "webp"}
MATROSKA = b"\x1a\x45\xdf\xa3"
EPS = (b"%!", b"\xc5\xd0\xd3\xc6")


def kind_of(data: bytes, name: str) -> FileKind:
    """What it is. Raises RuleBroken with a sentence for whatever is not taken.

    The name decides one thing only: whether a text is an e-mail.
    """
    if not data:
        raise RuleBroken(EMPTY)
    if len(data) > MOST_BYTES:
        raise RuleBroken(TOO_LARGE)
    code = _code(data, name)
    if code in PICTURES.values():
        _expect_picture(code, data)
    if KINDS[code].view in ("picture", "pdf") and _hides_something(code, data):
        raise RuleBroken(TWO_IN_ONE)
    return KINDS[code]


def _code(data: bytes, name: str) -> str:
    if data.startswith(EPS):
        raise RuleBroken(PRINTER)
    found = sniff(data)
    if found in PICTURES:
        return PICTURES[found]
    if found == "application/pdf":
        if not data.startswith(b"%PDF-"):
            raise RuleBroken(TWO_IN_ONE)
        return "pdf"
    if sound := _sound(data):
        return sound
    if found == "text/plain":
        return _text(data, name)
    return _other(data, found)


def _other(data: bytes, found: str) -> str:
    """What stays sealed, and the sentence for what is not taken."""
    if found == "application/x-ole-storage" and OUTLOOK in data:
        return "msg"
    if found == "application/x-ole-storage" or "officedocument" in found:
        raise RuleBroken(OFFICE)
    if data[4:8] == b"ftyp" and _brands(data) & HEIC:
        return "heic"
    if data[4:8] == b"ftyp" or data.startswith(MATROSKA):
        raise RuleBroken(FILM)
    raise RuleBroken(SAID.get(found, "This kind of file is not taken. " + TAKEN))


def _sound(data: bytes) -> str:
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return "wav"
    if data.startswith(b"OggS"):
        if b"theora" in data[:4096]:
            raise RuleBroken(FILM)
        return "ogg"
    if data.startswith(b"ID3") or _is_mp3_frame(data):
        return "mp3"
    if data[4:8] == b"ftyp" and SOUND.search(data) and not PICTURE_TRACK.search(data):
        return "m4a"
    return ""


def _is_mp3_frame(data: bytes) -> bool:
    """A frame of layer 3 with a rate that exists."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:
        return False
    return data[2] & 0xF0 not in (0, 0xF0) and data[2] & 0x0C != 0x0C


def _brands(data: bytes) -> set[bytes]:
    length = min(int.from_bytes(data[:4], "big"), 256)
    return {data[8:12], *(data[at : at + 4] for at in range(16, length, 4))}


def _text(data: bytes, name: str) -> str:
    if name.lower().endswith(".eml") and len(HEADER.findall(data[:8192])) >= 2:
        return "eml"
    plain = data[:4096].replace(b"\0", b"")
    if re.search(rb"<svg\b", plain, re.I):
        raise RuleBroken(DRAWING)
    if plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") and MARKUP.search(plain):
        raise RuleBroken(PAGE)
    controls = sum(sign < 9 for sign in plain if sign)
    if controls > len(plain) // 200:
        raise RuleBroken("This kind of file is not taken. " + TAKEN)
    return "text"


def _hides_something(code: str, data: bytes) -> bool:
    """A web page or an archive inside what is a picture or a PDF to whoever looks at it."""
    if code != "pdf" and ACTIVE.search(data):
        return True
    return zipfile.is_zipfile(io.BytesIO(data))


def _expect_picture(code: str, data: bytes) -> None:
    """Of a size that a screen or a camera makes, asked before anything is decoded."""
    try:
        width, height = SIZES[code](data)
    except (ValueError, struct.error, IndexError):
        raise RuleBroken(BROKEN) from None
    if not (width and height):
        raise RuleBroken(BROKEN)
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise RuleBroken(TOO_MANY_DOTS)


def size_of(code: str, data: bytes) -> tuple[int, int]:
    """Width and height as the picture's own head says."""
    return SIZES[code](data)


def _png(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise ValueError("no head")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    for marker, at in _segments(data):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 3 : at + 7])
            return width, height
    raise ValueError("no frame")


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """(marker, where its length stands) of each part of a JPEG before its picture."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xDA:
            return
        yield marker, at + 2
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))


def _webp(data: bytes) -> tuple[int, int]:
    form = data[12:16]
    if form == b"VP8X":
        size = data[24:30]
        return 1 + int.from_bytes(size[:3], "little"), 1 + int.from_bytes(size[3:], "little")
    if form == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if form == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no picture")


SIZES = {"png": _png, "jpeg": _jpeg, "webp": _webp}
__all__ = ["KINDS", "MOST_BYTES", "UNKNOWN", "FileKind", "kind_of", "size_of"]
