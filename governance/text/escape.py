"""Plain text as Markdown that means exactly that text."""

from __future__ import annotations

import re

INLINE = re.compile(r"([\\`*\[\]<])")
UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
ENTITY = re.compile(r"&(?=#?\w+;)")
NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
BLOCK_START = re.compile(r"(?:[#>=|:]|[-+](?=\s|$|[-\s:|])|~{3}|-{2})")
CLOSING = re.compile(r"(#+)$")


def escape_inline(text: str) -> str:
    """For inside a line: emphasis, links, code, HTML and entities lose their meaning."""
    text = INLINE.sub(r"\\\1", " ".join(text.split()))
    return ENTITY.sub(r"\\&", UNDERSCORE.sub(r"\\_", text))


def escape_block(text: str) -> str:
    """For the start of a block: bullets, numbers, headings, quotes and rules as well."""
    text = escape_inline(text)
    if found := NUMBERED.match(text):
        return f"{found[1]}\\{text[found.end(1) :]}"
    return "\\" + text if BLOCK_START.match(text) else text


def escape_heading(text: str) -> str:
    """For a heading: signs at its end that would be taken for its closing."""
    return CLOSING.sub(lambda found: "\\#" * len(found[1]), escape_inline(text))


def escape_cell(text: str) -> str:
    return escape_inline(text).replace("|", "\\|")
