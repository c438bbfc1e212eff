"""PDFs that screen readers can read (PDF/UA-1), made by Typst from templates/pdf and plain data.

What people wrote reaches a template as a string in JSON and is never read as Typst's markup, so
nothing in it can draw, compute or open a file. `docs/decisions/pdf-by-typst.md` says why Typst.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import segno
from django.conf import settings
from django.http import HttpResponse

from web.font_letters import letters_of

if TYPE_CHECKING:
    import typst

FOLDER = Path(settings.BASE_DIR) / "templates" / "pdf"
FONTS = FOLDER / "fonts"
LONG = 30_000  # characters of data, about four pages
KEPT = 11
NAME = re.compile(r"[a-z][a-z_]*\Z")
LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
# They shape letters of some scripts; every other invisible sign is left out.
JOINERS = "\u200c\u200d"
INVISIBLE = {"Cc", "Cf", "Cs"}
VARIANTS = {*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0))}


class CannotPrint(Exception):
    """Typst refused the template or its data: a mistake of ours, whatever a person wrote."""


def pdf(template: str, data: Mapping[str, Any], *, made_at: datetime | None = None) -> bytes:
    """The PDF of templates/pdf/<template>.typ. The same data give the same bytes.

    `made_at` is the only date inside the file; without it there is none. Raises CannotPrint.
    """
    if not NAME.match(template) or not (FOLDER / f"{template}.typ").is_file():
        raise CannotPrint(f"No template is called {template!r}.")
    import typst  # only processes that print carry it in memory

    sent = json.dumps(printable({**data, "made_at": _moment(made_at)}), ensure_ascii=False)
    try:
        made = _compiler(template, sent).compile(format="pdf", pdf_standards=["ua-1"], timestamp=0)
    except typst.TypstError as problem:
        raise CannotPrint(f"{template}.typ: {problem.message}") from problem
    finally:
        if len(sent) > LONG:
            _forget()
    assert isinstance(made, bytes)
    return made


def _compiler(template: str, data: str = "{}") -> typst.Compiler:
    import typst

    return typst.Compiler(
        FOLDER / f"{template}.typ",
        root=FOLDER,
        font_paths=_fonts(),
        sys_inputs={"data": data},
        # Nothing is there: a template that imported a package would fail, not fetch it.
        package_path=FOLDER / "packages",
        package_cache_path=FOLDER / "packages",
    )


def _forget() -> None:
    """Typst keeps what it laid out for ten documents, over 1 MB a page: ten of no page free it."""
    compiler = _compiler("empty")
    for number in range(KEPT):
        compiler.compile(format="pdf", sys_inputs={"data": str(number)})


def qr(text: str) -> list[list[int]]:
    """A QR code as rows of 0 and 1, for `qr-code` of base.typ; it survives a smudge."""
    return [list(row) for row in segno.make(text, error="m", micro=False).matrix]


def printable(value: Any) -> Any:
    """The same data with text that the fonts can show; a sign they lack is named in brackets."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {key: printable(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [printable(each) for each in value]
    return value


def _text(text: str) -> str:
    text = unicodedata.normalize("NFC", LINE_ENDS.sub("\n", text)).replace("\t", "    ")
    if text.isascii() and text.replace("\n", " ").isprintable():
        return text
    return "".join(map(_sign, text))


@lru_cache(maxsize=4096)
def _sign(sign: str) -> str:
    if sign == "\n" or sign in JOINERS:
        return sign
    if unicodedata.category(sign) in INVISIBLE or sign in VARIANTS:
        return ""
    if ord(sign) in _shown():
        return sign
    return f"[{unicodedata.name(sign, f'U+{ord(sign):04X}').lower()}]"


@cache
def _shown() -> frozenset[int]:
    """What our fonts can show."""
    return frozenset(point for font in FONTS.rglob("*.ttf") for point in letters_of(font))


@cache
def _fonts() -> typst.Fonts:
    """Ours and those inside Typst, never the machine's: a PDF looks the same everywhere."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])


def _moment(at: datetime | None) -> list[int] | None:
    return [*at.timetuple()[:6]] if at else None


def pdf_answer(made: bytes, name: str, *, shown: bool = False) -> HttpResponse:
    """A PDF under this name: to keep, or shown by the browser itself."""
    how = "inline" if shown else "attachment"
    headers = {"Content-Disposition": f'{how}; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)
