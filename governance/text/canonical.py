"""The bytes that a version's hash is made of. `docs/policy-text.md` describes them for others.

Once published, a version's hash stands for ever: this form may be added to under a new FORM,
never changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable

FORM = "policy-version/1"
AUDIENCE_FORM = "policy-audience/1"
LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


def tidy(body: str) -> str:
    """A body as it is kept: NFC, lines ended by LF and without spaces at their end.

    Two spaces at a line's end mean a line break in Markdown; a backslash says the same here.
    """
    body = unicodedata.normalize("NFC", LINE_ENDS.sub("\n", body))
    body = TRAILING.sub("", body).strip("\n")
    return body + "\n" if body else ""


def canonical_bytes(*, title: str, number: str, language: str, body: str) -> bytes:
    """One version as bytes: JSON in UTF-8, keys sorted, no spaces between."""
    fields = {
        "body": tidy(body),
        "form": FORM,
        "language": language.strip().lower(),
        "number": number.strip(),
        "title": " ".join(unicodedata.normalize("NFC", title).split()),
    }
    written = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return written.encode("utf-8")


def content_hash(*, title: str, number: str, language: str, body: str) -> str:
    """SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
    written = canonical_bytes(title=title, number=number, language=language, body=body)
    return hashlib.sha256(written).hexdigest()


def audience_hash(rules: Iterable[tuple[int | None, str, str]]) -> str:
    """SHA-256 of whom a version is for: (organisation, role, employment), in any order."""
    named = sorted((place or 0, role, employment) for place, role, employment in rules)
    written = json.dumps([AUDIENCE_FORM, named], separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8")).hexdigest()
