"""A ZIP that is written while it is read: nothing of it lies in memory or on a disk whole.

Files are stored as they are. Their lengths and checksums are known before, so that each stands in
front of its file as `verify_pack.py` expects it of an evidence pack.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from governance.evidence.archive import Archive, Entry

LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
VERSION = 20
MODE = 0o100644 << 16
LARGEST = 2**30


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive: `pieces()` reads it anew, and always gives the same bytes."""

    path: str
    size: int
    crc: int
    pieces: Callable[[], Iterable[bytes]]


class Parts(Archive):
    """What `governance.evidence.archive` writes, file by file and not packed."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.members: list[Member] = []

    @contextmanager
    def writing(self, path: str) -> Iterator[Any]:
        file = io.BytesIO()
        yield file
        content = file.getvalue()
        self.put(path, len(content), lambda: [content])

    def put(self, path: str, size: int, pieces: Callable[[], Iterable[bytes]]) -> Entry:
        """Read once for its checksums; the bytes themselves come when the archive is sent."""
        from hashlib import sha256

        digest, crc, length = sha256(), 0, 0
        for piece in pieces():
            digest.update(piece)
            crc = zlib.crc32(piece, crc)
            length += len(piece)
        if length != size:
            raise ValueError(f"{length} bytes instead of {size}")
        self.members.append(Member(path, size, crc, pieces))
        self.entries.append(Entry(path, size, digest.hexdigest()))
        return self.entries[-1]


def length_of(members: Iterable[Member]) -> int:
    """How long the archive is."""
    return sum(one.size + 30 + 46 + 2 * len(one.path) for one in members) + 22


def zipped(members: Iterable[Member], made_at: datetime) -> Iterator[bytes]:
    """The archive, piece by piece."""
    year, month, day, hour, minute, second = made_at.timetuple()[:6]
    moment = (hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day)
    at, listed = 0, []
    for one in members:
        name = one.path.encode("ascii")
        facts = (VERSION, 0, 0, *moment, one.crc, one.size, one.size, len(name), 0)
        yield struct.pack("<4s5H3L2H", LOCAL, *facts) + name
        yield from one.pieces()
        head = struct.pack("<4sH", CENTRAL, 3 << 8 | VERSION) + struct.pack("<5H3L2H", *facts)
        listed.append(head + struct.pack("<3H2L", 0, 0, 0, MODE, at) + name)
        at += 30 + len(name) + one.size
    directory = b"".join(listed)
    yield directory
    count = len(listed)
    yield struct.pack("<4s4H2LH", END, 0, 0, count, count, len(directory), at, 0)
