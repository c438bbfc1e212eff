"""PDFs: with headings and lists that the file knows of, and as a scanner of eyes would see them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import typst

from tests.governance.documents.model import Block, Head, Item, Policy, Table, Text

TEMPLATE = Path(__file__).with_name("printed.typ")


def printed(policy: Policy, *, plain: bool, hyphenated: bool = False, tags: bool = True) -> bytes:
    """`plain`: bold lines, typed bullets, an own contents list; `tags`: structure in the file."""
    data = {
        "title": policy.title,
        "school": policy.school,
        "facts": list(policy.facts.items()),
        "contents": policy.contents,
        "running": policy.running,
        "heads": [head.printed for head in policy.heads()],
        "plain": plain,
        "hyphenated": hyphenated,
        "blocks": _blocks(policy.blocks),
    }
    made = typst.compile(
        TEMPLATE,
        format="pdf",
        sys_inputs={"policy": json.dumps(data)},
        ignore_system_fonts=True,
        pdf_tags=tags,
    )
    assert isinstance(made, bytes)
    return made


def _blocks(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for is_list, run in groupby(blocks, key=lambda block: isinstance(block, Item)):
        if is_list:
            items = [block for block in run if isinstance(block, Item)]
            flat = [{"depth": i.depth, "mark": i.mark, "text": i.text} for i in items]
            found.append({"is": "items", "flat": flat, "nested": _nested(items)})
            continue
        for block in run:
            if isinstance(block, Head):
                found.append({"is": "head", "level": block.level, "text": block.printed})
            elif isinstance(block, Text):
                found.append({"is": "text", "text": block.text})
            elif isinstance(block, Table):
                found.append(_table(block))
    return found


def _nested(items: list[Item]) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = []
    index = 0
    while index < len(items):
        depth, kind = items[index].depth, items[index].kind
        group: dict[str, Any] = {"kind": kind, "items": []}
        while index < len(items) and (items[index].depth, items[index].kind) == (depth, kind):
            end = index + 1
            while end < len(items) and items[end].depth > depth:
                end += 1
            below = _nested(items[index + 1 : end])
            group["items"].append({"text": items[index].text, "below": below})
            index = end
        groups.append(group)
    return groups


def _table(table: Table) -> dict[str, Any]:
    """The head is the first row, and the second where a cell of the first reaches into it."""
    heads = 1 + any(cell == "^" for cell in table.rows[1])
    cells = [
        (r, {"text": text, "across": table.across(r, c), "down": table.down(r, c)})
        for r, c, text in table.shown()
    ]
    return {
        "is": "table",
        "columns": len(table.rows[0]),
        "first": [cell for r, cell in cells if r < heads],
        "rest": [cell for r, cell in cells if r >= heads],
    }


WRITERS: dict[str, Callable[[Policy], bytes]] = {
    "tidy": partial(printed, plain=False),
    "ragged": partial(printed, plain=True, tags=False),
    "long": partial(printed, plain=False, hyphenated=True, tags=False),
}
