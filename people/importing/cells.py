"""Reading one row of a list cell by cell; what is wrong with a cell is kept beside the row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, TypeVar

from people.importing.columns import Columns
from people.importing.values import Unclear

T = TypeVar("T")


class CellReader:
    """The cells of one row by the names of their columns. An empty cell says nothing: None."""

    labels: ClassVar[Mapping[str, str]]
    longest: ClassVar[Mapping[str, int]]

    def __init__(self, cells: list[str], columns: Columns, errors: list[str]) -> None:
        self.cells, self.columns, self.errors = cells, columns, errors

    def text(self, name: str) -> str:
        at = self.columns.get(name)
        return self.cells[at] if at is not None and at < len(self.cells) else ""

    def read(self, name: str, read: Callable[[str], T]) -> T | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return read(text)
        except Unclear as problem:
            self.errors.append(f"{self.labels[name]}: {problem}")
            return None

    def short_text(self, name: str) -> str | None:
        text = self.text(name)
        if len(text) > self.longest[name]:
            self.errors.append(
                f"{self.labels[name]}: more than {self.longest[name]} characters. Shorten it."
            )
            return None
        return text or None
