"""Taking files in and handing them out."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet

from files import vault
from files.models import StoredFile
from files.names import clean_name
from files.purposes import ALLOWED, Purpose
from files.sniff import sniff
from trail import audit
from web.crypto import CannotDecrypt
from web.errors import RuleBroken

if TYPE_CHECKING:
    from people.models import Organisation, User

# Bytes without a row are an upload that failed half-way, or one that is under way right now.
ORPHAN_AGE = 24 * 60 * 60
BATCH = 500


class FileDamaged(Exception):
    """The bytes on the disk are missing, or are not those that were stored."""


def store(
    data: bytes | File,
    *,
    organisation: Organisation,
    by: User | None,
    purpose: Purpose,
    name: str = "",
) -> StoredFile:
    """Keep a file. Raises RuleBroken when it is empty, too large or of a kind not taken here.

    The bytes are written before the row: should the transaction roll back, they are an orphan
    that `sweep_orphans` finds, and never a row without its bytes.
    """
    name = name or getattr(data, "name", None) or "file"
    content = _bytes_of(data)
    kind = sniff(content)
    RuleBroken.if_any(_refusals(content, kind, purpose))
    with transaction.atomic():
        stored = StoredFile(
            organisation=organisation,
            purpose=purpose,
            name=clean_name(name),
            content_type=kind,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            uploaded_by=by,
        )
        vault.put(stored.key, content)
        stored.save(force_insert=True)
        audit.record("file.store", stored, by=by, purpose=str(purpose))
    return stored


def open_file(stored: StoredFile) -> bytes:
    """The bytes as they were sent. Raises FileDamaged."""
    try:
        content = vault.get(stored.key)
    except (OSError, CannotDecrypt) as problem:
        raise FileDamaged(f"File {stored.pk} cannot be read.") from problem
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise FileDamaged(f"File {stored.pk} is not what was stored.")
    return content


@transaction.atomic
def forget(files: QuerySet[StoredFile], *, by: User | None) -> int:
    """Delete rows that nothing refers to. `sweep_orphans` takes their bytes; says how many went."""
    gone = list(files.select_for_update(of=("self",), no_key=True).order_by("pk"))
    StoredFile.objects.filter(pk__in=[stored.pk for stored in gone]).delete()
    audit.record_many(
        audit.Entry("file.forget", stored, by, {"purpose": stored.purpose}) for stored in gone
    )
    return len(gone)


def sweep_orphans(*, older_than: float = ORPHAN_AGE) -> int:
    """Take away bytes that no row speaks of. Safe to run at any time; says how many went."""
    gone = 0
    candidates = list(vault.keys(older_than=older_than))
    for start in range(0, len(candidates), BATCH):
        batch = candidates[start : start + BATCH]
        known = set(StoredFile.objects.filter(key__in=batch).values_list("key", flat=True))
        for key in batch:
            if key not in known:
                vault.remove(key)
                gone += 1
    return gone


def _bytes_of(data: bytes | File) -> bytes:
    """At most one byte more than is allowed, so that a huge upload is not read whole."""
    if isinstance(data, bytes):
        return data
    data.seek(0)
    return bytes(data.read(settings.MAX_UPLOAD_BYTES + 1))


def _refusals(content: bytes, kind: str, purpose: Purpose) -> list[str]:
    if not content:
        return ["This file is empty."]
    if len(content) > settings.MAX_UPLOAD_BYTES:
        return [f"This file is larger than {settings.MAX_UPLOAD_BYTES // 1024 // 1024} MB."]
    if kind not in ALLOWED[purpose].types:
        return [f"This kind of file is not taken here. Choose {ALLOWED[purpose].said}."]
    return []
