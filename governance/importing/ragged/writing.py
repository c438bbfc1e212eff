"""The parts as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from governance.importing.lines import Mark, settled
from governance.importing.parts import Kind, Part
from governance.text.escape import escape_block, escape_cell, escape_heading

DEEPEST = 5


def nest(parts: list[Part]) -> None:
    """Give every list item its depth, from its bullet, its indent and the items above it."""
    for part in parts:
        if part.mark and part.mark.kind == "1.1" and part.kind is Kind.ITEM:
            # "4.2 Staff must …" is a clause that people refer to: a paragraph with its number.
            part.kind, part.text, part.mark = Kind.PARAGRAPH, part.printed, None
    above: list[tuple[str, int]] = []  # kind and indent of each open depth
    last: Mark | None = None
    for part in parts:
        if part.kind is not Kind.ITEM or part.mark is None:
            above = []
            continue
        part.mark = last = settled(part.mark, last)
        kind = part.mark.kind
        depth = _depth(above, kind, part)
        del above[depth:]
        above.append((kind, part.indent))
        part.level = min(depth, DEEPEST)


def _depth(above: list[tuple[str, int]], kind: str, part: Part) -> int:
    if not above:
        return 0
    indent = part.indent
    kinds = [one for one, _ in above]
    if part.mark and part.mark.nested:
        return kinds.index("o") if "o" in kinds and kinds.index("o") else 1
    if indent > above[-1][1]:
        # Deeper to the right: a child, unless the same bullet is open at this very indent.
        return len(above)
    for depth in range(len(above) - 1, -1, -1):
        if above[depth] == (kind, indent):
            return depth
    while len(above) > 1 and above[-1][1] > indent:
        above.pop()
    kinds = [one for one, _ in above]
    if kind in kinds:
        return len(kinds) - 1 - kinds[::-1].index(kind)
    return len(above) if above[-1][1] <= indent else max(len(above) - 1, 0)


def write(parts: Sequence[Part]) -> str:
    """Markdown, ended by one line end; empty for no parts."""
    blocks: list[str] = []
    index = 0
    while index < len(parts):
        part = parts[index]
        if part.kind is Kind.ITEM:
            end = index
            while end < len(parts) and parts[end].kind is Kind.ITEM:
                end += 1
            blocks.append(_list(parts[index:end]))
            index = end
            continue
        blocks.append(_block(part))
        index += 1
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _block(part: Part) -> str:
    if part.kind is Kind.HEADING:
        return f"{'#' * part.level} {escape_heading(part.text)}"
    if part.kind is Kind.TABLE:
        return _table(part)
    if part.lines:
        return "\\\n".join(escape_block(line) for line in part.lines)
    return part.rich or escape_block(part.text)


def _table(part: Part) -> str:
    cells = (
        [[cell.replace("|", "\\|") for cell in row] for row in part.rich_rows]
        if part.rich_rows
        else [[escape_cell(cell) for cell in row] for row in part.rows]
    )
    written = ["| " + " | ".join(row) + " |" for row in cells]
    written.insert(1, "| " + " | ".join("---" for _ in cells[0]) + " |")
    return "\n".join(written)


def _list(items: Sequence[Part]) -> str:
    """A list, with lists in it. Numbers that do not count on are written as text."""
    lines: list[str] = []
    open_at: list[tuple[str, int, int]] = []  # per depth: type, last number, indent of its text
    for item in items:
        depth = min(item.level, len(open_at))
        before = open_at[depth] if depth < len(open_at) else None
        indent = open_at[depth - 1][2] if depth else 0
        type_, number, sign, text = _marker(item, before)
        # A list of another kind, or one that starts above 1, needs an empty line to be seen.
        apart = bool(before and before[0] != type_) or (
            type_ == "n" and before is None and number != 1
        )
        if lines and apart:
            lines.append("")
        hanging = " " * (indent + len(sign) + 1)
        lines.append(" " * indent + f"{sign} " + text.replace("\n", f"\n{hanging}"))
        del open_at[depth:]
        open_at.append((type_, number, indent + len(sign) + 1))
    return "\n".join(lines)


def _marker(item: Part, before: tuple[str, int, int] | None) -> tuple[str, int, str, str]:
    mark = item.mark
    text = item.rich or escape_block(item.text)
    if mark is None or not (mark.number or mark.kind in ("1.", "(1)", "1.1", "a)", "i)")):
        return "-", 0, "-", text
    counts_on = before is None or before[0] != "n" or before[1] + 1 == mark.number
    if mark.printed == f"{mark.number}." and counts_on:
        return "n", mark.number, f"{mark.number}.", text
    rich = f"{escape_block(mark.printed)} {item.rich}"
    return "-", 0, "-", rich if item.rich else escape_block(item.printed)
