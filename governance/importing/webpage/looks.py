"""What a page's own styles say: bold, size, indent. Style sheets are not read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from governance.importing.webpage.tree import Node

LENGTH = re.compile(r"(-?[\d.]+)\s*(pt|px|cm|mm|in|em|rem|pc)?")
POINTS = {
    "pt": 1.0, "px": 0.75, "cm": 28.35, "mm": 2.835, "in": 72.0, "em": 11.0, "rem": 11.0,
    "pc": 12.0, "": 0.75,
}  # fmt: skip
FONT_SIZES = {"1": 7.5, "2": 10.0, "3": 12.0, "4": 13.5, "5": 18.0, "6": 24.0, "7": 36.0}
BOLD = ("bold", "bolder", "600", "700", "800", "900")


@dataclass(frozen=True)
class Looks:
    """How the words of an element look, with what they inherit."""

    bold: bool = False
    italic: bool = False
    underlined: bool = False
    capitals: bool = False
    centred: bool = False
    size: float = 0.0
    href: str = ""
    symbols: bool = False  # letters of a font that draws bullets


def within(node: Node, looks: Looks) -> Looks:
    """The look inside this element."""
    style = node.style
    if node.tag in ("b", "strong", "th"):
        looks = replace(looks, bold=True)
    elif node.tag in ("i", "em"):
        looks = replace(looks, italic=True)
    elif node.tag == "u":
        looks = replace(looks, underlined=True)
    elif node.tag == "a" and node.attributes.get("href"):
        looks = replace(looks, href=node.attributes["href"])
    elif node.tag == "font":
        looks = _font(node, looks)
    if node.tag == "center" or node.attributes.get("align", "").lower() == "center":
        looks = replace(looks, centred=True)
    return _styled(style, looks) if style else looks


def _font(node: Node, looks: Looks) -> Looks:
    size = FONT_SIZES.get(node.attributes.get("size", ""))
    face = node.attributes.get("face", "").lower()
    return replace(looks, size=size or looks.size, symbols=_draws(face) if face else looks.symbols)


def _styled(style: dict[str, str], looks: Looks) -> Looks:
    if weight := style.get("font-weight"):
        looks = replace(looks, bold=weight.lower() in BOLD)
    if slant := style.get("font-style"):
        looks = replace(looks, italic=slant.lower() == "italic")
    if "underline" in style.get("text-decoration", ""):
        looks = replace(looks, underlined=True)
    if style.get("text-transform", "").lower() == "uppercase":
        looks = replace(looks, capitals=True)
    if side := style.get("text-align"):
        looks = replace(looks, centred=side.lower() == "center")
    if size := style.get("font-size"):
        looks = replace(looks, size=points(size) or looks.size)
    if face := style.get("font-family"):
        looks = replace(looks, symbols=_draws(face.lower()))
    return looks


def _draws(face: str) -> bool:
    return face.strip("\"' ").startswith(("symbol", "wingdings", "webdings"))


def points(length: str) -> float:
    """A length in points; 0 for one that says none."""
    found = LENGTH.match(length.strip().lower())
    try:
        return float(found[1]) * POINTS[found[2] or ""] if found else 0.0
    except ValueError:
        return 0.0


def indent_of(node: Node) -> float:
    """How far a paragraph stands from the left edge."""
    style = node.style
    if margin := style.get("margin-left"):
        return points(margin)
    if sides := style.get("margin", "").split():
        return points(sides[3] if len(sides) == 4 else sides[1] if len(sides) > 1 else sides[0])
    return 0.0


def hidden(node: Node) -> bool:
    style = node.style
    return (
        style.get("display", "").lower() == "none"
        or style.get("visibility", "").lower() == "hidden"
        or style.get("mso-hide", "").lower() == "all"
        or "hidden" in node.attributes
    )
