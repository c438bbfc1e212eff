"""What a file really is, and what to say when that is nothing the portal reads."""

from __future__ import annotations

from files.sniff import DOCX, sniff
from governance.importing.result import ImportRefused

MAX_BYTES = 20 * 1024 * 1024
PDF, HTML, TEXT, ZIP = "application/pdf", "text/html", "text/plain", "application/zip"
OLE = "application/x-ole-storage"
SAVE_AS = (
    "Open it there, choose File, then Save as, then “Word document (.docx)”, and choose the new "
    "file here."
)
SAID = {
    PDF: "a PDF",
    "image/png": "a picture (PNG)",
    "image/jpeg": "a picture (JPEG)",
    "image/gif": "a picture (GIF)",
    "image/webp": "a picture (WebP)",
    ZIP: "a ZIP archive",
    DOCX: "a Word document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "an Excel workbook",
    OLE: "a document of an older Microsoft Office",
    "application/rtf": "a rich text (RTF) document",
    HTML: "a web page (HTML)",
    TEXT: "plain text",
}
ENDINGS = {PDF: ".pdf", DOCX: ".docx", HTML: ".html", TEXT: ".txt"}
# What schools have and the portal does not read, and the program that opens it.
OTHERS = {
    ".doc": "This is a document of an older Word (.doc). Word still opens it. " + SAVE_AS,
    ".dot": "This is a template of an older Word (.dot). Word still opens it. " + SAVE_AS,
    ".docm": "This Word document can hold small programs (.docm), which are not taken here. "
    + SAVE_AS,
    ".dotx": "This is a Word template (.dotx). Word opens it. " + SAVE_AS,
    ".odt": "This is an OpenDocument text (.odt), as LibreOffice writes it. " + SAVE_AS,
    ".rtf": "This is a rich text document (.rtf). Word and LibreOffice open it. " + SAVE_AS,
    ".pages": "This is a document of Apple’s Pages. Open it there, choose File, then Export to, "
    "then Word, and choose the new file here.",
    ".wps": "This is a document of Microsoft Works (.wps). Word opens some of them. " + SAVE_AS,
    ".mht": "This is a web archive (.mht). Open it in a browser or in Word. " + SAVE_AS,
}
OTHERS[".mhtml"] = OTHERS[".mht"]
OTHERS[".htmlz"] = OTHERS[".mht"]
LOCKED = (
    "This document is locked with a password. Open it, save a copy without the password, and "
    "choose the copy."
)
NONE_OF_THESE = (
    "The portal reads Word documents (.docx), PDFs (.pdf), web pages (.html), Markdown (.md) and "
    "plain text (.txt). Save the policy as one of these."
)


def expect(data: bytes, ending: str, *kinds: str) -> None:
    """Raises ImportRefused unless the bytes are of one of these kinds."""
    if not data:
        raise ImportRefused("This file is empty.")
    if len(data) > MAX_BYTES:
        raise ImportRefused("This file is larger than 20 MB. A policy's text is far smaller.")
    kind = sniff(data)
    if kind in kinds:
        return
    if kind == OLE:
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise ImportRefused(LOCKED if locked else OTHERS[".doc"])
    if kind == ZIP and b"opendocument.text" in data[:200]:
        raise ImportRefused(OTHERS[".odt"])
    if kind == "application/rtf":
        raise ImportRefused(OTHERS[".rtf"])
    said = SAID.get(kind)
    if said is None or kind == TEXT:
        raise ImportRefused(
            f"This is not what its name says: nothing in it is {SAID[kinds[0]]}. It may be "
            "damaged. Open it in the program that made it, save it again, and choose that file."
        )
    advice = (
        f"Give it a name that ends in {ENDINGS[kind]}, and choose it again."
        if kind in ENDINGS
        else "Choose the policy's own file."
    )
    raise ImportRefused(f"This is {said}, although its name ends in {ending}. {advice}")


def unknown(ending: str) -> ImportRefused:
    """The refusal of a file whose name has another ending."""
    return ImportRefused(OTHERS.get(ending, NONE_OF_THESE))
