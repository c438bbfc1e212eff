"""A Word document (.docx): its styles, lists, tables, boxes and notes, as blocks.

Read from its own XML rather than by way of HTML: the numbers of clauses and headings ("4.2",
"(b)"), by which people refer to a policy, are in no paragraph's text, and only the lists' own
definitions say them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from governance.importing.inline import Span, plain
from governance.importing.result import ImportRefused, Reading
from governance.importing.shaped.blocks import MARGIN, Block, Grid, Para
from governance.importing.shaped.finishing import finish
from governance.importing.word.body import Walker
from governance.importing.word.numbering import Numbering
from governance.importing.word.package import DAMAGED, Package, W
from governance.importing.word.runs import MC, Reader, is_placeholder
from governance.importing.word.styles import Styles

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # nosec B405

WORDS = re.compile(r"[^\W_]+")
NO_WORDS = (
    "There are no words in this Word document. If it holds pictures of pages, they have to be "
    "typed or recognised first."
)


def read(data: bytes) -> Reading:
    """A Word file. Raises ImportRefused."""
    package = Package(data)
    root = package.part(package.main)
    body = root.find(f"{W}body") if root is not None else None
    if body is None:
        raise ImportRefused(DAMAGED)
    related = package.related(package.main)
    styles = Styles(_related(package, related, "styles"))
    numbering = Numbering(_related(package, related, "numbering"))
    walker = Walker(styles, numbering, Reader(styles, related))
    blocks = list(walker.blocks(body))
    blocks += _notes(package, related, walker)
    if not any(True for _ in _texts(blocks)):
        raise ImportRefused(NO_WORDS)
    warnings = [*_warnings(package, related, walker), *_missed(body, blocks)]
    return finish([*blocks, *_margins(package, related, walker)], warnings=warnings)


def _related(package: Package, related: dict[str, tuple[str, str]], kind: str) -> Element | None:
    name = next((target for found, target in related.values() if found == kind), None)
    return package.part(name) if name else None


def _notes(
    package: Package, related: dict[str, tuple[str, str]], walker: Walker
) -> Iterator[Block]:
    """Footnotes and endnotes, numbered as they come, below the text."""
    roots = {kind: _related(package, related, f"{kind}s") for kind in ("footnote", "endnote")}
    for index, (kind, key) in enumerate(walker.reader.seen.notes[:500], start=1):
        root = roots[kind]
        found = (one for one in (root if root is not None else ()) if one.get(f"{W}id") == key)
        for block in walker.blocks(next(found, ())):
            if isinstance(block, Para):
                block.spans = [Span(f"[{index}] "), *block.spans]
                block.printed, block.level = "", None
                yield block


def _margins(
    package: Package, related: dict[str, tuple[str, str]], walker: Walker
) -> Iterator[Block]:
    """What is printed above and below each page: left out, but it may state the version."""
    seen: set[str] = set()
    for kind, target in related.values():
        if kind not in ("header", "footer"):
            continue
        root = package.part(target)
        for text in _texts(walker.blocks(root if root is not None else ())):
            if text not in seen:
                seen.add(text)
                yield Para([Span(text)], role=MARGIN, place=f"the page {kind}")


def _texts(blocks: Iterator[Block] | list[Block] | list[Para | Grid]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Para):
            yield plain(block.spans)
            continue
        for row in block.rows:
            if text := " | ".join(filter(None, (" ".join(_texts(one.blocks)) for one in row))):
                yield text


def _warnings(
    package: Package, related: dict[str, tuple[str, str]], walker: Walker
) -> Iterator[str]:
    seen = walker.reader.seen
    if seen.changes:
        yield "The file holds tracked changes. All of them were taken as accepted."
    comments = _related(package, related, "comments")
    if comments is not None and len(comments):
        yield f"Comments in the margin were left out: {len(comments)}."
    if seen.pictures:
        yield f"Pictures are not taken over: {seen.pictures}. Words in them are not in the text."
    if seen.objects or walker.embedded:
        count = seen.objects + walker.embedded
        yield f"Documents or sheets inside the document are not taken over: {count}."
    if seen.struck:
        yield "Words that are crossed out in the file are in the text. Take them out if need be."
    if seen.hidden:
        yield "Words that Word hides were left out."
    if seen.notes:
        yield f"Footnotes stand below the text, with their numbers: {len(seen.notes)}."


def _missed(body: Element, blocks: list[Block]) -> Iterator[str]:
    """The portal checks itself: words that the file's body holds and no block does."""
    kept = Counter(word for text in _texts(blocks) for word in WORDS.findall(text.casefold()))
    missing = Counter(_all_words(body)) - kept
    if missing:
        listed = ", ".join(f"“{word}”" for word in list(missing)[:20])
        yield f"{missing.total()} words of the file could not be placed: {listed}. Compare both."


def _all_words(body: Element) -> Iterator[str]:
    """Every visible word, paragraph by paragraph, without a look at the structure."""
    skipped = {f"{W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "instrText")} | {
        f"{MC}Fallback"
    }
    pieces: list[str] = []
    stack: list[Element | str] = [body]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            pieces.append(one)
            continue
        if one.tag in skipped or is_placeholder(one) or one.find(f"{W}rPr/{W}vanish") is not None:
            continue
        if one.tag == f"{W}t":
            pieces.append(one.text or "")
        elif one.tag in (f"{W}p", f"{W}br", f"{W}tab", f"{W}cr"):
            pieces.append("\n")
            stack.append("\n")
        stack.extend(reversed(one))
    yield from WORDS.findall("".join(pieces).casefold())
