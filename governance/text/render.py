"""A policy's Markdown as HTML that is safe to put on a page, as plain text, and as an outline."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it.token import Token

from governance.text.limits import too_long
from governance.text.tokens import may_link, parse, parser, words_of

WORDS_A_MINUTE = 200
HIGHEST = 2  # the page's own h1 is the policy's title
TAGS = {
    "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "em", "strong", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td", "div", "span",
}  # fmt: skip
HEADINGS = {f"h{level}" for level in range(2, 7)}
ATTRIBUTES = {
    **{tag: {"id"} for tag in HEADINGS},
    "a": {"href", "title"},
    "ol": {"start"},
    "th": {"scope", "class"},
    "td": {"class"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "span": {"class"},
}
ALIGNED = {"text-align:right": "text-end", "text-align:center": "text-center"}


@dataclass(frozen=True)
class Heading:
    """A heading as the page shows it: 2 is the highest level, `anchor` its id."""

    level: int
    text: str
    anchor: str


def to_html(markdown: str, *, prefix: str = "", highest: int = HIGHEST) -> SafeString:
    """The text for a page whose h1 is the title. Raises TextTooLong.

    `prefix` tells the anchors of several texts on one page apart; `highest` is the level of the
    text's own highest heading. Depends on nothing else, so that it may be cached under its hash.
    """
    tokens = parse(markdown)
    _shift_headings(tokens, prefix, highest)
    _dress_tables(tokens)
    _leave_out_pictures(tokens)
    engine = parser()
    html = engine.renderer.render(tokens, engine.options, {})
    # Safe: HTML in the text was escaped by the renderer, and what is left passes an allow-list.
    return mark_safe(_clean(html))  # noqa: S308


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "a" and name == "href" and not may_link(value):
        return None
    return value


def outline(markdown: str, *, prefix: str = "") -> list[Heading]:
    """The headings in order, with the ids that `to_html` gives them."""
    tokens = parse(markdown)
    _shift_headings(tokens, prefix)
    return [
        Heading(int(token.tag[1]), _plain(tokens[index + 1]), str(token.attrs["id"]))
        for index, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def plain_text(markdown: str) -> str:
    """What a reader reads, a line for each block, without any Markdown sign."""
    return "\n".join(text for text in _texts(parse(markdown)) if text)


def is_empty(markdown: str) -> bool:
    """Whether there is nothing to read: no letter and no figure, whatever pictures there are."""
    if too_long(markdown):
        return False  # that it is too long is said elsewhere
    return not any(character.isalnum() for character in plain_text(markdown))


def reading_minutes(markdown: str) -> int:
    """How long an adult takes to read it, at least one minute."""
    return max(1, round(len(plain_text(markdown).split()) / WORDS_A_MINUTE))


def count_parts(markdown: str) -> Counter[str]:
    """How many of each: heading, item, cell, paragraph (not counting those inside list items)."""
    counts: Counter[str] = Counter()
    inside = 0
    for token in parse(markdown):
        inside += token.nesting if token.type.startswith("list_item") else 0
        if token.type == "paragraph_open" and not inside:
            counts["paragraph"] += 1
        elif token.type in NAMES:
            counts[NAMES[token.type]] += 1
    return counts


NAMES = {"heading_open": "heading", "list_item_open": "item", "td_open": "cell", "th_open": "cell"}


def _texts(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield _plain(token)
        elif token.type in ("fence", "code_block"):
            yield token.content.strip("\n")


def _plain(token: Token) -> str:
    return " ".join(words_of(token).split())


def _shift_headings(tokens: Sequence[Token], prefix: str = "", highest: int = HIGHEST) -> None:
    """The highest heading becomes an h2, the others keep their distance; all get an id."""
    heads = [
        (index, token)
        for index, token in enumerate(tokens)
        if token.type in ("heading_open", "heading_close")
    ]
    if not heads:
        return
    shift = highest - min(int(token.tag[1]) for _, token in heads)
    seen: Counter[str] = Counter()
    for index, token in heads:
        token.tag = f"h{min(int(token.tag[1]) + shift, 6)}"
        if token.type == "heading_open":
            token.attrs["id"] = prefix + _anchor(_plain(tokens[index + 1]), seen)


def _anchor(text: str, seen: Counter[str]) -> str:
    """An id made of the heading's words. The prefix keeps it from being any other name."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    words = re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    anchor = "s-" + ("-".join(words)[:60].rstrip("-") or "section")
    seen[anchor] += 1
    while seen[anchor] > 1:
        anchor = f"{anchor}-{seen[anchor]}"
        seen[anchor] += 1
    return anchor


def _dress_tables(tokens: list[Token]) -> None:
    """Tables scroll by themselves on a narrow screen; alignment is a class, never a style."""
    number = 0
    for token in tokens:
        if token.type in ("th_open", "td_open"):
            style = str(token.attrs.pop("style", ""))
            if style in ALIGNED:
                token.attrs["class"] = ALIGNED[style]
            if token.type == "th_open":
                token.attrs["scope"] = "col"
    position = 0
    while position < len(tokens):
        if tokens[position].type == "table_open":
            number += 1
            wrap = Token("wrap_open", "div", 1, block=True, attrs=_region(number))
            tokens.insert(position, wrap)
            position += 1
        elif tokens[position].type == "table_close":
            tokens.insert(position + 1, Token("wrap_close", "div", -1, block=True))
            position += 1
        position += 1


def _region(number: int) -> dict[str, str | int | float]:
    return {
        "class": "table-wrap",
        "tabindex": "0",
        "role": "region",
        "aria-label": f"Table {number}",
    }


def _leave_out_pictures(tokens: Sequence[Token]) -> None:
    """A picture on somebody's server would tell them who reads; a note stands in its place."""
    for token in tokens:
        for child in token.children or []:
            if child.type == "image":
                alt = " ".join(child.content.split())
                child.type, child.tag, child.children = "text", "", None
                child.content = f"[Picture left out: {alt}]" if alt else "[Picture left out]"


__all__ = [
    "Heading",
    "count_parts",
    "is_empty",
    "outline",
    "plain_text",
    "reading_minutes",
    "to_html",
]
