"""From what each line says to rows: a first and a last day that stand apart become one term."""

from __future__ import annotations

from collections.abc import Iterable

from people.year_import import words
from people.year_import.rows import Found, Left, Listed, Row
from people.year_import.spans import MOST_READINGS, Span

NO_LAST = "A first day is given here, and no last day anywhere."
NO_FIRST = "A last day is given here, and no first day before it."
TWICE = "Another first day of the same was given before."
# What has a beginning and an end that may stand in different lines.
LONG = (words.TERM, words.HALF_TERM, words.HOLIDAY)


def assemble(found: Iterable[Found], left: Iterable[Left], unit: str = "line") -> Listed:
    """The rows of a list, in its order, and what could not be understood."""
    listed = Listed(left=list(left), unit=unit)
    begun: dict[tuple[str, str], Found] = {}
    for one in found:
        if one.span.problem:
            listed.left.append(Left(one.line, one.text, one.span.problem))
        elif one.role == "" or one.kind not in LONG:
            listed.rows.append(_row(one))
        elif one.role == "starts":
            key = _key(one)
            if key in begun:
                listed.left.append(Left(one.line, one.text, TWICE))
            else:
                begun[key] = one
        else:
            _end(one, begun, listed)
    for one in begun.values():
        listed.left.append(Left(one.line, one.text, NO_LAST))
    listed.rows.sort(key=lambda row: row.lines)
    listed.left.sort(key=lambda one: one.line)
    return listed


def _end(one: Found, begun: dict[tuple[str, str], Found], listed: Listed) -> None:
    """Put a last day to its first: that of the same name, else the latest of the same kind."""
    key = _key(one)
    if key not in begun and not key[1]:
        key = next((other for other in reversed(begun) if other[0] == one.kind), key)
    if key not in begun:
        listed.left.append(Left(one.line, one.text, NO_FIRST))
        return
    first = begun.pop(key)
    span = _joined(first.span, one.span)
    if span.problem:
        listed.left.append(Left(one.line, one.text, span.problem))
    else:
        listed.rows.append(_row(first, one, span))


def _joined(first: Span, last: Span) -> Span:
    readings = tuple(
        (begins, ends)
        for begins, _ in first.readings
        for _, ends in last.readings
        if begins <= ends
    )
    if not readings:
        return Span(problem="The last day is before the first.")
    return Span(
        readings[:MOST_READINGS], first.doubts + last.doubts, (first.notes + last.notes)[:1]
    )


def _row(first: Found, last: Found | None = None, span: Span | None = None) -> Row:
    span = span or first.span
    apart = last is not None and last.line != first.line
    return Row(
        lines=(first.line, last.line) if last and apart else (first.line,),
        text=f"{first.text} … {last.text}" if last and apart else first.text,
        label=first.label,
        kind=first.kind,
        readings=span.readings,
        doubts=span.doubts,
        notes=span.notes,
    )


def _key(one: Found) -> tuple[str, str]:
    return one.kind, words.term_key(one.label)
