"""A school's colour, and what can be read on it."""

from __future__ import annotations

DEFAULT = "1d4f91"
WHITE = (255, 255, 255)
BLACK = (0, 0, 0)
ENOUGH = 4.5
# A dark page wants a band that does not glare; white on it must be easy to read.
ENOUGH_ON_DARK = 7.0

Rgb = tuple[int, int, int]


def rgb(hex6: str) -> Rgb:
    red, green, blue = bytes.fromhex(hex6)
    return red, green, blue


def luminance(colour: Rgb) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [part / 255 for part in colour]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Rgb, other: Rgb) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_on(colour: Rgb) -> Rgb:
    """White where it reads well enough, else black, which then does."""
    return WHITE if contrast(WHITE, colour) >= ENOUGH else BLACK


def deepened(colour: Rgb) -> Rgb:
    """The same hue, dark enough for white text on a dark page."""
    factor = 1.0
    shade = colour
    while contrast(WHITE, shade) < ENOUGH_ON_DARK:
        factor -= 0.05
        shade = _scaled(colour, factor)
    return shade


def _scaled(colour: Rgb, factor: float) -> Rgb:
    red, green, blue = colour
    return round(red * factor), round(green * factor), round(blue * factor)


def style_sheet(hex6: str) -> str:
    """The custom properties that the masthead reads."""
    colour = rgb(hex6)
    return (
        f":root{{--school:{_hex(colour)};--on-school:{_hex(text_on(colour))};"
        f"--school-deep:{_hex(deepened(colour))}}}\n"
    )


def _hex(colour: Rgb) -> str:
    return "#" + bytes(colour).hex()
