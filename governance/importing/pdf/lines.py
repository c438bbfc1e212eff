"""The lines of a page, made of the runs that stand on one height."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from governance.importing import inline
from governance.importing.inline import Span
from governance.importing.lines import BULLETS, mark_of
from governance.importing.pdf.content import Run

SAME_HEIGHT = 0.4  # of the size
WORD_GAP = 0.17  # of the size: less is one word
SOME_GAP = 0.7  # of the size: perhaps another column, if the next lines begin there too
WIDE_GAP = 1.6  # of the size: what lies behind it is another column
RAISED = 0.75  # a footnote's mark is no larger than that, and no higher
PLAIN_BULLETS = [sign for sign in BULLETS if sign < "\ue000"]
PRIVATE = re.compile("[\ue000-\uf8ff]")


@dataclass
class Segment:
    """Words without much of a gap between them."""

    x0: float
    x1: float
    spans: list[Span]
    wide: bool = True  # whether the gap in front is that of a column for certain

    @property
    def text(self) -> str:
        return inline.plain(self.spans)


@dataclass
class Line:
    """What stands on one height of a page."""

    page: int
    y: float
    size: float
    segments: list[Segment]
    apart: bool = False
    mark: int = -1

    def __post_init__(self) -> None:
        self._bullet()
        self.spans = [span for part in self._joined() for span in part]
        self.text = inline.plain(self.spans)
        self.bold = inline.wholly(self.spans, "bold")
        self.marked = mark_of(self.text)

    @property
    def x0(self) -> float:
        return self.segments[0].x0

    @property
    def x1(self) -> float:
        return self.segments[-1].x1

    @property
    def text_x(self) -> float:
        """Where the words behind a bullet or number begin."""
        if self.marked and len(self.segments) > 1 and mark_of(f"{self.segments[0].text} x"):
            return self.segments[1].x0
        if self.marked:
            printed = len(self.marked[0].printed) + 1
            return self.x0 + (self.x1 - self.x0) * printed / max(len(self.text), 1)
        return self.x0

    @property
    def columns(self) -> list[Segment]:
        """The segments, the bullet or number with what it stands before."""
        return self.cells([one.x0 for one in self.segments if one.wide])

    def cells(self, starts: Sequence[float], near: float = 0.1) -> list[Segment]:
        """The words parted where these columns begin; a bullet stays with what it stands before."""
        found: list[Segment] = []
        first = self.segments[0].text
        signed = bool(mark_of(f"{first} x")) and not mark_of(first)
        for place, one in enumerate(self.segments):
            last = found[-1] if found else None
            begins = any(abs(one.x0 - x) <= near for x in starts)
            if last is None or (begins and not (signed and place == 1)):
                found.append(Segment(one.x0, one.x1, list(one.spans), one.wide))
            else:
                last.spans += [Span(" "), *one.spans]
                last.x1 = one.x1
        return found

    def _bullet(self) -> None:
        """A sign from a font of signs, alone in front, is a bullet whatever it is called."""
        first = self.segments[0]
        sign = first.text
        if len(self.segments) > 1 and len(sign) == 1 and not sign.isalnum():
            known = sign in PLAIN_BULLETS or sign in "([{\"'“‘£$€#&@"
            first.spans = first.spans if known else [Span("•")]
        elif first.spans and PRIVATE.match(first.spans[0].text.strip()[:1] or "x"):
            rest = first.spans[0].text.strip()[1:]
            first.spans = [Span(f"• {rest.lstrip()}"), *first.spans[1:]]

    def _joined(self) -> Iterable[list[Span]]:
        for index, segment in enumerate(self.segments):
            yield [Span("\t" if segment.wide else " "), *segment.spans] if index else segment.spans


def build(runs: Sequence[Run], page: int) -> list[Line]:
    """The lines from top to bottom."""
    heights: list[list[Run]] = []
    for run in sorted(_once(runs), key=lambda run: (-run.y, run.x0)):
        if not run.text.strip():
            continue
        if heights and _belongs(heights[-1], run):
            heights[-1].append(run)
        else:
            heights.append([run])
    return [_line(one, page) for one in heights]


def _once(runs: Sequence[Run]) -> Iterable[Run]:
    """Letters that are drawn twice, a hair apart, are bold in this way; they are said once."""
    seen: dict[tuple[str, int, int], Run] = {}
    for run in runs:
        key = (run.text, round(run.x0 / 2), round(run.y / 2))
        if key not in seen or len(run.text) < 2:
            seen[key] = run
            yield run


def _belongs(height: Sequence[Run], run: Run) -> bool:
    base = max(height, key=lambda one: one.size)
    drop = base.y - run.y
    if drop <= SAME_HEIGHT * min(base.size, run.size):
        return True
    # A raised mark stands above the line it belongs to, and so comes first.
    raised = all(one.size <= RAISED * run.size for one in height)
    lowered = run.size <= RAISED * base.size and drop <= SAME_HEIGHT * base.size
    return lowered or (raised and drop <= RAISED * run.size)


def _line(runs: Sequence[Run], page: int) -> Line:
    runs = sorted(runs, key=lambda run: run.x0)
    base = max(runs, key=lambda run: (run.size, len(run.text)))
    segments: list[Segment] = []
    for run in runs:
        last = segments[-1] if segments else None
        gap = run.x0 - last.x1 if last else 0.0
        if last is None or gap > SOME_GAP * run.size or _starts_apart(last, gap, run):
            wide = last is None or gap > WIDE_GAP * run.size
            segments.append(Segment(run.x0, run.x1, [_span(run, base)], wide))
            continue
        if gap > WORD_GAP * run.size:
            last.spans.append(Span(" "))
        last.spans.append(_span(run, base))
        last.x1 = max(last.x1, run.x1)
    said = sum(len(run.text) for run in runs)
    apart = sum(len(run.text) for run in runs if run.apart) * 2 > said
    return Line(page, base.y, base.size, segments, apart=apart, mark=base.mark)


def _starts_apart(last: Segment, gap: float, run: Run) -> bool:
    """A bullet or number ends before the words begin, however small the gap is."""
    sign = last.text
    return gap > WORD_GAP * run.size and len(sign) <= 7 and bool(mark_of(f"{sign} x"))


def _span(run: Run, base: Run) -> Span:
    """A number that is small and raised is that of a footnote."""
    raised = run.size <= RAISED * base.size and run.y > base.y + base.size * 0.1
    text = f"[{run.text.strip()}]" if raised and run.text.strip().isdecimal() else run.text
    return Span(text, bold=run.bold, italic=run.italic)
