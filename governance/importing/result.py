"""What an import hands back. A person confirms all of it before anything is saved."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


class ImportRefused(Exception):
    """The file cannot be imported. `sentence` says why, to the person who chose the file."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Guess:
    """Something the file seems to say, and the line that says it.

    `number` counts the lines of the file's text from 1; `place` says more where the format does,
    such as "page 2" or "table 1". Dates are written as 2026-09-01.
    """

    value: str
    line: str
    number: int
    place: str = ""

    @property
    def where(self) -> str:
        return f"line {self.number}, {self.place}" if self.place else f"line {self.number}"


@dataclass(frozen=True)
class LeftOut:
    """A line of the file that is not in the Markdown, and why (see `reasons`)."""

    number: int
    text: str
    why: str


@dataclass(frozen=True)
class Stated:
    """A detail that a line of its own states, on the first or the last page."""

    field: str
    value: str
    line: str
    number: int


@dataclass(frozen=True)
class Metadata:
    """What the file seems to say about itself. None and empty mean: it does not say."""

    version: Guess | None = None
    agreed_on: Guess | None = None
    adopted_on: Guess | None = None
    review_on: Guess | None = None
    review_months: Guess | None = None
    author: Guess | None = None
    committee: Guess | None = None
    related: tuple[Guess, ...] = ()
    legislation: tuple[Guess, ...] = ()


@dataclass(frozen=True)
class Counts:
    """What the draft holds. The words kept are counted with those of the title."""

    headings: int = 0
    list_items: int = 0
    tables: int = 0
    table_cells: int = 0
    paragraphs: int = 0
    words: int = 0
    words_kept: int = 0


@dataclass(frozen=True)
class Reading:
    """What a format's reader makes of its file.

    `places` says of lines of the source text where they stand, where the format knows.
    """

    markdown: str
    source_text: str
    title: Guess | None = None
    organisation: Guess | None = None
    stated: tuple[Stated, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    warnings: tuple[str, ...] = ()
    places: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class ImportedPolicy:
    """A draft made of a file.

    The Markdown does not repeat the title, nor the organisation's name printed above it.
    `left_out` names every line that is in neither; `warnings` are sentences for the preview.
    """

    markdown: str
    title: Guess | None
    organisation: Guess | None
    metadata: Metadata
    warnings: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    counts: Counts
    source_text: str
    places: tuple[tuple[int, str], ...] = ()
    filename: str = ""
    format: str = field(default="")

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the same, made of dicts, lists, strings and numbers."""
        return asdict(self)
