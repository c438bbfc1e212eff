"""A PDF with text: lines, sizes and places on the page become headings, lists and tables."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from governance.importing import inline
from governance.importing.pdf import assembling
from governance.importing.pdf.content import Drawn, draw
from governance.importing.result import ImportRefused, Reading
from governance.importing.shaped.blocks import MARGIN, Block, Para
from governance.importing.shaped.finishing import finish

MOST_PAGES = 200
FEW_LETTERS = 40  # a page: less is a stamp or a page number on a picture
LOCKED = (
    "This PDF is locked with a password. Open it, save or print a copy without the password, and "
    "choose the copy."
)
DAMAGED = (
    "This PDF is damaged and cannot be read. Open it in the program that made it, save it as a "
    "PDF again, and choose that file."
)
SCANNED = (
    "This PDF holds pictures of pages and no text, as a scanner makes them. Choose the document "
    "it was printed from, or have the text recognised (OCR) first."
)
NO_WORDS = "There is no text in this PDF."
UNREADABLE = (
    "The letters of this PDF cannot be told: its fonts do not say what they draw. Choose the Word "
    "document it was made from."
)
# Letters that a font without names leaves, or the sign for one that is not known.
STRANGE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")


def read(data: bytes) -> Reading:
    """A PDF. Raises ImportRefused."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pdf = _opened(data)
    drawn = [draw(page, pdf) for page in pdf.pages]
    _refuse_unreadable(drawn)
    found = assembling.blocks(drawn)
    _apply_outline(found, list(_outline(pdf)))
    return finish(found, warnings=_warnings(drawn))


def _opened(data: bytes) -> PdfReader:
    try:
        pdf = PdfReader(io.BytesIO(data), strict=False)
        if pdf.is_encrypted and not pdf.decrypt(""):
            raise ImportRefused(LOCKED)
        pages = len(pdf.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, OSError) as problem:
        raise ImportRefused(DAMAGED) from problem
    if not pages:
        raise ImportRefused(DAMAGED)
    if pages > MOST_PAGES:
        raise ImportRefused(
            f"This PDF has {pages} pages; the portal reads up to {MOST_PAGES}. Choose the policy "
            "alone."
        )
    return pdf


def _refuse_unreadable(drawn: Sequence[Drawn]) -> None:
    letters = "".join(run.text for page in drawn for run in page.runs)
    said = sum(1 for letter in letters if letter.isalnum())
    pictured = sum(1 for page in drawn if page.pictures)
    bare = said < FEW_LETTERS * len(drawn)
    if bare and (pictured == len(drawn) or (pictured and said * 4 < FEW_LETTERS * len(drawn))):
        raise ImportRefused(SCANNED)
    strange = len(STRANGE.findall(letters))
    if strange > 20 and strange * 4 > said:
        raise ImportRefused(UNREADABLE)
    if not said:
        raise ImportRefused(NO_WORDS)


def _outline(pdf: PdfReader) -> Iterator[tuple[int, str]]:
    """The bookmarks with their depth: made of the headings, where there are any."""
    try:
        waiting: list[tuple[int, Any]] = [(1, one) for one in pdf.outline]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return
    last = 1
    while waiting:
        depth, one = waiting.pop(0)
        if isinstance(one, list):
            waiting[:0] = [(last + 1, below) for below in one]
            continue
        last = depth
        if title := " ".join(str(one.get("/Title", "")).split()):
            yield depth, title


def _apply_outline(blocks: Sequence[Block], outline: Sequence[tuple[int, str]]) -> None:
    """Paragraphs that say what a bookmark says are headings of its depth."""
    if len(outline) < 2:
        return
    paras = [one for one in blocks if isinstance(one, Para) and one.role != MARGIN]
    place = 0
    matched: list[tuple[Para, int]] = []
    for depth, title in outline:
        wanted = _bare(title)
        for index in range(place, len(paras)):
            para = paras[index]
            if _bare(inline.plain(para.spans)) == wanted and not _leads_to_a_page(para):
                matched.append((para, depth))
                place = index + 1
                break
    if len(matched) * 2 >= len(outline):
        for para, depth in matched:
            para.heading = depth


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _leads_to_a_page(para: Para) -> bool:
    return bool(re.search(r"\s\d{1,3}$", inline.plain(para.spans)))


def _warnings(drawn: Sequence[Drawn]) -> Iterator[str]:
    pictures = sum(page.pictures for page in drawn)
    if pictures:
        yield f"Pictures are not taken over: {pictures}. Words in them are not in the text."
    if turned := sum(page.turned for page in drawn):
        yield f"Text that is not printed upright was left out: {turned} pieces."
    empty = [
        str(number)
        for number, page in enumerate(drawn, start=1)
        if page.pictures and sum(len(run.text) for run in page.runs) < FEW_LETTERS
    ]
    if empty:
        yield (
            f"There is hardly any text on page {', '.join(empty[:20])}, only pictures. "
            "Compare with the file."
        )
