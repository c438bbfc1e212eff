"""Markdown and plain text: typed well, saved from a PDF, and pasted from anywhere."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from functools import partial

from tests.governance.documents.model import Head, Item, Policy, Table, Text

WIDTH = 76


def markdown(policy: Policy) -> bytes:
    """As people write it who know it."""
    lines = [f"# {policy.title}", ""]
    lines += [f"**{label}:** {value}\\" for label, value in policy.facts.items()]
    lines[-1] = lines[-1].rstrip("\\")
    lines += [""]
    if policy.contents:
        lines += ["## Contents", ""]
        lines += [f"- [{head.printed}](#x)" for head in policy.heads()]
        lines += [""]
    for block in policy.blocks:
        lines += _markdown(block)
    return ("\n".join(lines) + "\n").encode()


def _markdown(block: Head | Item | Text | Table) -> Iterator[str]:
    if isinstance(block, Head):
        yield from ("", f"{'#' * (block.level + 1)} {block.printed}", "")
    elif isinstance(block, Item):
        sign = f"{block.count}." if block.kind == "1" else "-"
        mark = f"{block.mark} " if block.kind in "ai" else ""
        yield f"{'   ' * block.depth}{sign} {mark}{block.text}"
    elif isinstance(block, Text):
        yield from ("", block.text, "")
    else:
        shown = {(r, c): text for r, c, text in block.shown()}
        yield ""
        for r, row in enumerate(block.rows):
            yield "| " + " | ".join(shown.get((r, c), "") for c in range(len(row))) + " |"
            if r == 0:
                yield "| " + " | ".join("---" for _ in row) + " |"
        yield ""


def text(policy: Policy, *, wrapped: bool = False, pages: bool = False) -> bytes:
    """Plain text: `wrapped` by hand, its headings underlined, or with page numbers and titles."""
    lines = [policy.school, policy.title, ""]
    lines += [f"{label}: {value}" for label, value in policy.facts.items()]
    lines += [""]
    if policy.contents:
        lines += ["Contents", ""]
        lines += [
            f"{head.printed} {'.' * 30} {page}"
            for page, head in enumerate(policy.heads(), start=2)
            if head.level < 3
        ]
        lines += [""]
    before: object = None
    for block in policy.blocks:
        if not (isinstance(block, Item) and isinstance(before, Item)):
            lines.append("")
        lines += _text(block, wrapped)
        before = block
    if pages:
        lines = list(_with_pages(lines, policy.running))
    return ("\n".join(lines) + "\n").encode()


def _text(block: Head | Item | Text | Table, wrapped: bool) -> list[str]:
    if isinstance(block, Head):
        rule = [("=" if block.level == 1 else "-") * len(block.printed)] if wrapped else []
        return [block.printed, *rule, ""]
    if isinstance(block, Item):
        indent = "  " * block.depth
        first = f"{indent}{block.mark} "
        return _wrapped(f"{first}{block.text}", wrapped, " " * len(first))
    if isinstance(block, Text):
        return _wrapped(block.text, wrapped, "")
    shown = {(r, c): cell for r, c, cell in block.shown()}
    return ["\t".join(shown.get((r, c), "") for c in range(len(row)))
            for r, row in enumerate(block.rows)]  # fmt: skip


def _wrapped(line: str, wrapped: bool, hanging: str) -> list[str]:
    if not wrapped:
        return [line]
    return textwrap.wrap(line, WIDTH, subsequent_indent=hanging, break_on_hyphens=False)


def _with_pages(lines: list[str], running: str) -> Iterator[str]:
    """A page's end every fifty lines, where a paragraph ends."""
    page, count = 1, 0
    for line in lines:
        count += 1
        if count > 45 and not line:
            yield from ("", f"{running} Page {page}".strip(), "\f")
            page, count = page + 1, 0
        yield line


MARKDOWN: dict[str, Callable[[Policy], bytes]] = dict.fromkeys(("tidy", "ragged", "long"), markdown)
TEXT: dict[str, Callable[[Policy], bytes]] = {
    "tidy": partial(text, wrapped=True),
    "ragged": text,
    "long": partial(text, pages=True),
}
