"""What a page of a PDF draws: runs of letters with where they stand, and straight lines."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pypdf.generic import ContentStream, NameObject

from governance.importing.pdf.fonts import Letters, letters_of
from governance.importing.pdf.geometry import ONE, Matrix, matrix_of, point, times, upright

HIDDEN = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff]")
THIN = 3.0  # points: a rectangle no thicker than that is a line
GAP = 170  # thousandths of the size: letters further apart are two words
MOST_STEPS = 400_000  # of drawing, on one page
DEEPEST = 8  # drawings inside drawings
FILLED_AND_STROKED = 2  # a way to print letters bold with a font that is not


@dataclass(frozen=True)
class Run:
    """Letters drawn in one go."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    italic: bool = False
    apart: bool = False  # what the file says is no part of the text: a page's head or foot
    mark: int = -1  # the file's number for the passage it belongs to


@dataclass(frozen=True)
class Rule:
    """A straight line, upright or level."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass
class Drawn:
    """Everything on one page."""

    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    pictures: int = 0
    turned: int = 0  # runs that are not upright


@dataclass
class Pen:
    """The state that text is drawn with."""

    matrix: Matrix = ONE
    letters: Letters | None = None
    size: float = 1.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    way: int = 0


def draw(page: Any, pdf: Any) -> Drawn:
    """Follow the page's drawing."""
    box = page.cropbox
    width, height = float(box.width), float(box.height)
    turn = (page.rotation or 0) % 360
    start: Matrix = (1, 0, 0, 1, -float(box.left), -float(box.bottom))
    start = times(start, upright(turn, width, height))
    if turn in (90, 270):
        width, height = height, width
    hand = _Hand(Drawn(width, height), pdf)
    contents = page.get("/Contents")
    if contents is not None:
        hand.follow(contents.get_object(), page.get("/Resources"), start, 0)
    return hand.drawn


class _Hand:
    """Carries out the steps of a drawing."""

    def __init__(self, drawn: Drawn, pdf: Any) -> None:
        self.drawn = drawn
        self._pdf = pdf
        self._steps = 0
        self._fonts: dict[int, Letters] = {}
        self._passages: list[tuple[bool, int, list[str] | None]] = []

    def follow(self, contents: Any, resources: Any, matrix: Matrix, depth: int) -> None:
        """One stream of drawing, and those it calls."""
        stream = ContentStream(contents, self._pdf, "bytes")
        scene = _Scene(self, resources.get_object() if resources is not None else {}, matrix, depth)
        for operands, operator in stream.operations:
            self._steps += 1
            if self._steps > MOST_STEPS:
                return
            step = STEPS.get(operator)
            if step is not None:
                try:
                    step(scene, operands)
                except (IndexError, TypeError, ValueError, KeyError, AttributeError):
                    continue  # a step that makes no sense is passed over, as viewers do

    def letters(self, resource: Any) -> Letters:
        key = id(resource)
        if key not in self._fonts:
            self._fonts[key] = letters_of(resource)
        return self._fonts[key]

    def begin(self, tag: Any, about: Any) -> None:
        number, words = -1, None
        if hasattr(about, "get"):
            mark = about.get("/MCID")
            number = int(mark) if mark is not None else -1
            instead = about.get("/ActualText")
            words = [str(instead)] if instead is not None else None
        self._passages.append((tag == "/Artifact", number, words))

    def end(self) -> None:
        if self._passages:
            self._passages.pop()

    @property
    def apart(self) -> bool:
        return any(apart for apart, _, _ in self._passages)

    @property
    def mark(self) -> int:
        return next((mark for _, mark, _ in reversed(self._passages) if mark >= 0), -1)

    @property
    def instead(self) -> list[str] | None:
        """What the file says these letters mean; taken by the first of them."""
        return next((words for _, _, words in self._passages if words is not None), None)


class _Scene:
    """One stream's own state."""

    def __init__(self, hand: _Hand, resources: Any, matrix: Matrix, depth: int) -> None:
        self.hand = hand
        self.resources = resources
        self.matrix = matrix
        self.depth = depth
        self.pen = Pen()
        self.line: Matrix = ONE
        self._saved: list[tuple[Matrix, Pen]] = []
        self._path: list[Rule] = []
        self._at = self._from = (0.0, 0.0)

    # the state

    def save(self, _: Sequence[Any]) -> None:
        if len(self._saved) < 200:
            self._saved.append((self.matrix, Pen(**vars(self.pen))))

    def restore(self, _: Sequence[Any]) -> None:
        if self._saved:
            self.matrix, self.pen = self._saved.pop()

    def transform(self, operands: Sequence[Any]) -> None:
        self.matrix = times(matrix_of(operands), self.matrix)

    # text

    def begin_text(self, _: Sequence[Any]) -> None:
        self.pen.matrix = self.line = ONE

    def font(self, operands: Sequence[Any]) -> None:
        self.pen.size = float(operands[1])
        fonts = self.resources["/Font"].get_object()
        self.pen.letters = self.hand.letters(fonts[operands[0]].get_object())

    def move(self, operands: Sequence[Any]) -> None:
        right, up = float(operands[0]), float(operands[1])
        self.pen.matrix = self.line = times((1, 0, 0, 1, right, up), self.line)

    def move_and_lead(self, operands: Sequence[Any]) -> None:
        self.pen.leading = -float(operands[1])
        self.move(operands)

    def set_matrix(self, operands: Sequence[Any]) -> None:
        self.pen.matrix = self.line = matrix_of(operands)

    def next_line(self, _: Sequence[Any]) -> None:
        self.move((0, -self.pen.leading))

    def set_pen(self, name: str, share: float = 1.0) -> Any:
        return lambda operands: setattr(self.pen, name, float(operands[0]) * share)

    def show(self, operands: Sequence[Any]) -> None:
        self._show([operands[0]])

    def show_many(self, operands: Sequence[Any]) -> None:
        self._show(operands[0])

    def next_and_show(self, operands: Sequence[Any]) -> None:
        self.next_line(())
        self.show(operands[-1:])

    def space_and_show(self, operands: Sequence[Any]) -> None:
        self.pen.word_spacing, self.pen.spacing = float(operands[0]), float(operands[1])
        self.next_and_show(operands)

    def _show(self, pieces: Sequence[Any]) -> None:
        pen = self.pen
        text, begun = "", pen.matrix
        for piece in pieces:
            if isinstance(piece, bytes):
                letters = pen.letters or Letters(None)
                for shown, width, is_space in letters.read(piece):
                    text += shown if text else shown.lstrip()
                    wide = width / 1000 * pen.size + pen.spacing + pen.word_spacing * is_space
                    self._advance(wide * pen.stretch)
                    begun = begun if text else pen.matrix
            else:
                back = float(piece)
                if -back > GAP and text:
                    self._put(text, begun)
                    text = ""
                self._advance(-back / 1000 * pen.size * pen.stretch)
                begun = begun if text else pen.matrix
        self._put(text, begun)

    def _advance(self, width: float) -> None:
        self.pen.matrix = times((1, 0, 0, 1, width, 0), self.pen.matrix)

    def _put(self, text: str, begun: Matrix) -> None:
        pen, hand = self.pen, self.hand
        start = times((1, 0, 0, 1, 0, pen.rise), times(begun, self.matrix))
        end = times(pen.matrix, self.matrix)
        instead = hand.instead
        if instead is not None:
            text = instead.pop() if instead else ""
        text = HIDDEN.sub("", text.replace("\u00ad", "-"))
        if not text:
            return
        across, upward = start[0], start[1]
        if abs(upward) > abs(across) or across <= 0:
            hand.drawn.turned += 1
            return
        size = abs(pen.size) * (start[2] ** 2 + start[3] ** 2) ** 0.5
        letters = pen.letters or Letters(None)
        hand.drawn.runs.append(
            Run(
                text, start[4], max(end[4], start[4]), start[5], size,
                bold=letters.bold or pen.way == FILLED_AND_STROKED, italic=letters.italic,
                apart=hand.apart, mark=hand.mark,
            )
        )  # fmt: skip

    # passages

    def begin_passage(self, operands: Sequence[Any]) -> None:
        about = operands[1] if len(operands) > 1 else None
        if isinstance(about, NameObject):
            about = self.resources["/Properties"].get_object()[about].get_object()
        self.hand.begin(operands[0], about)

    def end_passage(self, _: Sequence[Any]) -> None:
        self.hand.end()

    # lines

    def move_to(self, operands: Sequence[Any]) -> None:
        self._at = self._from = (float(operands[0]), float(operands[1]))

    def line_to(self, operands: Sequence[Any]) -> None:
        to = (float(operands[0]), float(operands[1]))
        self._segment(self._at, to)
        self._at = to

    def close(self, _: Sequence[Any]) -> None:
        self._segment(self._at, self._from)
        self._at = self._from

    def rectangle(self, operands: Sequence[Any]) -> None:
        x, y, width, height = map(float, operands[:4])
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
        for one, other in itertools.pairwise(corners):
            self._segment(one, other)

    def paint(self, _: Sequence[Any]) -> None:
        if len(self.hand.drawn.rules) < 50_000:
            self.hand.drawn.rules += self._path
        self._path = []

    def fill(self, operands: Sequence[Any]) -> None:
        """Filled shapes count where they are thin: many programs draw lines so."""
        xs = [x for rule in self._path for x in (rule.x0, rule.x1)]
        ys = [y for rule in self._path for y in (rule.y0, rule.y1)]
        if xs and (max(xs) - min(xs) <= THIN or max(ys) - min(ys) <= THIN):
            self.paint(operands)
        elif len(self._path) > 4:
            self._path = list(_thin(self._path))
            self.paint(operands)
        self._path = []

    def forget(self, _: Sequence[Any]) -> None:
        self._path = []

    def _segment(self, one: tuple[float, float], other: tuple[float, float]) -> None:
        x0, y0 = point(one, self.matrix)
        x1, y1 = point(other, self.matrix)
        if (abs(x0 - x1) < 1 or abs(y0 - y1) < 1) and len(self._path) < 20_000:
            self._path.append(Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))

    # drawings inside

    def call(self, operands: Sequence[Any]) -> None:
        drawing = self.resources["/XObject"].get_object()[operands[0]].get_object()
        if drawing.get("/Subtype") == "/Image":
            self.hand.drawn.pictures += 1
        elif drawing.get("/Subtype") == "/Form" and self.depth < DEEPEST:
            matrix = times(matrix_of(drawing.get("/Matrix", ONE)), self.matrix)
            resources = drawing.get("/Resources", self.resources)
            self.hand.follow(drawing, resources, matrix, self.depth + 1)

    def picture(self, _: Sequence[Any]) -> None:
        self.hand.drawn.pictures += 1


def _thin(path: Sequence[Rule]) -> Iterator[Rule]:
    """Of several rectangles filled at once, those that are lines."""
    for index in range(0, len(path) - 3, 4):
        four = path[index : index + 4]
        width = max(rule.x1 for rule in four) - min(rule.x0 for rule in four)
        height = max(rule.y1 for rule in four) - min(rule.y0 for rule in four)
        if min(width, height) <= THIN:
            yield from four


STEPS: dict[bytes, Any] = {
    b"q": _Scene.save,
    b"Q": _Scene.restore,
    b"cm": _Scene.transform,
    b"BT": _Scene.begin_text,
    b"Tf": _Scene.font,
    b"Td": _Scene.move,
    b"TD": _Scene.move_and_lead,
    b"Tm": _Scene.set_matrix,
    b"T*": _Scene.next_line,
    b"Tc": lambda scene, given: scene.set_pen("spacing")(given),
    b"Tw": lambda scene, given: scene.set_pen("word_spacing")(given),
    b"Tz": lambda scene, given: scene.set_pen("stretch", 0.01)(given),
    b"TL": lambda scene, given: scene.set_pen("leading")(given),
    b"Ts": lambda scene, given: scene.set_pen("rise")(given),
    b"Tr": lambda scene, given: scene.set_pen("way")(given),
    b"Tj": _Scene.show,
    b"TJ": _Scene.show_many,
    b"'": _Scene.next_and_show,
    b'"': _Scene.space_and_show,
    b"BDC": _Scene.begin_passage,
    b"BMC": _Scene.begin_passage,
    b"EMC": _Scene.end_passage,
    b"m": _Scene.move_to,
    b"l": _Scene.line_to,
    b"h": _Scene.close,
    b"re": _Scene.rectangle,
    b"S": _Scene.paint,
    b"s": _Scene.paint,
    b"B": _Scene.paint,
    b"B*": _Scene.paint,
    b"b": _Scene.paint,
    b"b*": _Scene.paint,
    b"f": _Scene.fill,
    b"F": _Scene.fill,
    b"f*": _Scene.fill,
    b"n": _Scene.forget,
    b"Do": _Scene.call,
    b"INLINE IMAGE": _Scene.picture,
}
