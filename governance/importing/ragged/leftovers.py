"""What a page carried that a policy does not need: page numbers, running titles, contents lists,
lines to sign on, empty bullets. Each line left out is named; what is doubtful stays."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict

from governance.importing.lines import LONE_BULLET, Line, word_count
from governance.importing.reasons import (
    EMPTY,
    LISTED,
    NUMBERS,
    RULED,
    RUNNING,
    SIGNATURES,
    shorten,
)
from governance.importing.result import LeftOut

PAGE = re.compile(
    r"[-–—\[(]?\s*(?:page|p\.?|pg\.?)\s*\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?\s*[-–—\])]?$", re.I
)
PAGE_OF = re.compile(r"\d{1,3}\s*(?:of|/)\s*\d{1,3}$", re.I)
PAGE_ENDING = re.compile(
    r".*\S\s*[|–—-]?\s*(?:page|p\.?)\s*\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?$", re.I
)
LONE_NUMBER = re.compile(r"[-–—]?\s*(\d{1,3})\s*[-–—]?$")
CONTENTS = re.compile(r"(?:table of )?contents(?: page)?:?$", re.I)
TO_PAGE = re.compile(r"[^\W\d][^\d]*\d{1,3}$")
RULE = re.compile(r"(?:[-_=*~–—]\s?){3,}$")

LABEL = (
    r"(?:(?:staff|employee|member of staff|parent|pupil|student|witness|line manager|head|chair)"
    r"(?:'s|’s)?(?: of governors)?\s+)?(?:printed |print |full |job )?"
    r"(?:signed(?: by)?|signatures?|sign(?: here)?|name|date|position|title|role|print|initials|"
    r"head ?teacher|principal|chair of (?:governors|trustees)|parent/carer)"
    r"(?:\s*\((?:please print|print|printed|block capitals|capitals)\))?"
)
FILLER = r"[\s_.…:()\-–/|\[\]]*"
SIGNATURE_LINE = re.compile(rf"{FILLER}(?:{LABEL}{FILLER})+$", re.I)
SIGNING = re.compile(r"sign|print|initials", re.I)
BLANK_TO_FILL = re.compile(r"_{3,}|\.{4,}|…{2,}|(?:\.\s){4,}")


def leave_out(lines: list[Line]) -> tuple[list[Line], list[LeftOut], list[str]]:
    """The lines that stay, those left out with the reason, and what looks wrong but stays."""
    reasons: dict[int, str] = {}
    _contents(lines, reasons)
    _page_numbers(lines, reasons)
    doubts = _running_titles(lines, reasons)
    _signatures(lines, reasons)
    _scraps(lines, reasons)
    kept = [
        line if index not in reasons else Line(line.number, "", new_page=line.new_page)
        for index, line in enumerate(lines)
    ]
    gone = [
        LeftOut(lines[index].number, lines[index].text, why)
        for index, why in sorted(reasons.items())
    ]
    return kept, gone, doubts


def _contents(lines: list[Line], reasons: dict[int, str]) -> None:
    """A contents list: leaders and page numbers, or lines that all come again as headings."""
    spoken = [i for i, line in enumerate(lines) if not line.blank]
    times = Counter(_bare(lines[i].text) for i in spoken)
    position = 0
    while position < len(spoken):
        index = spoken[position]
        titled = bool(CONTENTS.match(lines[index].text))
        end = position + titled
        while end < len(spoken) and _is_entry(lines[spoken[end]].text, titled, times):
            end += 1
        if end - position >= 3:
            reasons.update(dict.fromkeys(spoken[position:end], LISTED))
        position = max(end, position + 1)


def _is_entry(text: str, titled: bool, times: Counter[str]) -> bool:
    if len(text) > 200:
        return False
    if leads_to_a_page(text):
        return True
    if not titled or len(text) > 100:
        return False
    heading = _bare(text.rstrip("0123456789"))
    return bool(heading and TO_PAGE.search(text) and times[heading]) or times[_bare(text)] > 1


def leads_to_a_page(text: str) -> bool:
    """A line of dots, and a page number at its end."""
    words = text.rstrip("0123456789")
    start = words.rstrip(" .…_")
    dots = words[len(start) :]
    return (
        bool(start)
        and len(text) - len(words) in (1, 2, 3)
        and (dots.count(".") + dots.count("_") >= 3 or "…" in dots)
    )


def _bare(text: str) -> str:
    """A heading without its number, so that an entry finds the heading it stands for."""
    return re.sub(r"^[\d.)\s]+", "", text).strip(" :.").casefold()


def _page_numbers(lines: list[Line], reasons: dict[int, str]) -> None:
    lone: list[tuple[int, int]] = []
    for index, line in enumerate(lines):
        if PAGE.match(line.text) or (PAGE_OF.match(line.text) and _alone(lines, index)):
            reasons[index] = NUMBERS
        elif (found := LONE_NUMBER.match(line.text)) and _alone(lines, index):
            lone.append((index, int(found[1])))
    values = [value for _, value in lone]
    counting = len(values) > 1 and all(
        after - before == 1 for before, after in itertools.pairwise(values)
    )
    for index, _ in lone:
        if counting or _at_page_end(lines, index):
            reasons[index] = NUMBERS


def _alone(lines: list[Line], index: int) -> bool:
    before, after = lines[max(index - 1, 0) : index], lines[index + 1 : index + 2]
    return all(line.blank for line in (*before, *after))


def _at_page_end(lines: list[Line], index: int) -> bool:
    return any(line.new_page for line in lines[max(index - 2, 0) : index + 3])


def _running_titles(lines: list[Line], reasons: dict[int, str]) -> list[str]:
    """Lines that come three times or more: left out where pages break, warned of elsewhere."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if not line.blank and index not in reasons and len(line.text) <= 150:
            places[re.sub(r"\d+", "#", line.text.casefold())].append(index)
    doubts = []
    for found in places.values():
        text = lines[found[0]].text
        if PAGE_ENDING.match(text) and (len(found) > 1 or _at_page_end(lines, found[0])):
            reasons.update(dict.fromkeys(found, RUNNING))
        elif len(found) >= 3 and word_count(text) >= 2:
            breaking = [i for i in found if _by_a_break(lines, i, reasons)]
            # The first may be the title itself; a body line is never dropped on one page break.
            if len(breaking) >= 2:
                reasons.update(dict.fromkeys([i for i in breaking if i != found[0]], RUNNING))
            elif len(text) > 25:
                doubts.append(
                    f"“{shorten(text)}” stands {len(found)} times in the file, first in line "
                    f"{lines[found[0]].number}. If it was printed on each page, take it out."
                )
    return doubts


def _by_a_break(lines: list[Line], index: int, reasons: dict[int, str]) -> bool:
    around = range(max(index - 3, 0), min(index + 4, len(lines)))
    return any(lines[i].new_page or reasons.get(i) == NUMBERS for i in around)


def _signatures(lines: list[Line], reasons: dict[int, str]) -> None:
    """Runs of empty labels of which one speaks of signing."""
    run: list[int] = []
    for index, line in enumerate([*lines, Line(0, "end of the file")]):
        if line.blank:
            continue
        if len(line.text) <= 200 and SIGNATURE_LINE.match(line.text):
            run.append(index)
            continue
        texts = [lines[i].text for i in run]
        to_fill = any(BLANK_TO_FILL.search(text) or text.startswith("(") for text in texts)
        if any(SIGNING.search(text) for text in texts) and (to_fill or len(run) > 1):
            reasons.update(dict.fromkeys(run, SIGNATURES))
        run = []


def _scraps(lines: list[Line], reasons: dict[int, str]) -> None:
    for index, line in enumerate(lines):
        if index in reasons or line.blank:
            continue
        if RULE.match(line.text) and not _underlines(lines, index):
            reasons[index] = RULED
        elif LONE_BULLET.match(line.text):
            reasons[index] = EMPTY


def _underlines(lines: list[Line], index: int) -> bool:
    """=== or --- straight below a short line makes it a heading; the parser sees to it."""
    above = lines[index - 1] if index else None
    return bool(
        lines[index].text[0] in "=-~"
        and above
        and above.text
        and len(above.text) <= 100
        and not RULE.match(above.text)
    )
