"""What a file with a shape of its own holds, before anything is judged: paragraphs and tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from governance.importing.inline import Span
from governance.importing.parts import PLAIN, Look

# What the file says a paragraph is.
TITLE = "title"
CONTENTS = "contents"  # of the table of contents
MARGIN = "margin"  # printed on each page, above or below the text
ASIDE = "aside"  # of the web page around the text


@dataclass
class Para:
    """A paragraph, heading or list item."""

    spans: list[Span]
    heading: int = 0  # from 1; 0 is none
    printed: str = ""  # the number or bullet that the program prints in front
    level: int | None = None  # of a list item, from 0, where the file says so
    family: str = ""  # which of the file's lists it belongs to
    indent: float = 0.0  # in points
    look: Look = PLAIN
    role: str = ""
    place: str = ""  # "page 3"
    joins: bool = False  # goes on the list item above it
    apart: bool = False  # an empty line stands above it


@dataclass
class Cell:
    """What stands in one cell, and how many columns and rows it covers."""

    blocks: list[Para | Grid] = field(default_factory=list)
    across: int = 1
    goes_on: bool = False  # the rest of the cell above it


@dataclass
class Grid:
    """A table."""

    rows: list[list[Cell]]
    place: str = ""
    role: str = ""


Block = Para | Grid
