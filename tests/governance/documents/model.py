"""What a policy holds, known beforehand, so that what an import keeps of it can be counted."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

BULLETS = ("•", "o", "▪")
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


@dataclass(frozen=True)
class Head:
    level: int  # 1 is the highest below the title
    text: str
    number: str = ""

    @property
    def printed(self) -> str:
        return f"{self.number} {self.text}".strip()


@dataclass(frozen=True)
class Item:
    depth: int  # 0 is the outermost
    text: str
    kind: str  # "-", "1", "a" or "i"
    count: int

    @property
    def mark(self) -> str:
        return {
            "-": BULLETS[min(self.depth, 2)],
            "1": f"{self.count}.",
            "a": f"({chr(96 + self.count)})",
            "i": f"{ROMAN[self.count - 1]}.",
        }[self.kind]


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Table:
    """Rows of equal length; "<" joins the cell to its left, "^" to the one above."""

    rows: tuple[tuple[str, ...], ...]

    def shown(self) -> list[tuple[int, int, str]]:
        """Row, column and text of every cell that is there to be read."""
        return [
            (r, c, text)
            for r, row in enumerate(self.rows)
            for c, text in enumerate(row)
            if text not in ("<", "^", "")
        ]

    def across(self, r: int, c: int) -> int:
        width = 1
        while c + width < len(self.rows[r]) and self.rows[r][c + width] == "<":
            width += 1
        return width

    def down(self, r: int, c: int) -> int:
        height = 1
        while r + height < len(self.rows) and self.rows[r + height][c] == "^":
            height += 1
        return height


Block = Head | Item | Text | Table


@dataclass
class Policy:
    """A policy: its title page and its text."""

    title: str
    school: str
    facts: dict[str, str]
    blocks: list[Block]
    numbered: bool = False
    contents: bool = False
    at_the_end: bool = False  # the facts stand below the text
    running: str = ""  # printed on each page
    notes: list[str] = field(default_factory=list)

    def heads(self) -> list[Head]:
        return [block for block in self.blocks if isinstance(block, Head)]

    def items(self) -> list[Item]:
        return [block for block in self.blocks if isinstance(block, Item)]

    def tables(self) -> list[Table]:
        return [block for block in self.blocks if isinstance(block, Table)]


def parse(text: str, *, numbered: bool = False) -> list[Block]:
    """# headings, items such as "-0 words" or "a1 words" (kind and depth), |rows|, paragraphs."""
    blocks: list[Block] = []
    numbers = [0] * 6
    counts: dict[tuple[int, str], int] = defaultdict(int)
    rows: list[tuple[str, ...]] = []
    goes_on = False  # the line before belongs to the same paragraph
    for line in [*text.strip().splitlines(), ""]:
        line = line.strip()
        if line.startswith("|"):
            rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
            continue
        if rows:
            blocks.append(Table(tuple(rows)))
            rows = []
        if not line:
            goes_on = False
            continue
        if found := re.match(r"(#+) (.*)", line):
            level = len(found[1])
            numbers[level - 1] += 1
            numbers[level:] = [0] * (6 - level)
            number = ".".join(map(str, numbers[:level])) if numbered else ""
            blocks.append(Head(level, found[2], f"{number}." if number and level == 1 else number))
            counts.clear()
        elif found := re.match(r"([-1ai])(\d) (.*)", line):
            kind, depth = found[1], int(found[2])
            for key in [key for key in counts if key[0] > depth or key[0] == depth != kind]:
                if key[0] > depth:
                    del counts[key]
            counts[depth, kind] += 1
            blocks.append(Item(depth, found[3], kind, counts[depth, kind]))
        elif goes_on and blocks and isinstance(blocks[-1], Text):
            blocks[-1] = Text(f"{blocks[-1].text} {line}")
        else:
            blocks.append(Text(line))
            counts.clear()
        goes_on = True
    return blocks
