"""A policy's Markdown as plain data: blocks with runs of text in them, for a template of a PDF.

What a block is, by its `kind`: `heading` (level, runs), `paragraph` (runs), `list` (start, None for
bullets; items, each a list of blocks), `quote` (blocks), `code` (text), `rule`, and `table` (align,
head and rows of cells, each a list of runs). A run is `text` with `marks`, and `to` for a link.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it.token import Token

from governance.text.tokens import LINK, parse

Block = dict[str, Any]
Run = dict[str, Any]

LOWEST = 6
LEFT_OUT = "Picture left out"
ALIGNED = {"text-align:right": "right", "text-align:center": "center"}
MARKS = {"strong": "strong", "em": "em"}


def blocks(markdown: str, *, highest: int = 2) -> list[Block]:
    """The text below a heading of the level above `highest`. Raises TextTooLong.

    No level is left out on the way down, as PDF/UA asks: a heading that jumps comes up a step.
    """
    tokens = parse(markdown)
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    return _Reader(tokens, shift=highest - min(levels, default=highest), above=highest - 1).read()


class _Reader:
    """Goes through the tokens once; a block that holds others calls it again for those."""

    def __init__(self, tokens: Sequence[Token], *, shift: int, above: int) -> None:
        self.tokens, self.shift, self.level = tokens, shift, above
        self.at = 0

    def read(self, until: str = "") -> list[Block]:
        """The blocks up to the token that closes the one around them, which is passed too."""
        found: list[Block] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == until:
                break
            block = self._block(token)
            if block is not None:
                found.append(block)
        return found

    def _block(self, token: Token) -> Block | None:
        match token.type:
            case "heading_open":
                return self._heading(token)
            case "paragraph_open":
                return {"kind": "paragraph", "runs": self._runs()}
            case "bullet_list_open" | "ordered_list_open":
                return self._list(token)
            case "blockquote_open":
                return {"kind": "quote", "blocks": self.read("blockquote_close")}
            case "fence" | "code_block":
                return {"kind": "code", "text": token.content.rstrip("\n")}
            case "hr":
                return {"kind": "rule"}
            case "table_open":
                return self._table()
        return None

    def _runs(self) -> list[Run]:
        """The inline token here, and past what closes its block."""
        inline = self.tokens[self.at]
        self.at += 2
        return list(runs(inline.children or []))

    def _heading(self, token: Token) -> Block | None:
        found = self._runs()
        if not any(run["text"].strip() for run in found):
            return None  # to a screen reader it would be a stop with nothing to hear
        wanted = min(int(token.tag[1]) + self.shift, LOWEST)
        self.level = min(wanted, self.level + 1)
        return {"kind": "heading", "level": self.level, "runs": found}

    def _list(self, token: Token) -> Block:
        ordered = token.type == "ordered_list_open"
        items = []
        while self.tokens[self.at].type == "list_item_open":
            self.at += 1
            items.append(self.read("list_item_close"))
        self.at += 1
        start = int(token.attrs.get("start", 1)) if ordered else None
        return {"kind": "list", "start": start, "items": items}

    def _table(self) -> Block:
        align: list[str] = []
        rows: list[list[list[Run]]] = []
        while (token := self.tokens[self.at]).type != "table_close":
            self.at += 1
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                if token.type == "th_open":
                    align.append(ALIGNED.get(str(token.attrs.get("style", "")), "left"))
                rows[-1].append(self._runs())
        self.at += 1
        return {"kind": "table", "align": align, "head": rows[0], "rows": rows[1:]}


def runs(tokens: Sequence[Token]) -> Iterator[Run]:
    """The text of a line with its marks; what stands in a link knows where it leads."""
    marks: list[str] = []
    to = ""
    for token in tokens:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if name in MARKS:
            marks.append(MARKS[name]) if token.nesting > 0 else marks.remove(MARKS[name])
        elif name == "link":
            to = _address(token) if token.nesting > 0 else ""
        elif text := _text(token):
            run: Run = {"text": text, "marks": sorted({*marks, *_own_marks(token)})}
            yield run | {"to": to} if to else run


def _address(token: Token) -> str:
    """Nothing for a link within the page: on paper it is the words it is."""
    href = str(token.attrs["href"])
    return href if LINK.match(href) else ""


def _own_marks(token: Token) -> list[str]:
    return ["code"] if token.type == "code_inline" else []


def _text(token: Token) -> str:
    match token.type:
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "image":
            alt = " ".join(token.content.split())
            return f"[{LEFT_OUT}: {alt}]" if alt else f"[{LEFT_OUT}]"
    return token.content
