"""Files of a case on the disk: in pieces, each sealed by the key of the case.

A file is never whole in memory and never plain on the disk. Each piece is bound to its case, its
file, its place in it and to whether it is the last: pieces that were exchanged, left out or cut off
do not open. They lie apart from other uploads, whose sweep would not know them.
"""

from __future__ import annotations

import hashlib
import os
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

if TYPE_CHECKING:
    from incidents.models import Case

FORM = b"sealed-file-1\n"
PIECE = 1024 * 1024
NONCE = 12
LENGTH = struct.Struct(">I")
ORIGINAL = "original"


class Damaged(Exception):
    """The bytes are missing, or are not those that were sealed."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was sealed: how long it is, and its SHA-256."""

    size: int
    sha256: str


def put(case: Case, blob: str, part: str, source: IO[bytes]) -> Written:
    """Seal what `source` holds. It is on the disk when this returns."""
    path = _path(blob, part)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    digest, size, number = hashlib.sha256(), 0, 0
    cipher = AESGCM(case.data_key)
    with os.fdopen(handle, "wb") as file:
        file.write(FORM)
        piece = source.read(PIECE)
        while True:
            following = source.read(PIECE) if piece else b""
            digest.update(piece)
            size += len(piece)
            nonce = os.urandom(NONCE)
            bound = _bound(case, blob, part, number, last=not following)
            sealed = nonce + cipher.encrypt(nonce, piece, bound)
            file.write(LENGTH.pack(len(sealed)) + sealed)
            if not following:
                break
            piece, number = following, number + 1
        file.flush()
        os.fsync(file.fileno())
    return Written(size, digest.hexdigest())


def pieces(case: Case, blob: str, part: str) -> Iterator[bytes]:
    """What was sealed, piece by piece. The file is opened at once. Raises Damaged."""
    key = case.data_key
    try:
        file = _path(blob, part).open("rb")
        begins = file.read(len(FORM)) == FORM
    except OSError as problem:
        raise Damaged("It is not on the disk.") from problem
    if not begins:
        file.close()
        raise Damaged("It has another form.")
    return _opened(case, AESGCM(key), blob, part, file)


def whole(case: Case, blob: str, part: str) -> bytes:
    return b"".join(pieces(case, blob, part))


def _opened(case: Case, cipher: AESGCM, blob: str, part: str, file: IO[bytes]) -> Iterator[bytes]:
    with file:
        number, head = 0, file.read(LENGTH.size)
        while head:
            length = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else 0
            sealed = file.read(length) if length <= PIECE + 64 else b""
            head = file.read(LENGTH.size)
            bound = _bound(case, blob, part, number, last=not head)
            try:
                yield cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound)
            except (InvalidTag, ValueError):
                raise Damaged("It is not what was sealed.") from None
            number += 1


def remove(blobs: Iterable[str]) -> None:
    """Take the original and its copies away; it does not matter if they are gone already."""
    for blob in blobs:
        for path in _folder(blob).glob(f"{blob}-*"):
            path.unlink(missing_ok=True)


def blobs(*, older_than: float) -> Iterator[str]:
    """Each file on the disk of which a part was written this many seconds ago or before."""
    latest, seen = time.time() - older_than, set[str]()
    for path in (Path(settings.FILES_DIR) / "evidence").glob("??/*-*"):
        blob = path.name.partition("-")[0]
        try:
            if blob not in seen and path.stat().st_mtime <= latest:
                seen.add(blob)
                yield blob
        except FileNotFoundError:
            continue


def _bound(case: Case, blob: str, part: str, number: int, *, last: bool) -> bytes:
    names = ("file", case.reference, blob, part, str(number), "last" if last else "more")
    return b"\0".join(name.encode() for name in names)


def _path(blob: str, part: str) -> Path:
    if not (blob.isalnum() and part.isalnum()):
        raise ValueError("Letters and figures only.")
    return _folder(blob) / f"{blob}-{part}"


def _folder(blob: str) -> Path:
    return Path(settings.FILES_DIR) / "evidence" / blob[:2]
