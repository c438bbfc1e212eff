"""Why a text cannot be kept as it is: too long to read, or nested deeper than a page can show."""

from __future__ import annotations

import re

from governance.text.limits import too_long
from governance.text.tokens import DEEPEST, parse

# Nobody gets deeper without this much before a line's first word; most texts need no parsing.
DEEP = re.compile(r"^[ \t>*+\-\d.)]{15}", re.MULTILINE)
CONTAINERS = ("list_item_open", "blockquote_open")


def refusal(markdown: str) -> str:
    """The sentence that says so, or nothing."""
    return too_long(markdown) or too_deep(markdown)


def too_deep(markdown: str) -> str:
    """What lies within too many lists or quotations would be left out without a word."""
    if not DEEP.search(markdown):
        return ""
    for token in parse(markdown):
        if token.type in CONTAINERS and token.level >= DEEPEST - 1 and token.map:
            words = markdown.splitlines()[token.map[0]].strip(" \t>*+-")[:60]
            return (
                f"Line {token.map[0] + 1} of the text (“{words}”) lies within too many lists or "
                "quotations, one in the other, and no page could show it. Move it further out."
            )
    return ""
