"""Markdown read once, the same way everywhere: no HTML, tables, no links made of bare words."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from governance.text.limits import check_length

LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
IN_PAGE = re.compile(r"#[\w-]+$")


# What lies deeper is not read at all, so `keeping` refuses it. Lists take two steps each.
DEEPEST = 60
# Finding the end of a link costs the square of the brackets before it: no passage needs this many.
MOST_BRACKETS = 1_000


@cache
def parser() -> MarkdownIt:
    """Shared: it keeps nothing between texts."""
    markdown = MarkdownIt(
        "commonmark", {"html": False, "linkify": False, "maxNesting": DEEPEST}
    ).enable("table")
    # Every address passes here and is judged below, where a picture's can be told from a link's.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    return markdown


def may_link(address: str) -> bool:
    return bool(LINK.match(address) or IN_PAGE.match(address))


def parse(markdown: str) -> list[Token]:
    """The tokens of a text. Raises TextTooLong."""
    check_length(markdown)
    tokens = parser().parse(_tamed(markdown))
    for token in tokens:
        if token.children:
            _unlink(token.children)
    return tokens


def _tamed(markdown: str) -> str:
    if markdown.count("[") <= MOST_BRACKETS:
        return markdown
    return "\n\n".join(
        passage.replace("[", "\\[") if passage.count("[") > MOST_BRACKETS else passage
        for passage in markdown.split("\n\n")
    )


def _unlink(tokens: list[Token]) -> None:
    """A link to anywhere but the web or mail stays the text it is, so that its author sees it."""
    behind = ""
    for token in tokens:
        if token.type == "link_open" and not may_link(address := str(token.attrs["href"])):
            is_bare = token.markup == "autolink"
            before, behind = ("<", ">") if is_bare else ("[", f"]({address})")
            _as_text(token, before)
        elif token.type == "link_close" and behind:
            _as_text(token, behind)
            behind = ""


def _as_text(token: Token, text: str) -> None:
    token.type, token.tag, token.nesting, token.content, token.attrs = "text", "", 0, text, {}


def words_of(token: Token) -> str:
    """What a reader reads of an inline token; a picture says nothing."""
    if token.type in ("text", "code_inline"):
        return token.content
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "image":
        return ""
    return "".join(words_of(child) for child in token.children or [])
