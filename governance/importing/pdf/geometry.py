"""Where a PDF's drawing puts a point: its matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Matrix = tuple[float, float, float, float, float, float]
ONE: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def times(one: Matrix, other: Matrix) -> Matrix:
    """First the one, then the other."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (
        a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
        e * g + f * i + k, e * h + f * j + m,
    )  # fmt: skip


def upright(turn: int, width: float, height: float) -> Matrix:
    """What sets a page right that lies on its side."""
    return {
        90: (0, -1, 1, 0, 0, width),
        180: (-1, 0, 0, -1, width, height),
        270: (0, 1, -1, 0, height, 0),
    }.get(turn, ONE)


def matrix_of(operands: Sequence[Any]) -> Matrix:
    """Six numbers as the file gives them. Raises TypeError or ValueError."""
    a, b, c, d, e, f = (float(one) for one in operands)
    return (a, b, c, d, e, f)


def point(at: tuple[float, float], matrix: Matrix) -> tuple[float, float]:
    """The point on the page."""
    x, y = at
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
