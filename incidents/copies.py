"""A copy of a file to look at: drawn anew, so that it holds nothing but what can be seen.

No place, no camera, no script and nothing hidden behind the picture comes along. Drawing happens in
a process of its own, with an end to its time and its memory, that hands back pictures. The file
reaches it through a pipe and lies in memory only.
"""

from __future__ import annotations

import codecs
import os
import re
import struct
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from incidents.file_kinds import BROKEN, SCREENSHOT, FileKind, size_of
from web.apart import limit, run_apart
from web.errors import RuleBroken

if TYPE_CHECKING:
    import typst

SECONDS = 20
MEMORY = 2048 * 1024 * 1024
MOST_PAGES = 20
MOST_DOTS = 4_000_000
MOST_LETTERS = 200_000
LENGTH = struct.Struct(">I")
FORMATS = {"png": "png", "jpeg": "jpg", "webp": "webp"}
TOO_LONG = "Opening this file safely took too long, and it was stopped. " + SCREENSHOT
NO_PDF = (
    "This PDF cannot be opened safely: it is locked with a password, damaged, or made to be far "
    "larger than it looks. "
) + SCREENSHOT
NO_TEXT = "There are no words in this file."
HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Copy:
    """What may be looked at: `view` says whether `pages` are pictures or one text."""

    view: str = "none"
    pages: tuple[bytes, ...] = ()
    more: bool = False


def copy_of(kind: FileKind, data: bytes) -> Copy:
    """The copy. Raises RuleBroken with a sentence where none can be made."""
    if kind.view == "text":
        return Copy("text", (text_of(data).encode(),), len(data) > MOST_LETTERS)
    if not kind.view:
        return Copy()
    found = _apart(kind, data)
    return Copy("pictures", tuple(found[:MOST_PAGES]), len(found) > MOST_PAGES)


def text_of(data: bytes) -> str:
    """The words, with marks that turn the direction of writing shown for what they are."""
    text = _decoded(data)[:MOST_LETTERS].replace("\r\n", "\n").replace("\r", "\n")
    text = CONTROLS.sub("", HIDDEN.sub("\ufffd", text)).lstrip("\ufeff")
    if not any(sign.isalnum() for sign in text):
        raise RuleBroken(NO_TEXT)
    return text


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _apart(kind: FileKind, data: bytes) -> list[bytes]:
    """Drawn by a process of its own."""
    try:
        done = run_apart("incidents.copies", kind.code, data, seconds=SECONDS)
    except TimeoutError:
        raise RuleBroken(TOO_LONG) from None
    found = list(_frames(done.stdout)) if done.returncode == 0 else []
    if not found:
        raise RuleBroken(NO_PDF if kind.view == "pdf" else BROKEN)
    return found


def _frames(data: bytes) -> Iterator[bytes]:
    at = 0
    while at + LENGTH.size <= len(data):
        length = LENGTH.unpack_from(data, at)[0]
        yield data[at + LENGTH.size : at + LENGTH.size + length]
        at += LENGTH.size + length


def draw(code: str, data: bytes) -> Iterator[bytes]:
    """In this process: each page as a PNG, and one page more than are kept if there are more."""
    with _lying(data) as (root, name):
        if code != "pdf":
            width, height = size_of(code, data)
            yield _drawn(root, _picture(name, FORMATS[code], width, height))
            return
        for page in range(1, MOST_PAGES + 2):
            try:
                yield _drawn(root, _page(name, page))
            except Exception as problem:
                if page > 1 and "does not exist" in str(problem):
                    return
                raise


def _drawn(root: str, source: str) -> bytes:
    compiler = _compiler(root, source)
    made = compiler.compile(format="png", ppi=72.0)
    if not isinstance(made, bytes):
        raise ValueError("more than one page")
    return made


def _compiler(root: str, source: str) -> typst.Compiler:
    import typst

    return typst.Compiler(
        source.encode(), root=root, ignore_system_fonts=True,
        package_path="/nonexistent", package_cache_path="/nonexistent",
    )  # fmt: skip


PAGE = "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"


def _picture(name: str, form: str, width: int, height: int) -> str:
    """Turned as its camera says, and no larger than a screen can use."""
    smaller = min(1.0, (MOST_DOTS / (width * height)) ** 0.5)
    wide, high = max(1, int(width * smaller)), max(1, int(height * smaller))
    return PAGE + (
        f'#context {{ let one = image("{name}", format: "{form}"); let size = measure(one)\n'
        f"let turned = (size.width > size.height) != ({wide} > {high})\n"
        f'image("{name}", format: "{form}", width: if turned {{ {high}pt }} else {{ {wide}pt }}) }}'
    )


def _page(name: str, page: int) -> str:
    return PAGE + (
        f'#context {{ let one = image("{name}", format: "pdf", page: {page})\n'
        "let size = measure(one)\n"
        f"let most = calc.sqrt({MOST_DOTS} / (size.width.pt() * size.height.pt()))\n"
        "let wide = calc.min(1000.0, size.width.pt() * most)\n"
        f'image("{name}", format: "pdf", page: {page}, width: wide * 1pt) }}'
    )


@contextmanager
def _lying(data: bytes) -> Iterator[tuple[str, str]]:
    """The file where it can be read from by name: in memory, else in a folder that goes at once."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("file")
        try:
            with os.fdopen(handle, "wb", closefd=False) as file:
                file.write(data)
            yield "/proc/self/fd", str(handle)
        finally:
            os.close(handle)
    else:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "file").write_bytes(data)
            yield folder, "file"


def main(code: str) -> None:
    """Draw what comes in, write pictures."""
    limit(memory=MEMORY, seconds=SECONDS)
    for picture in draw(code, sys.stdin.buffer.read()):
        sys.stdout.buffer.write(LENGTH.pack(len(picture)) + picture)


if __name__ == "__main__":
    main(sys.argv[1])
