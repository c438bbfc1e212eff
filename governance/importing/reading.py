"""The one way in: a file's bytes and name become a draft."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from governance.importing import facts, markdown_file, ragged
from governance.importing.lines import mark_of, split
from governance.importing.opening import open_text
from governance.importing.result import Counts, ImportedPolicy, ImportRefused, Reading
from governance.text.limits import too_long
from governance.text.render import count_parts

WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Format:
    """A kind of file the portal reads."""

    label: str
    read: Callable[[bytes], Reading]


def _plain(data: bytes) -> Reading:
    return ragged.read(*_opened(data))


def _markdown(data: bytes) -> Reading:
    return markdown_file.read(*_opened(data))


def _opened(data: bytes) -> tuple[str, list[str]]:
    text, warnings = open_text(data)
    _refuse_long(text)
    return text, warnings


def _refuse_long(text: str) -> None:
    if sentence := too_long(text):
        raise ImportRefused(sentence)


FORMATS = {
    ".txt": Format("Plain text", _plain),
    ".text": Format("Plain text", _plain),
    ".md": Format("Markdown", _markdown),
    ".markdown": Format("Markdown", _markdown),
}


def read_policy(data: bytes, filename: str) -> ImportedPolicy:
    """What the file seems to say. Nothing is saved. Raises ImportRefused with a sentence."""
    ending = PurePosixPath(filename.replace("\\", "/")).suffix.lower()
    format_ = FORMATS.get(ending)
    if format_ is None:
        raise ImportRefused(
            "The portal reads text files (.txt) and Markdown files (.md). Save the policy as one "
            "of these, or copy its text into one."
        )
    reading = format_.read(data)
    _refuse_long(reading.markdown)  # signs of Markdown in plain text make it longer
    counts = _counts(reading)
    return ImportedPolicy(
        markdown=reading.markdown,
        title=reading.title,
        organisation=reading.organisation,
        metadata=facts.find(reading.source_text),
        warnings=(*reading.warnings, *_lost(reading), *_thin(reading, counts)),
        left_out=reading.left_out,
        counts=counts,
        source_text=reading.source_text,
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


def _thin(reading: Reading, counts: Counts) -> list[str]:
    found = []
    if not counts.headings and counts.words > 300:
        found.append("No headings were found. A long text is easier to read with some.")
    if not reading.markdown.strip():
        found.append("Nothing but a title was found in this file.")
    return found
