"""The one way in: a file's bytes and name become a draft."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

from files.sniff import DOCX, UNKNOWN
from governance.importing import apart, facts, kinds, markdown_file, ragged
from governance.importing.kinds import HTML, PDF, TEXT
from governance.importing.lines import mark_of, split
from governance.importing.opening import open_text
from governance.importing.result import Counts, ImportedPolicy, ImportRefused, Reading
from governance.text.keeping import too_deep
from governance.text.limits import too_long
from governance.text.render import count_parts
from governance.text.tokens import parse

WORDS = re.compile(r"[^\W_]+")
SIGNS = frozenset({"heading_open", "table_open", "strong_open", "em_open", "link_open"})
NO_SIGNS = "The file has no signs of Markdown in it, so it was read as plain text."


@dataclass(frozen=True)
class Format:
    """A kind of file the portal reads: what its bytes have to be, and its reader."""

    label: str
    kinds: tuple[str, ...]
    read: Callable[[bytes], Reading]


def _plain(data: bytes) -> Reading:
    return ragged.read(*_opened(data))


def _markdown(data: bytes) -> Reading:
    text, warnings = _opened(data)
    if not _has_signs(text):
        return ragged.read(text, [*warnings, NO_SIGNS])
    return markdown_file.read(text, warnings)


def _has_signs(text: str) -> bool:
    """Whether somebody wrote Markdown. Lists alone are in every plain text."""
    if text.startswith("---") or "<!--" in text:
        return True
    tokens = [one for token in parse(text) for one in (token, *(token.children or ()))]
    return any(token.type in SIGNS for token in tokens)


def _opened(data: bytes) -> tuple[str, list[str]]:
    text, warnings = open_text(data)
    _refuse_long(text)
    return text, warnings


def _refuse_long(text: str) -> None:
    if sentence := too_long(text):
        raise ImportRefused(sentence)


# What is not text already is read in a process of its own.
PLAIN = Format("Plain text", (TEXT, UNKNOWN), _plain)
MARKDOWN = Format("Markdown", (TEXT, UNKNOWN), _markdown)
WORD = Format("Word document", (DOCX,), partial(apart.read, "word"))
PAGE = Format("Web page", (HTML, TEXT), partial(apart.read, "webpage"))
PRINTED = Format("PDF", (PDF,), partial(apart.read, "pdf"))
FORMATS = {
    ".docx": WORD,
    ".pdf": PRINTED,
    ".html": PAGE,
    ".htm": PAGE,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": PLAIN,
    ".text": PLAIN,
}


def read_policy(data: bytes, filename: str) -> ImportedPolicy:
    """What the file seems to say. Nothing is saved. Raises ImportRefused with a sentence."""
    ending = PurePosixPath(filename.replace("\\", "/")).suffix.lower()
    format_ = FORMATS.get(ending)
    if format_ is None:
        raise kinds.unknown(ending)
    kinds.expect(data, ending, *format_.kinds)
    reading = format_.read(data)
    _refuse_long(reading.markdown)  # signs of Markdown in plain text make it longer
    counts = _counts(reading)
    return ImportedPolicy(
        markdown=reading.markdown,
        title=reading.title,
        organisation=reading.organisation,
        metadata=facts.find(reading.source_text, reading.stated, reading.places),
        warnings=(*reading.warnings, *_lost(reading), *_doubts(reading, counts)),
        left_out=reading.left_out,
        counts=counts,
        source_text=reading.source_text,
        places=reading.places,
        filename=filename,
        format=format_.label,
    )


def words(text: str) -> Counter[str]:
    """Every word and number of a text, with how often it stands there."""
    return Counter(WORDS.findall(unicodedata.normalize("NFC", text)))


def source_words(text: str) -> Counter[str]:
    """The words of a plain text. The letter o that stands for a bullet is none."""
    bare = (
        marked[1] if (marked := mark_of(line.text)) and marked[0].kind == "o" else line.text
        for line in split(text)
    )
    return words("\n".join(bare))


def _kept(reading: Reading) -> Counter[str]:
    named = (reading.title, reading.organisation)
    return words("\n".join([reading.markdown, *(guess.value for guess in named if guess)]))


def _counts(reading: Reading) -> Counts:
    source = source_words(reading.source_text)
    kept = source & _kept(reading)
    found = count_parts(reading.markdown)
    return Counts(
        headings=found["heading"],
        list_items=found["item"],
        tables=sum(token.type == "table_open" for token in parse(reading.markdown)),
        table_cells=found["cell"],
        paragraphs=found["paragraph"],
        words=source.total(),
        words_kept=kept.total(),
    )


def _lost(reading: Reading) -> list[str]:
    """The portal checks itself: a word that is nowhere and that no line left out explains."""
    explained = words("\n".join(one.text for one in reading.left_out))
    missing = source_words(reading.source_text) - _kept(reading) - explained
    if not missing:
        return []
    listed = ", ".join(f"“{word}”" for word in list(missing)[:20])
    return [f"{missing.total()} words of the file are not in the draft: {listed}. Compare both."]


def _doubts(reading: Reading, counts: Counts) -> list[str]:
    found = [] if reading.title else ["No title was found: please give the policy one."]
    if not counts.headings and counts.words > 300:
        found.append("No headings were found. A long text is easier to read with some.")
    if sentence := too_deep(reading.markdown):
        found.append(sentence)
    if not reading.markdown.strip():
        found.append("Nothing but a title was found in this file.")
    return found
