"""Packs in bytes, and the script that checks them, for the tests about it."""

from __future__ import annotations

import hashlib
import io
import json
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

from governance.evidence import verify_pack

slowly = settings(
    max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def verify(path: Path) -> tuple[int, str]:
    """(exit code, what it says)."""
    said = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(said, encoding="utf-8")) as out:
        code = verify_pack.main([str(path)])
        out.flush()
    return code, said.getvalue().decode()


def verify_zip(at: Path, data: bytes) -> tuple[int, str]:
    path = at / "pack.zip"
    path.write_bytes(data)
    return verify(path)


def verify_folder(at: Path, entries: dict[str, bytes]) -> tuple[int, str]:
    folder = at / f"folder{time.monotonic_ns()}"
    unpack(folder, entries)
    return verify(folder)


def unpack(folder: Path, entries: dict[str, bytes]) -> None:
    for name, data in entries.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def resealed(entries: dict[str, bytes], **facts: Any) -> dict[str, bytes]:
    """The same with a manifest that fits: what somebody makes who knows how packs are made."""
    manifest = json.loads(entries["manifest.json"]) | facts
    for one in manifest["files"]:
        data = entries[one["path"]]
        one["bytes"], one["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    written = json.dumps(manifest).encode()
    digest = hashlib.sha256(written).hexdigest()
    return entries | {
        "manifest.json": written,
        "manifest.json.sha256": f"{digest}  manifest.json\n".encode(),
    }
