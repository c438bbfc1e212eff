"""Lines become paragraphs, headings and list items."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from governance.importing import inline
from governance.importing.inline import Span
from governance.importing.lines import ends_sentence, starts_small
from governance.importing.parts import Look
from governance.importing.pdf.lines import Line
from governance.importing.ragged.leftovers import leads_to_a_page
from governance.importing.ragged.parts import LEADS_ON
from governance.importing.shaped.blocks import Para

USUAL = 1.25  # times the size, from line to line
APART = 1.3  # times the usual distance: the next paragraph
FULL = 0.12  # of its width: how near its edge most lines of a passage end
FEWEST = 4  # lines that tell the edge of a passage
EDGE = 6.0  # points by which lines of one paragraph may begin apart
LARGER = 1.06
HYPHEN = re.compile(r"(?P<word>[^\W\d_]{2,})[-\u2010\u00ad]$")
# Words that are written with a hyphen behind them.
KEEPS = re.compile(
    r"(?:non|self|well|co|e|anti|cyber|part|full|long|short|high|low|age|one|two|three|four|five|six)$",
    re.IGNORECASE,
)


@dataclass
class Measure:
    """What is usual in a document."""

    size: float
    pitch: float  # from line to line, in sizes
    words: Counter[str]  # of the whole text, to tell a broken word from one with a hyphen


@dataclass
class Page:
    """The edges of a page's text."""

    left: float
    right: float


def measure(pages: Iterable[Sequence[Line]]) -> Measure:
    sizes: Counter[float] = Counter()
    pitches: Counter[float] = Counter()
    words: Counter[str] = Counter()
    for lines in pages:
        broken = False
        for line in lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
            # Halves of words that a line's end broke are none.
            text = line.text.partition(" ")[2] if broken else line.text
            broken = bool(HYPHEN.search(text))
            text = text.rpartition(" ")[0] if broken else text
            words.update(re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.casefold()))
        for one, other in itertools.pairwise(lines):
            if abs(one.size - other.size) < 0.5 and one.size:
                pitches[round((one.y - other.y) / one.size, 1)] += 1
    size = sizes.most_common(1)[0][0] if sizes else 11.0
    return Measure(size, _pitch(pitches), words)


def _pitch(pitches: Counter[float]) -> float:
    """The closest that lines commonly stand: within paragraphs, not from one to the next."""
    least = max(2, max(pitches.values(), default=0) / 10)
    return min((one for one, count in pitches.items() if count >= least and 0.9 <= one <= 2.5),
               default=USUAL)  # fmt: skip


def edges(lines: Sequence[Line]) -> Page:
    """The left edge most lines begin at, and the right one that full lines reach."""
    starts = sorted(line.x0 for line in lines)
    ends = sorted(line.x1 for line in lines)
    if not starts:
        return Page(0, 0)
    return Page(starts[len(starts) // 10], ends[int((len(ends) - 1) * 0.97)])


def gather(lines: Sequence[Line], page: Page, usual: Measure) -> list[Para]:
    """The paragraphs of lines that follow each other on one page."""
    groups: list[list[Line]] = []
    for block in _blocks(lines, usual):
        own = _own_edges(block, page)
        begun = len(groups)
        for line in block:
            if len(groups) > begun and _goes_on(groups[-1], line, own):
                groups[-1].append(line)
            else:
                groups.append([line])
    paras = [_para(group, page, usual) for group in groups]
    for index in range(1, len(groups)):
        before, first = groups[index - 1][-1], groups[index][0]
        paras[index].apart = before.y - first.y > usual.pitch * APART * max(first.size, 1)
    return paras


def _blocks(lines: Sequence[Line], usual: Measure) -> list[list[Line]]:
    """Lines without more than the usual space between them."""
    blocks: list[list[Line]] = []
    for line in lines:
        before = blocks[-1][-1] if blocks else None
        gap = (before.y - line.y) / max(before.size, 1) if before else 0.0
        if before and 0 < gap <= usual.pitch * APART:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _own_edges(block: Sequence[Line], page: Page) -> Page:
    """A passage that is narrower than the page has a right edge of its own."""
    right = max(line.x1 for line in block)
    width = right - min(line.x0 for line in block)
    near = sum(1 for line in block if line.x1 >= right - width * FULL)
    narrow = len(block) >= FEWEST and near * 2 >= len(block) and right < page.right
    return Page(page.left, right) if narrow else page


def _goes_on(group: list[Line], line: Line, page: Page) -> bool:
    before = group[-1]
    if _changes_look(group, line) or leads_to_a_page(before.text):
        return False
    if line.marked and not _only_looks_marked(group, line, page):
        return False
    if len(line.columns) > 1 or len(before.columns) > 1:
        return _no_room(before, line, page)
    return _fits_below(group, line, page)


def _changes_look(group: list[Line], line: Line) -> bool:
    before = group[-1]
    if not 1 / LARGER <= line.size / max(before.size, 0.1) <= LARGER:
        return True
    was_bold = all(one.bold for one in group)
    if was_bold != line.bold:
        return was_bold or ends_sentence(before.text)
    return was_bold and before.text.isupper() != line.text.isupper()


def _only_looks_marked(group: list[Line], line: Line, page: Page) -> bool:
    """A dash or number that a sentence brought to the start of a line: "see section / 12. The"."""
    before = group[-1]
    assert line.marked is not None
    mark = line.marked[0]
    below = abs(line.x0 - group[0].text_x) <= EDGE / 2 or (
        len(group) > 1 and abs(line.x0 - before.x0) <= EDGE / 2
    )
    if not below or not _no_room(before, line, page) or ends_sentence(before.text):
        return False
    if mark.kind == "-":
        return not group[0].marked
    numbered = mark.kind in ("1.", "a)", "i)", "1.1")
    return numbered and mark.number != 1 and bool(LEADS_ON.search(before.text[-60:]))


def _no_room(before: Line, line: Line, page: Page) -> bool:
    """Whether the next word did not fit, so that the line was broken there by its width."""
    letter = (before.x1 - before.x0) / max(len(before.text), 1)
    word = line.text.split(" ", 1)[0]
    return before.x1 + letter * (len(word) + 1) >= page.right - letter


def _runs_on(before: Line, line: Line, page: Page) -> bool:
    """Whether the sentence goes on, by the width of the page or by its words."""
    return _no_room(before, line, page) or (
        starts_small(line.text) and not ends_sentence(before.text)
    )


def _fits_below(group: list[Line], line: Line, page: Page) -> bool:
    first, before = group[0], group[-1]
    if not _runs_on(before, line, page):
        return False
    if first.marked:
        hangs = abs(line.x0 - first.text_x) <= EDGE * 2 or abs(line.x0 - first.x0) <= EDGE
        return hangs or (len(group) > 1 and abs(line.x0 - before.x0) <= EDGE)
    if len(group) == 1 and line.x0 < before.x0 - EDGE:
        return _no_room(before, line, page)  # the first line is set in
    return abs(line.x0 - before.x0) <= EDGE or _centred(before, line)


def _centred(one: Line, other: Line) -> bool:
    return abs((one.x0 + one.x1) / 2 - (other.x0 + other.x1) / 2) <= EDGE


def _para(group: Sequence[Line], page: Page, usual: Measure) -> Para:
    first = group[0]
    spans: list[Span] = []
    for line in group:
        spans = joined(spans, line.spans, usual.words)
    middle = (page.left + page.right) / 2
    centred = abs((first.x0 + first.x1) / 2 - middle) < 10 and first.x0 > page.left + 20
    return Para(
        spans=spans,
        indent=max(first.text_x - page.left, 0.0),
        look=Look(
            size=round(max(line.size for line in group) * 2) / 2,
            bold=all(line.bold for line in group),
            italic=inline.wholly(spans, "italic"),
            centred=centred,
        ),
        place=f"page {first.page}",
    )


def joined(spans: Sequence[Span], more: Sequence[Span], words: Counter[str]) -> list[Span]:
    """Two lines of one paragraph; a word that was broken between them is whole again."""
    if not spans:
        return list(more)
    text = "".join(span.text for span in spans).rstrip()
    following = "".join(span.text for span in more).lstrip()
    broken = HYPHEN.search(text)
    if broken is None or not starts_small(following):
        return [*spans, Span(" "), *more]
    rest = re.match(r"[^\W\d_]+", following)
    keep = rest is None or _has_hyphen(broken["word"], rest[0], words)
    trimmed = list(spans)
    while trimmed and not trimmed[-1].text.strip():
        trimmed.pop()
    last = trimmed[-1]
    ending = last.text.rstrip()
    kept = f"{ending[:-1]}-" if keep else ending[:-1]
    trimmed[-1] = Span(kept, last.bold, last.italic, last.href)
    head = more[0]
    return [*trimmed, Span(head.text.lstrip(), head.bold, head.italic, head.href), *more[1:]]


def _has_hyphen(first: str, second: str, words: Counter[str]) -> bool:
    """Whether the text writes the word with a hyphen elsewhere, or not."""
    one, two = first.casefold(), second.casefold()
    if words[f"{one}-{two}"]:
        return True
    if words[one + two]:
        return False
    return bool(KEEPS.search(one)) or (words[one] > 0 and words[two] > 0)
