"""Which characters a TrueType font can show, read from the table it keeps for that."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

# How the table may be written: groups for all of Unicode, segments for its first part.
GROUPS, SEGMENTS = 12, 4
LAST = 0xFFFF  # closes the list of segments and is no character


def letters_of(font: Path) -> Iterator[int]:
    """The code points with a glyph. A code point may come twice."""
    data = font.read_bytes()
    start = _table(data, b"cmap")
    (count,) = struct.unpack_from(">H", data, start + 2)
    for index in range(count):
        (offset,) = struct.unpack_from(">I", data, start + 4 + 8 * index + 4)
        (kind,) = struct.unpack_from(">H", data, start + offset)
        if kind == GROUPS:
            yield from _groups(data, start + offset)
        elif kind == SEGMENTS:
            yield from _segments(data, start + offset)


def _table(data: bytes, wanted: bytes) -> int:
    (count,) = struct.unpack_from(">H", data, 4)
    for index in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        if tag == wanted:
            return int(offset)
    raise ValueError("This font has no such table.")


def _groups(data: bytes, at: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">I", data, at + 12)
    for index in range(count):
        first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * index)
        yield from range(first + (glyph == 0), last + 1)


def _segments(data: bytes, at: int) -> Iterator[int]:
    (doubled,) = struct.unpack_from(">H", data, at + 6)
    lasts, firsts = at + 14, at + 16 + doubled
    deltas, offsets = firsts + doubled, firsts + 2 * doubled
    for step in range(0, doubled, 2):
        (last,) = struct.unpack_from(">H", data, lasts + step)
        (first,) = struct.unpack_from(">H", data, firsts + step)
        (delta,) = struct.unpack_from(">H", data, deltas + step)
        (offset,) = struct.unpack_from(">H", data, offsets + step)
        for point in range(first, last + 1):
            if point != LAST and _glyph(data, point, first, delta, offset, offsets + step):
                yield point


def _glyph(data: bytes, point: int, first: int, delta: int, offset: int, at: int) -> int:
    if not offset:
        return (point + delta) & LAST
    (glyph,) = struct.unpack_from(">H", data, at + offset + 2 * (point - first))
    return (glyph + delta) & LAST if glyph else 0
