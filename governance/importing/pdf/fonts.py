"""What the codes of a PDF's text say and how wide they are, and whether a font is bold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Not listed among pypdf's public names; requirements.txt keeps to the versions that have it.
from pypdf.generic._font import Font

BOLD = re.compile(r"bold|black|heavy|semibold|demi(?!cn)|[-,]bd\b", re.IGNORECASE)
ITALIC = re.compile(r"ital|obli|slanted|[-,]it\b", re.IGNORECASE)
FORCED_BOLD = 1 << 18  # a flag of the font's description
HEAVY = 600
LIGATURES = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl",
    "\ufb05": "st", "\ufb06": "st",
}  # fmt: skip
WIDTH = 500.0  # of a letter, in thousandths, where the font does not say


@dataclass
class Letters:
    """A font as text needs it."""

    font: Font | None
    bold: bool = False
    italic: bool = False
    two_bytes: bool = False
    _seen: dict[str, tuple[str, float]] = field(default_factory=dict)

    def read(self, codes: bytes) -> Iterator[tuple[str, float, bool]]:
        """Each code's letters, their width in thousandths, and whether it is the one-byte space."""
        for code in self._codes(codes):
            if code not in self._seen:
                self._seen[code] = self._letter(code)
            letters, width = self._seen[code]
            yield letters, width, code == " " and not self.two_bytes

    def _codes(self, codes: bytes) -> str:
        encoding = self.font.encoding if self.font else "latin-1"
        if isinstance(encoding, dict):
            return "".join(map(chr, codes))
        try:
            return codes.decode(encoding, "surrogatepass")
        except (UnicodeDecodeError, LookupError):
            return codes.decode("utf-16-be" if self.two_bytes else "latin-1", "replace")

    def _letter(self, code: str) -> tuple[str, float]:
        font = self.font
        if font is None:
            return code, WIDTH
        shown = font.encoding.get(ord(code), code) if isinstance(font.encoding, dict) else code
        shown = font.character_map.get(shown, font.character_map.get(code, shown))
        shown = shown if isinstance(shown, str) else code
        width = font.space_width if shown == " " and code not in font.character_widths else None
        if width is None:
            width = font.character_widths.get(code, font.character_widths.get("default", WIDTH))
        return LIGATURES.get(shown, shown), _number(width)


def letters_of(resource: Any) -> Letters:
    """A font of the page's resources."""
    try:
        font: Font | None = Font.from_font_resource(resource)
    except Exception:
        font = None  # its codes are read as they are
    name = str(resource.get("/BaseFont", "")).partition("+")[2] or str(resource.get("/BaseFont"))
    about = _description(resource)
    flags = about.get("/Flags", 0)
    heavy = _number(about.get("/FontWeight", 0)) >= HEAVY
    return Letters(
        font,
        bold=bool(BOLD.search(name)) or heavy or bool(int(_number(flags)) & FORCED_BOLD),
        italic=bool(ITALIC.search(name)) or _number(about.get("/ItalicAngle", 0)) != 0,
        two_bytes=resource.get("/Subtype") == "/Type0",
    )


def _description(resource: Any) -> Any:
    below = resource.get("/DescendantFonts")
    if below is not None:
        below = below.get_object()
        resource = below[0].get_object() if len(below) else resource
    about = resource.get("/FontDescriptor")
    about = about.get_object() if about is not None else {}
    return about if hasattr(about, "get") else {}


def _number(value: Any) -> float:
    try:
        return float(value.get_object() if hasattr(value, "get_object") else value)
    except (TypeError, ValueError):
        return 0.0
