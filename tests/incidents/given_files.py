"""Files as they come: honest ones, and those that are made to hurt. None needs more than Python."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import typst


def png(width: int = 3, height: int = 2, *, says: tuple[int, int] | None = None) -> bytes:
    """A red picture; `says`: what its head claims."""
    raw = (b"\0" + b"\xff\0\0" * width) * height
    head = struct.pack(">IIBBBBB", *(says or (width, height)), 8, 2, 0, 0, 0)
    parts = _part(b"IHDR", head) + _part(b"IDAT", zlib.compress(raw)) + _part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _part(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def webp() -> bytes:
    """One dot."""
    return bytes.fromhex("524946461a000000574542505650384c0d0000002f00000010071011118888fe0700")


# One grey dot, and where it was taken: a camera's note (EXIF) with a place.
JPEG = bytes.fromhex(
    "ffd8ffdb004300" + "01" * 64 + "ffc0000b080001000101011100"
    "ffc40014000100000000000000000000000000000003"
    "ffc40014100100000000000000000000000000000000ffda00080101003f0037ffd9"
)
PLACE = b"GPSLatitude 51.5007 GPSLongitude 0.1246"


def jpeg(note: bytes = PLACE) -> bytes:
    exif = b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0" + note
    return JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + JPEG[2:]


def pdf(pages: int = 1, words: str = "Seen on Tuesday") -> bytes:
    made = typst.Compiler((f"{words} #pagebreak(weak: true)\n" * pages).encode()).compile()
    assert isinstance(made, bytes)
    return made


def archive(name: str = "inside.txt", size: int = 10) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, b"0" * size)
    return file.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n/Courier findfont\n"
MP3 = b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\0" + b"\0" * 64
WAV = b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0" + b"\0" * 32
OGG = b"OggS\0\x02" + b"\0" * 22 + b"\x01\x1eOpusHead" + b"\0" * 16
M4A = b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42" + b"\0\0\0\x20hdlr" + b"\0" * 8 + b"soun" + b"\0" * 8
MP4 = b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0\0\0\x20hdlr" + b"\0" * 8 + b"vide" + b"\0" * 8
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 32
EML = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n\r\nHello\r\n"
MSG = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "__substg1.0_0037001F".encode("utf-16-le")
