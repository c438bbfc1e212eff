"""Looking at a pack that somebody brings back."""

from __future__ import annotations

import zipfile
from typing import IO

from governance.evidence import manifest
from governance.evidence.verify_pack import BROKEN, Archive, Check, NoPack
from web.errors import RuleBroken


def manifest_in(file: IO[bytes]) -> bytes:
    """The bytes of the manifest, of a pack or by itself. Raises RuleBroken for anything else."""
    file.seek(0)
    if file.read(4) != b"PK\3\4":
        file.seek(0)
        content = file.read(manifest.LARGEST + 1)
    else:
        try:
            with zipfile.ZipFile(file) as archive, archive.open(manifest.NAME) as inside:
                content = inside.read(manifest.LARGEST + 1)
        except (*BROKEN, KeyError):
            raise RuleBroken("This is no evidence pack, or it is damaged.") from None
    if len(content) > manifest.LARGEST:
        raise RuleBroken("This is no evidence pack: its list of files is far too long.")
    return content


def problems_in(file: IO[bytes]) -> list[str] | None:
    """What the checking script finds in a pack; None for a manifest by itself.

    Ask only of a manifest that is known to be ours: it bounds what is read.
    """
    file.seek(0)
    if file.read(4) != b"PK\3\4":
        return None
    file.seek(0)
    try:
        check = Check(Archive(file))
        check.run()
    except (NoPack, *BROKEN):
        return ["The pack cannot be read to its end."]
    return check.problems
