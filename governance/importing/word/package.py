"""A Word file opened with care: sizes before bytes, no entities, nothing but the parts we read."""

from __future__ import annotations

import io
import re
import zipfile
from posixpath import dirname, join, normpath

# Our own parts are read and nothing in them can be expanded: see _parsed.
from xml.etree import ElementTree as ET  # nosec B405

from governance.importing.result import ImportRefused

MOST_ENTRIES = 5_000
MOST_XML = 25 * 1024 * 1024  # of one part, unpacked; a policy of a hundred pages has about four
DAMAGED = (
    "This Word document is damaged and cannot be read. Open it in Word, save it under a new "
    "name, and choose that file."
)
TOO_LARGE = (
    "This Word document unpacks to far more than a policy needs, and was not read. Copy the text "
    "into a new document, save it, and choose that file."
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# Word can also write the ISO form, with other names for the same things.
STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R[1:-1].encode()),
)
DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.-]+)["']""")
READABLE = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}


class Package:
    """The parts of one file, parsed when they are asked for."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._entries = {entry.filename: entry for entry in self._zip.infolist()}
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise ImportRefused(DAMAGED) from None
        if len(self._entries) > MOST_ENTRIES:
            raise ImportRefused(TOO_LARGE)
        self.main = self._main()

    def _main(self) -> str:
        for kind, target in self.related("").values():
            if kind == "officeDocument":
                return target
        return "word/document.xml"

    def part(self, name: str) -> ET.Element | None:
        """The root of a part, or None where the file has none of that name."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        if entry.file_size > MOST_XML:
            raise ImportRefused(TOO_LARGE)
        try:
            # No more than the size it states is ever unpacked; a false size is an error here.
            return _parsed(self._zip.read(entry))
        except (ET.ParseError, zipfile.BadZipFile, ValueError, OSError, EOFError) as problem:
            raise ImportRefused(DAMAGED) from problem
        except (NotImplementedError, RuntimeError, zipfile.error, LookupError) as problem:
            raise ImportRefused(DAMAGED) from problem

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to: by id, the kind, and the part's name or the address on the web."""
        folder = dirname(part)
        root = self.part(join(folder, "_rels", f"{part.rpartition('/')[2]}.rels"))
        found = {}
        for one in root if root is not None else ():
            kind = one.get("Type", "").rpartition("/")[2]
            target = one.get("Target", "")
            if one.get("TargetMode") != "External":
                target = normpath(join("/" if target.startswith("/") else folder, target))
            found[one.get("Id", "")] = (kind, target.lstrip("/"))
        return found


def _parsed(data: bytes) -> ET.Element:
    """The tree of a part. Word never writes a DTD; what has one is not from Word."""
    data = _as_utf8(data)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ImportRefused(DAMAGED)
    for theirs, ours in STRICT:
        data = data.replace(theirs, ours)
    return ET.fromstring(data)  # noqa: S314  # nosec B314


def _as_utf8(data: bytes) -> bytes:
    """UTF-8, so that what is looked for in the bytes is what the parser would find."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16")
        return re.sub(r"^<\?xml[^>]*\?>", "", text.lstrip("\ufeff")).encode("utf-8")
    declared = DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in data or (declared and declared[1].lower() not in READABLE):
        raise ImportRefused(DAMAGED)
    return data
