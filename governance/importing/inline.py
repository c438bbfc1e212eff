"""Words with what a file does to them (bold, italic, links, line breaks), as text and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from governance.text.escape import escape_block, escape_inline
from governance.text.tokens import may_link, parse, words_of

UNSAFE = str.maketrans(
    {"(": "%28", ")": "%29", " ": "%20", "<": "%3C", ">": "%3E", "\\": "%5C", '"': "%22"}
)
LONGEST_ADDRESS = 2_000


@dataclass(frozen=True)
class Span:
    """A run of words. A line feed in it is a line break that the author made."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""

    @property
    def plain(self) -> bool:
        return not (self.bold or self.italic or self.href)


def plain(spans: Iterable[Span]) -> str:
    """The words alone, on one line."""
    return " ".join("".join(span.text for span in spans).split())


def rich(spans: Sequence[Span]) -> str:
    """The same as Markdown; empty when it would say no more than the plain words.

    What would not read back as exactly these words is left plain.
    """
    spans = _merged(spans)
    if all(span.plain and "\n" not in span.text.strip() for span in spans):
        return ""
    lines = [written for line in every_line(spans) if (written := _line(line))]
    written = "\\\n".join(lines)
    return written if _reads(written) == plain(spans) else ""


def lines_of(spans: Sequence[Span]) -> list[list[Span]]:
    """The lines the author broke it into; empty ones are dropped."""
    return [line for line in every_line(spans) if plain(line)]


def wholly(spans: Iterable[Span], what: str) -> bool:
    """Whether every word is bold, or italic."""
    said = [span for span in spans if any(c.isalnum() for c in span.text)]
    return bool(said) and all(getattr(span, what) for span in said)


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Neighbours that look the same as one; emphasis on blanks and signs alone is none."""
    found: list[Span] = []
    for span in spans:
        if not any(character.isalnum() for character in span.text):
            span = Span(span.text)
        if span.href and not _may_go(span.href):
            span = replace(span, href="")
        if found and (_alike(found[-1], span) or (span.text.isspace() and "\n" not in span.text)):
            found[-1] = replace(found[-1], text=found[-1].text + span.text)
        else:
            found.append(span)
    return found


def _alike(one: Span, other: Span) -> bool:
    return (one.bold, one.italic, one.href) == (other.bold, other.italic, other.href)


def _may_go(address: str) -> bool:
    return (
        len(address) <= LONGEST_ADDRESS
        and address.isprintable()
        and not address.startswith("#")
        and may_link(address)
    )


def every_line(spans: Iterable[Span]) -> list[list[Span]]:
    """The lines, those without words too."""
    lines: list[list[Span]] = [[]]
    for span in spans:
        for index, piece in enumerate(span.text.split("\n")):
            if index:
                lines.append([])
            if piece:
                lines[-1].append(replace(span, text=piece))
    return lines


def _line(spans: Sequence[Span]) -> str:
    out = ""
    for index, span in enumerate(spans):
        core = " ".join(span.text.split())
        if out and span.text[:1].isspace() and not out.endswith(" "):
            out += " "
        if not core:
            continue
        behind = _first(spans[index + 1 :]) if not span.text[-1:].isspace() else " "
        signs = _signs(span, out[-1:], core, behind)
        written = escape_inline(core) if out or signs or span.href else escape_block(core)
        if span.href:
            written = f"[{written}]({span.href.strip().translate(UNSAFE)})"
        out += f"{signs}{written}{signs}"
        if span.text[-1:].isspace():
            out += " "
    return out.strip()


def _first(spans: Sequence[Span]) -> str:
    return next((span.text[0] for span in spans if span.text), " ")


def _signs(span: Span, before: str, core: str, behind: str) -> str:
    """The stars around it, where Markdown would take them for stars around it."""
    wanted = "*" * (2 * span.bold + span.italic)
    opens = not before or before.isspace() or before in "([“‘/"
    closes = not behind or behind.isspace() or behind in ".,;:!?)]”’/"
    return wanted if wanted and opens and closes else ""


def _reads(markdown: str) -> str:
    tokens = parse(markdown)
    if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        return ""
    return " ".join(words_of(tokens[1]).split())
