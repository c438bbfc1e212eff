"""The list of a pack's files, and the seal by which the portal knows that it made it.

The seal is a keyed hash of everything else in the manifest. Only the portal can make or check it;
the fingerprint, the SHA-256 of the manifest's bytes, is what others compare.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from governance.evidence.archive import Entry
from web.crypto import keyed_hash

FORM = "evidence-pack/1"
NAME, HASH_NAME = "manifest.json", "manifest.json.sha256"
PURPOSE = "evidence.manifest"
LARGEST = 4 * 1024 * 1024


def sealed(facts: dict[str, Any], files: Iterable[Entry]) -> bytes:
    """The bytes of manifest.json."""
    manifest = {**facts, "form": FORM, "files": [asdict(one) for one in files]}
    manifest["seal"] = _seal(manifest)
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def fingerprint(manifest: bytes) -> str:
    return hashlib.sha256(manifest).hexdigest()


def hash_file(manifest: bytes) -> bytes:
    """The content of manifest.json.sha256, as sha256sum writes it."""
    return f"{fingerprint(manifest)}  {NAME}\n".encode("ascii")


def is_ours(manifest: bytes) -> bool:
    """Whether this portal made the manifest and nobody has changed anything in it since."""
    try:
        found = json.loads(manifest.decode("utf-8")) if len(manifest) <= LARGEST else None
    except (ValueError, RecursionError):
        return False
    if not isinstance(found, dict) or not isinstance(found.get("seal"), str):
        return False
    seal = found.pop("seal")
    return hmac.compare_digest(seal.encode("utf-8", "replace"), _seal(found).encode())


def _seal(manifest: dict[str, Any]) -> str:
    """Of the values, however they are written: a space more in the file changes nothing."""
    written = json.dumps(manifest, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return keyed_hash(written, purpose=PURPOSE)
