"""How deep each list item lies: from the file's own lists, from where it stands on the page."""

from __future__ import annotations

from dataclasses import dataclass

from governance.importing.lines import Mark, settled
from governance.importing.parts import Kind, Part
from governance.text.escape import escape_block

SAME = 6  # points by which items of one depth may differ
DEEPEST = 5
# A bullet or number that stands for the depth below another, where both begin at one edge.
BELOW = {"o": ("-", "•"), "a)": ("1.", "(1)", "1.1"), "i)": ("a)", "1.", "1.1")}


@dataclass(frozen=True)
class Open:
    """An item that the next one may belong to."""

    family: str
    level: int
    indent: int
    kind: str


def rejoin(parts: list[Part]) -> list[Part]:
    """A paragraph set in between two items of one list goes on with the first of them."""
    kept: list[Part] = []
    for index, part in enumerate(parts):
        before = kept[-1] if kept else None
        after = parts[index + 1] if index + 1 < len(parts) else None
        if before and after and _is_between(before, part, after):
            own = part.rich or escape_block(part.text)
            before.rich = f"{before.rich or escape_block(before.text)}\\\n{own}"
            before.text = f"{before.text} {part.text}"
        else:
            kept.append(part)
    return kept


def _is_between(before: Part, part: Part, after: Part) -> bool:
    return (
        part.kind is Kind.PARAGRAPH
        and not part.role
        and before.kind is Kind.ITEM
        and after.kind is Kind.ITEM
        and 0 < before.indent - SAME <= part.indent
        and (before.family == after.family or before.indent == after.indent)
    )


def nest(parts: list[Part]) -> None:
    """Give every item its depth, 0 being the outermost."""
    above: list[Open] = []
    last: Mark | None = None
    for part in parts:
        if part.kind is not Kind.ITEM or part.mark is None:
            above = []
            continue
        part.mark = last = settled(part.mark, last)
        kind = part.mark.kind
        if kind == "1.1" and not _in_list_of_numbers(above):
            # "4.2 Staff must …" is a clause that people refer to: a paragraph with its number.
            _as_clause(part)
            above = []
            continue
        one = Open(part.family, part.level, part.indent, kind)
        depth = _depth(above, one)
        del above[depth:]
        above.append(one)
        part.level = min(depth, DEEPEST)


def _in_list_of_numbers(above: list[Open]) -> bool:
    return any(one.kind in ("1.", "1.1") for one in above)


def _as_clause(part: Part) -> None:
    assert part.mark is not None
    part.kind = Kind.PARAGRAPH
    part.rich = f"{part.mark.printed} {part.rich}" if part.rich else ""
    part.text, part.mark = part.printed, None


def _depth(above: list[Open], one: Open) -> int:
    for depth in range(len(above) - 1, -1, -1):
        before = above[depth]
        if one.family and one.family == before.family:
            if one.level > before.level:
                return depth + 1
            if one.level == before.level:
                return depth
        elif one.indent > before.indent + SAME:
            return depth + 1
        elif one.indent >= before.indent - SAME:
            if one.kind == before.kind:
                return depth
            if any(other.kind == one.kind for other in above[:depth]):
                continue
            return depth + 1 if before.kind in BELOW.get(one.kind, ()) else depth
    return 0
