"""File names as people send them, made safe to show, to keep and to send back."""

from __future__ import annotations

import re
import unicodedata

MOST = 150
RESERVED = re.compile(r'[<>:"/\\|?*]')


def clean_name(name: str) -> str:
    """The last part of the name, without anything a path, a header or a screen could trip over.

    A long one loses its middle and keeps its ending; one with nothing left is called "file".
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign
        for sign in name
        if unicodedata.category(sign) not in ("Cf", "Cs")
    )
    name = " ".join(RESERVED.sub(" ", visible).split()).rstrip(". ")
    if not name.strip(". "):
        return "file"
    if name.startswith("."):
        name = "file." + name.lstrip(". ")
    if len(name) <= MOST:
        return name
    stem, dot, ending = name.rpartition(".")
    if dot and 0 < len(ending) <= 10:
        return f"{stem[: MOST - len(ending) - 1].rstrip()}.{ending}"
    return name[:MOST].rstrip()
