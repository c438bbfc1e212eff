"""Writing a pack's files: every byte is counted and hashed on its way into the archive."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from web.csv import BOM, safe_cell

Row = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """A line of the manifest."""

    path: str
    bytes: int
    sha256: str


class Archive:
    """A ZIP in memory, compressed while it is written. The same contents give the same bytes."""

    def __init__(self, made_at: datetime) -> None:
        self._buffer = io.BytesIO()
        self._zip = zipfile.ZipFile(self._buffer, "w", zipfile.ZIP_DEFLATED)
        self._time = made_at.timetuple()[:6]
        self.entries: list[Entry] = []

    def add(self, path: str, content: bytes) -> Entry:
        with self.writing(path) as file:
            file.write(content)
        return self.entries[-1]

    @contextmanager
    def writing(self, path: str) -> Iterator[_Hashing]:
        info = zipfile.ZipInfo(path, self._time)
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
        with self._zip.open(info, "w") as file:
            hashing = _Hashing(file)
            yield hashing
        self.entries.append(Entry(path, hashing.length, hashing.digest.hexdigest()))

    def close(self) -> bytes:
        self._zip.close()
        return self._buffer.getvalue()


class _Hashing:
    """A file of the archive that knows how long it is and what its SHA-256 is."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.length, self.digest = file, 0, hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self.digest.update(data)
        self.length += len(data)


class Shelf:
    """Rows that wait for their files, compressed: a large school's fit into a few megabytes.

    CSV and JSON are both written from here, so that they cannot disagree.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._buffer, self.count = io.BytesIO(), 0
        with gzip.open(self._buffer, "wt", compresslevel=1, encoding="utf-8", newline="") as file:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
                self.count += 1

    def lines(self) -> Iterator[str]:
        """Each row as JSON, without the end of the line."""
        self._buffer.seek(0)
        with gzip.open(self._buffer, "rt", encoding="utf-8", newline="\n") as file:
            for line in file:
                yield line.removesuffix("\n")

    def __iter__(self) -> Iterator[Row]:
        return map(json.loads, self.lines())


def write_csv(archive: Archive, path: str, columns: Iterable[str], rows: Iterable[Row]) -> None:
    """With the mark by which Excel knows UTF-8, and no cell that a spreadsheet would run."""
    columns = list(columns)
    with archive.writing(path) as file:
        text = _Text(file)
        writer = csv.writer(text)
        text.write(BOM)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([cell(row[column]) for column in columns])


def cell(value: Any) -> str:
    """How a value stands in a CSV: yes and no for True and False."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return safe_cell(value)


def write_json(archive: Archive, path: str, head: Row, shelves: dict[str, Shelf]) -> None:
    """`head`, and each shelf under its name: one row a line."""
    with archive.writing(path) as file:
        text = _Text(file)
        begun = json.dumps(head, ensure_ascii=False, indent=1)
        text.write(begun.removesuffix("\n}"))
        for name, shelf in shelves.items():
            text.write(f',\n "{name}": [')
            for number, line in enumerate(shelf.lines()):
                text.write((",\n  " if number else "\n  ") + line)
            text.write("\n ]" if shelf.count else "]")
        text.write("\n}\n")


class _Text:
    """Text for a file of bytes."""

    def __init__(self, file: _Hashing) -> None:
        self._file = file

    def write(self, text: str) -> int:
        self._file.write(text.encode("utf-8"))
        return len(text)
