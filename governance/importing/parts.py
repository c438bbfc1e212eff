"""The parts of a document that is being read: paragraphs, headings, list items and tables.

Every reader makes parts of its file; what comes after (telling headings, leaving out what a page
carried, writing Markdown) works on parts alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from governance.importing.lines import Mark


class Kind(Enum):
    PARAGRAPH = auto()
    ITEM = auto()
    HEADING = auto()
    TABLE = auto()


@dataclass(frozen=True)
class Look:
    """How a paragraph is printed, where the file says so. A size of 0 is not known."""

    size: float = 0.0
    bold: bool = False  # every word of it
    italic: bool = False
    underlined: bool = False
    centred: bool = False


PLAIN = Look()


@dataclass
class Part:
    """A piece of the text, still to be judged."""

    kind: Kind
    text: str
    number: int  # of its first line in the file
    mark: Mark | None = None
    indent: int = 0
    level: int = 0  # depth of a heading or an item; 0 is the outermost
    after_blank: bool = True
    lines: list[str] = field(default_factory=list)  # kept apart: labels with their values
    rows: list[list[str]] = field(default_factory=list)
    last_raw: int = 0  # length of the last line, as it stood in the file
    # What only some formats know.
    rich: str = ""  # the text as Markdown, where the file has bold words, links or line breaks
    rich_rows: list[list[str]] = field(default_factory=list)
    row_numbers: list[int] = field(default_factory=list)  # the line of each row
    look: Look = PLAIN
    styled: bool = False  # a heading because the file calls it one
    role: str = ""  # what the file says this part is: see shaped.blocks
    family: str = ""  # which of the file's lists an item belongs to
    place: str = ""  # "page 3"

    @property
    def printed(self) -> str:
        """The text as the file has it, with the number in front."""
        return f"{self.mark.printed} {self.text}" if self.mark else self.text
