"""Where the bytes lie: encrypted, one file per key, never under a name that somebody sent."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from web.crypto import decrypt, encrypt

PURPOSE = "files.content"


def put(key: str, data: bytes) -> None:
    """Write the bytes under a new key, encrypted, and be sure that they are on the disk."""
    path = _path(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(encrypt(data, purpose=PURPOSE))
        file.flush()
        os.fsync(file.fileno())


def get(key: str) -> bytes:
    """The bytes. Raises OSError or web.crypto.CannotDecrypt."""
    return decrypt(_path(key).read_bytes(), purpose=PURPOSE)


def remove(key: str) -> None:
    """Take the bytes away; it does not matter if they are gone already."""
    _path(key).unlink(missing_ok=True)


def keys(*, older_than: float) -> Iterator[str]:
    """Every key on the disk that was written this many seconds ago or before."""
    latest = time.time() - older_than
    for path in Path(settings.FILES_DIR).glob("??/*"):
        try:
            if path.is_file() and path.stat().st_mtime <= latest:
                yield path.name
        except FileNotFoundError:
            continue


def _path(key: str) -> Path:
    if not key.isalnum():
        raise ValueError("A key has letters and figures only.")
    return Path(settings.FILES_DIR) / key[:2] / key
