"""What a paste or a conversion broke: torn sentences, lost bullets, glued lines."""

from __future__ import annotations

import re

from governance.importing.lines import Mark, ends_sentence, starts_small, word_count
from governance.importing.ragged.parts import LEADS_ON, Kind, Part, glue
from governance.importing.reasons import shorten

GLUED = re.compile(r"[)”\"]\s+(?P<rest>[A-Z][a-z]+(?:\s[\w/&]+){0,3})$")
FOOTNOTE = re.compile(r"[¹²³⁰⁴-⁹]+|\[\d{1,2}\](?=\s|$)")
DOCUMENT = re.compile(
    r"\b(?:polic(?:y|ies)|codes?|agreement|procedures?|guidance|statement|handbook|plan|act|kcsie|"
    r"education|regulations)\b",
    re.IGNORECASE,
)
LISTS_DOCUMENTS = re.compile(
    r"\b(?:conjunction|alongside|related|linked|other)\b.*:$|^(?:links|related|other|linked)\b.*\b"
    r"(?:polic|document|legislation|guidance)",
    re.IGNORECASE,
)
STOP = frozenset(["a", "an", "and", "for", "in", "of", "on", "or", "the", "to", "with"])
PLAIN = Mark("plain", "")


def torn_sentences(parts: list[Part]) -> tuple[list[Part], list[str]]:
    """Join a sentence that an empty line tore apart."""
    mended: list[Part] = []
    torn: list[int] = []
    for part in parts:
        before = mended[-1] if mended else None
        if before and _continues(before, part):
            before.text = glue(before.text, part.text)
            torn.append(part.number)
        else:
            mended.append(part)
    if not torn:
        return mended, []
    places = ", ".join(map(str, torn[:20]))
    return mended, [
        f"Sentences that an empty line had torn apart were joined at line {places}."
        if len(torn) == 1
        else f"Sentences that empty lines had torn apart were joined at lines {places}."
    ]


def _continues(before: Part, part: Part) -> bool:
    if part.kind is not Kind.PARAGRAPH or before.kind not in (Kind.PARAGRAPH, Kind.ITEM):
        return False
    if (
        part.lines
        or before.lines
        or not starts_small(part.text)
        or ends_sentence(before.text[-99:])
    ):
        return False
    return len(before.text) >= 40 or bool(LEADS_ON.search(before.text[-99:]))


def lists_without_bullets(parts: list[Part]) -> None:
    """Short lines below "…:" are its list, where the file gave them no bullets."""
    for index, intro in enumerate(parts):
        announces = intro.text.endswith(":") or bool(LISTS_DOCUMENTS.search(intro.text[-200:]))
        if intro.kind is Kind.ITEM or not announces or index + 2 >= len(parts) or intro.lines:
            continue
        run = _short_run(parts, index + 1, named=bool(LISTS_DOCUMENTS.search(intro.text[-200:])))
        if len(run) >= 2:
            for part in run:
                part.kind, part.mark = Kind.ITEM, PLAIN
            if intro.text.endswith(":"):
                intro.kind = Kind.PARAGRAPH if word_count(intro.text) > 4 else intro.kind


def _short_run(parts: list[Part], start: int, *, named: bool) -> list[Part]:
    """The short lines that follow in one block; over empty lines only what names a document."""
    run: list[Part] = []
    for part in parts[start : start + 60]:
        short = part.kind is Kind.PARAGRAPH and len(part.text) <= 100 and not part.lines
        if not short or ends_sentence(part.text) or (starts_small(part.text[:1]) and not run):
            break
        together = not part.after_blank or not run
        if not together and len(run) > 1 and not run[-1].after_blank:
            break  # the block of lines has ended
        if not together and not (named and DOCUMENT.search(part.text) and len(part.text) <= 80):
            break
        run.append(part)
    if len(run) >= 2 and run[1].after_blank and not (named and DOCUMENT.search(run[0].text)):
        return []
    return run


def lost_bullets(parts: list[Part]) -> list[str]:
    """A question alone between list items that are questions was one of them."""
    doubts = []
    for index in range(1, len(parts) - 1):
        before, part, after = parts[index - 1 : index + 2]
        if part.kind is not Kind.PARAGRAPH or before.mark is None or after.mark is None:
            continue
        asks = part.text.endswith(("?", "?)")) or "?" in part.text or "if so" in part.text.lower()
        questions = before.text.endswith("?") and "?" in after.text
        asking = re.match(
            r"(?:can|do|does|is|are|have|has|will|what|who|how|why)\b", part.text, re.I
        )
        if questions and (asks or asking) and before.mark.kind == after.mark.kind:
            part.kind, part.mark, part.indent = Kind.ITEM, before.mark, before.indent
            doubts.append(
                f"Line {part.number} “{shorten(part.text)}” stands between list items without a "
                "bullet and was taken as one of them."
            )
    return doubts


def suspicious(parts: list[Part], title: str) -> list[str]:
    """What looks as if two lines ran into each other. Nothing is changed."""
    doubts = []
    wanted = [word.casefold() for word in re.findall(r"\w+", title) if word.casefold() not in STOP]
    for part in parts:
        if part.kind is Kind.TABLE:
            continue
        text = part.text
        if part.kind is Kind.ITEM and (found := GLUED.search(text[-80:])):
            doubts.append(
                f"Line {part.number} “{shorten(text)}” may have a heading glued to its end: "
                f"“{found['rest']}”. Move it if so."
            )
        if part.kind is not Kind.HEADING and (glued := _title_inside(text, wanted)):
            doubts.append(
                f"Line {part.number} seems to have the policy's title, printed on each page, in "
                f"the middle of a sentence: “{glued}”. It was kept; take it out if so."
            )
        if marks := FOOTNOTE.findall(text):
            doubts.append(
                f"Line {part.number} holds what may be a footnote's mark: “{marks[0]}” in "
                f"“{shorten(text)}”. Its note may be missing."
            )
    return doubts


def _title_inside(text: str, wanted: list[str]) -> str:
    """The title where a sentence was going on before it and a new one starts behind it."""
    if len(wanted) < 3 or len(text) > 50_000:
        return ""
    words = [
        (found.start(), found.end(), found[0].casefold())
        for found in re.finditer(r"\w+", text)
        if found[0].casefold() not in STOP
    ]
    spelt = [word for _, _, word in words]
    for index in range(1, len(words) - len(wanted) + 1):
        if spelt[index : index + len(wanted)] != wanted:
            continue
        start, end = words[index][0], words[index + len(wanted) - 1][1]
        before, behind = text[:start].rstrip(), text[end:].lstrip()
        going_on = before[-1:].isalnum() or before.endswith(",")
        if text[start].isupper() and going_on and re.match(r"(?:Page\b|\d|[A-Z][a-z]+\s)", behind):
            return text[before.rfind(" ", 0, max(0, start - 30)) + 1 : end].strip()
    return ""
