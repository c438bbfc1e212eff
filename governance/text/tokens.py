"""Markdown read once, the same way everywhere: no HTML, tables, no links made of bare words."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from governance.text.limits import check_length

LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
IN_PAGE = re.compile(r"#[\w-]+$")


@cache
def parser() -> MarkdownIt:
    """Shared: it keeps nothing between texts."""
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    # A link elsewhere stays the text it is, so that the author sees it did not become one.
    markdown.validateLink = may_link  # type: ignore[method-assign]
    return markdown


def may_link(address: str) -> bool:
    return bool(LINK.match(address) or IN_PAGE.match(address))


def parse(markdown: str) -> list[Token]:
    """The tokens of a text. Raises TextTooLong."""
    check_length(markdown)
    return parser().parse(markdown)


def words_of(token: Token) -> str:
    """What a reader reads of an inline token; a picture says nothing."""
    if token.type in ("text", "code_inline"):
        return token.content
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "image":
        return ""
    return "".join(words_of(child) for child in token.children or [])
