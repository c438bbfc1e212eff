"""Reading a chain from its first line to its last, and saying where it breaks."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from trail.chain import Line, beginning, hash_of
from trail.models import AuditEvent, ChainHead


class Head(NamedTuple):
    """The last line of a record at some time: its number and its hash."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True)
class Break:
    """The first bad line. kind: edited, missing, inserted, swapped, truncated, rewritten."""

    number: int
    kind: str
    why: str


class Chain:
    """Follows one record line by line, in constant memory.

    `noted` are heads that someone wrote down earlier: the only proof against a person who cuts
    off the end of a record together with its head row.
    """

    def __init__(self, organisation_id: int, noted: Iterable[Head] = ()) -> None:
        self.last = Head(0, beginning(organisation_id))
        self.organisation_id = organisation_id
        self.noted = set(noted)
        self.found: Break | None = None

    def read(self, lines: Iterable[Line], written: Head | None) -> Break | None:
        """The first break, or None. `written` is the head row as it was before the reading.

        Lines after that head may be new ones; `close` looks at the head row again.
        """
        for line in _readable(lines):
            if line is None:
                why = "It holds something that cannot be read."
                self.found = Break(self.last.number + 1, "edited", why)
                return self.found
            self.found = self._problem(line, written)
            if self.found:
                return self.found
            self.last = Head(line.number, line.hash)
        self.found = self._end(written)
        return self.found

    def close(self, written: Head | None) -> Break | None:
        """Compare with the head row as it is after the reading; it may have moved on."""
        if self.found is None and written is not None and written.number <= self.last.number:
            self.found = _differs(self.last, written)
        return self.found

    def _problem(self, line: Line, written: Head | None) -> Break | None:
        number = self.last.number + 1
        if line.number > number:
            gone = "It is" if line.number == number + 1 else f"Lines {number}-{line.number - 1} are"
            return Break(number, "missing", f"{gone} gone; the next line is {line.number}.")
        if line.number < number or line.organisation_id != self.organisation_id:
            return Break(line.number, "inserted", "It does not belong where it stands.")
        if not _is_genuine(line):
            return self._forged(line, written)
        if line.previous != self.last.hash:
            return Break(number, "swapped", "It does not follow the line before it.")
        if any(one.number == number and one.hash != line.hash for one in self.noted):
            return Break(number, "rewritten", "It is not the line that was noted earlier.")
        return None

    def _forged(self, line: Line, written: Head | None) -> Break:
        if written is not None and line.number > written.number:
            why = "It comes after the end of the record and was not written by the portal."
            return Break(line.number, "inserted", why)
        if _is_genuine(line._replace(previous=self.last.hash)) or line.previous == self.last.hash:
            return Break(line.number, "edited", "Its hash does not fit what it says.")
        why = "It neither follows the line before it nor fits its hash: moved, swapped or put in."
        return Break(line.number, "swapped", why)

    def _end(self, written: Head | None) -> Break | None:
        after = self.last.number + 1
        if written is None:
            why = "No head row says where the record ends"
            return Break(after, "truncated", f"{why}; {self.last.number} lines are there.")
        expected = max([written.number, *(one.number for one in self.noted)])
        if expected > self.last.number:
            why = f"The record ends here, but it reached line {expected}."
            return Break(after, "truncated", why)
        if written.number == self.last.number:
            return _differs(self.last, written)
        return None


def check(organisation_id: int, noted: Iterable[Head] = ()) -> Chain:
    """Verify one organisation's record in the database, while others go on writing to it."""
    chain = Chain(organisation_id, noted)
    rows = AuditEvent.objects.filter(organisation=organisation_id).order_by("number")
    lines = rows.values_list(*Line._fields).iterator(chunk_size=2000)
    chain.read(map(Line._make, lines), _head_row(organisation_id))
    chain.close(_head_row(organisation_id))
    return chain


def _head_row(organisation_id: int) -> Head | None:
    row = ChainHead.objects.filter(organisation=organisation_id).values_list("number", "hash")
    found = row.first()
    # SQLite stores a word in a column of numbers; such a head is no head.
    return Head(*found) if found and isinstance(found[0], int) else None


def _differs(last: Head, written: Head) -> Break | None:
    if last.number > written.number:
        why = f"The head row says that the record ends at line {written.number}."
        return Break(written.number + 1, "inserted", why)
    if last.hash != written.hash:
        return Break(last.number, "rewritten", "The head row holds another hash for this line.")
    return None


def _is_genuine(line: Line) -> bool:
    try:
        return hmac.compare_digest(hash_of(line), line.hash)
    except (AttributeError, TypeError, ValueError):
        return False  # a value of a kind that the portal never writes


def _readable(lines: Iterable[Line]) -> Iterator[Line | None]:
    """The lines; None in place of the first that the database adapter cannot make sense of."""
    rows = iter(lines)
    while True:
        try:
            line = next(rows)
        except StopIteration:
            return
        except (AttributeError, TypeError, ValueError):
            yield None
            return
        numbered = isinstance(line.number, int)
        yield line if numbered and isinstance(line.previous, str) else None
