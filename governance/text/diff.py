"""What changed between two texts, for people: block by block, then word by word.

Bounded work on any input: blocks are matched on those that occur once in both (in n log n), small
gaps between them more finely, and words only within what a budget allows.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from markdown_it.token import Token

from governance.text.tokens import parse, words_of

WORD = re.compile(r"\s+|[^\W_]+(?:['’-][^\W_]+)*|.", re.DOTALL)
SMALL_GAP = 200  # blocks on a side; larger gaps hold nothing alike worth the time
WORK = 400_000  # comparisons of words in all
ALIKE = 0.4  # share of words in common that makes two blocks one that changed

Op = Literal["same", "added", "removed"]
Status = Literal["same", "added", "removed", "changed"]


@dataclass(frozen=True)
class Block:
    """A heading, paragraph, list item or table row. `source` tells formatting and links apart.

    `number` is the one a reader sees before an item; another number alone is no change.
    """

    kind: Literal["heading", "paragraph", "item", "row", "code"]
    level: int
    text: str
    source: str
    number: int | None = None


@dataclass(frozen=True)
class Passage:
    """A block as it was, as it is, and for a changed one the words between."""

    status: Status
    old: Block | None
    new: Block | None
    words: tuple[tuple[Op, str], ...] = ()

    @property
    def block(self) -> Block:
        block = self.new or self.old
        assert block is not None
        return block

    @property
    def only_formatting(self) -> bool:
        """Changed, although the words are the same: emphasis, or where a link leads."""
        return self.status == "changed" and all(op == "same" for op, _ in self.words)


@dataclass(frozen=True)
class Summary:
    """How many passages changed, came and went."""

    changed: int
    added: int
    removed: int

    def __bool__(self) -> bool:
        return bool(self.changed or self.added or self.removed)

    def __str__(self) -> str:
        if not self:
            return "Nothing changed."
        counts = ((self.changed, "changed"), (self.added, "added"), (self.removed, "removed"))
        said = [f"{number} {what}" for number, what in counts if number]
        number, rest = said[0].split(" ", 1)
        noun = "passage" if number == "1" else "passages"
        return ", ".join([f"{number} {noun} {rest}", *said[1:]]) + "."


def summary(old: str, new: str) -> Summary:
    """The counts. Raises TextTooLong."""
    counts = Counter(passage.status for passage in changes(old, new))
    return Summary(counts["changed"], counts["added"], counts["removed"])


def changes(old: str, new: str) -> list[Passage]:
    """Every passage of both texts in order. Raises TextTooLong."""
    before, after = blocks(old), blocks(new)
    budget = _Budget(WORK)
    passages: list[Passage] = []
    old_at = new_at = 0
    for old_index, new_index in [*_matches(before, after), (len(before), len(after))]:
        gap = _gap(before[old_at:old_index], after[new_at:new_index], budget)
        passages.extend(gap)
        if old_index < len(before):
            passages.append(Passage("same", before[old_index], after[new_index]))
        old_at, new_at = old_index + 1, new_index + 1
    return passages


def blocks(markdown: str) -> list[Block]:
    """The blocks of a text, in order."""
    walk = _Walk()
    for token in parse(markdown):
        walk.take(token)
    return [block for block in walk.found if block.text or block.source.strip()]


class _Walk:
    """Goes through the tokens and remembers where it is."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self.heading = 0
        # The lists it is in: the number of the next item, or None where they have none.
        self.lists: list[int | None] = []
        self.first_of_item = False
        self.number: int | None = None
        self.cells: list[Token] | None = None

    def take(self, token: Token) -> None:
        if token.type == "ordered_list_open":
            self.lists.append(int(token.attrs.get("start", 1)))
        elif token.type == "bullet_list_open":
            self.lists.append(None)
        elif token.type.endswith("_list_close"):
            self.lists.pop()
        elif token.type == "list_item_open":
            self._begin_item()
        elif token.type == "heading_open":
            self.heading = int(token.tag[1])
        elif token.type == "tr_open":
            self.cells = []
        elif token.type == "tr_close":
            self.found.append(_row(self.cells or []))
            self.cells = None
        else:
            self._leaf(token)

    def _begin_item(self) -> None:
        self.first_of_item = True
        self.number = self.lists[-1]
        if self.number is not None:
            self.lists[-1] = self.number + 1

    def _leaf(self, token: Token) -> None:
        if token.type in ("fence", "code_block"):
            self.found.append(Block("code", len(self.lists), token.content.rstrip(), token.content))
        elif token.type == "inline" and self.cells is not None:
            self.cells.append(token)
        elif token.type == "inline":
            kind, level = self._kind(), self.heading or len(self.lists)
            number = self.number if kind == "item" else None
            self.found.append(Block(kind, level, _said(token), token.content, number))
            self.heading, self.first_of_item = 0, False

    def _kind(self) -> Literal["heading", "item", "paragraph"]:
        if self.heading:
            return "heading"
        return "item" if self.lists and self.first_of_item else "paragraph"


def _row(cells: Sequence[Token]) -> Block:
    return Block(
        "row", 0, " | ".join(map(_said, cells)), " | ".join(cell.content for cell in cells)
    )


def _said(token: Token) -> str:
    """The words, with a link's address behind them: where it leads may be what changed."""
    said = []
    for child in token.children or []:
        said.append(words_of(child) if child.type != "image" else "[picture]")
        if child.type == "link_open":
            address = str(child.attrs.get("href", ""))
        elif child.type == "link_close":
            said.append(f" ({address})")
    return " ".join("".join(said).split())


@dataclass
class _Budget:
    left: int

    def spend(self, cost: int) -> bool:
        if cost > self.left:
            return False
        self.left -= cost
        return True


def _key(block: Block) -> tuple[str, int, str]:
    return block.kind, block.level, block.source


def _matches(old: Sequence[Block], new: Sequence[Block]) -> list[tuple[int, int]]:
    """Pairs of equal blocks, rising on both sides: ends first, then anchors, then small gaps."""
    a, b = [_key(block) for block in old], [_key(block) for block in new]
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    found = [(index, index) for index in range(head)]
    inner_a, inner_b = a[head : len(a) - tail], b[head : len(b) - tail]
    previous = (-1, -1)
    for anchor in [*_anchors(inner_a, inner_b), (len(inner_a), len(inner_b))]:
        left, right = previous[0] + 1, previous[1] + 1
        for one, other in _small(inner_a[left : anchor[0]], inner_b[right : anchor[1]]):
            found.append((head + left + one, head + right + other))
        if anchor[0] < len(inner_a):
            found.append((head + anchor[0], head + anchor[1]))
        previous = anchor
    found.extend((len(a) - tail + i, len(b) - tail + i) for i in range(tail))
    return found


def _anchors(a: Sequence[object], b: Sequence[object]) -> list[tuple[int, int]]:
    """Blocks that stand once in both, the longest run of them that rises (patience)."""
    in_a, in_b = Counter(a), Counter(b)
    places = {key: index for index, key in enumerate(b) if in_b[key] == 1}
    pairs = [(i, places[key]) for i, key in enumerate(a) if in_a[key] == 1 and key in places]
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        slot = bisect_left(ends, place)
        before.append(at[slot - 1] if slot else -1)
        ends[slot : slot + 1] = [place]
        at[slot : slot + 1] = [index]
    run, index = [], at[-1] if at else -1
    while index >= 0:
        run.append(pairs[index])
        index = before[index]
    return run[::-1]


def _small(a: Sequence[object], b: Sequence[object]) -> Iterator[tuple[int, int]]:
    if not a or not b or len(a) > SMALL_GAP or len(b) > SMALL_GAP:
        return
    for match in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
        for offset in range(match.size):
            yield match.a + offset, match.b + offset


def _gap(old: Sequence[Block], new: Sequence[Block], budget: _Budget) -> Iterator[Passage]:
    """What stands between two matches: blocks that are alike are one that changed."""
    at = 0
    for block in new:
        partner = _partner(block, old, at, budget)
        if partner is None:
            yield Passage("added", None, block)
            continue
        for gone in old[at:partner]:
            yield Passage("removed", gone, None)
        yield Passage("changed", old[partner], block, tuple(_words(old[partner], block, budget)))
        at = partner + 1
    for gone in old[at:]:
        yield Passage("removed", gone, None)


def _partner(block: Block, old: Sequence[Block], start: int, budget: _Budget) -> int | None:
    """The nearest old block alike enough; the first eight are looked at."""
    wanted = Counter(block.text.casefold().split())
    best, best_share = None, ALIKE
    for index in range(start, min(start + 8, len(old))):
        if (old[index].kind == "heading") != (block.kind == "heading"):
            continue
        if not budget.spend(len(wanted) + len(old[index].text) // 6 + 1):
            return None
        there = Counter(old[index].text.casefold().split())
        share = 2 * (wanted & there).total() / max(1, wanted.total() + there.total())
        if share > best_share:
            best, best_share = index, share
    return best


def _words(old: Block, new: Block, budget: _Budget) -> Iterator[tuple[Op, str]]:
    """The words that stayed, came and went; beyond the budget the whole block came and went."""
    a, b = WORD.findall(old.text), WORD.findall(new.text)
    if a == b:
        yield "same", new.text
        return
    in_b = Counter(b)
    if not budget.spend(sum(in_b[word] for word in a) + len(a) + len(b)):
        yield "removed", old.text
        yield "added", new.text
        return
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    for tag, a_from, a_to, b_from, b_to in _calm(matcher.get_opcodes(), a):
        if tag == "equal":
            yield "same", "".join(b[b_from:b_to])
            continue
        if a_to > a_from:
            yield "removed", "".join(a[a_from:a_to])
        if b_to > b_from:
            yield "added", "".join(b[b_from:b_to])


Opcode = tuple[str, int, int, int, int]


def _calm(opcodes: Sequence[Opcode], words: Sequence[str]) -> list[Opcode]:
    """A lone space that stayed between two changes belongs to them: fewer, longer changes."""
    calm: list[Opcode] = []
    for index, (tag, *span) in enumerate(opcodes):
        inside = 0 < index < len(opcodes) - 1
        if tag == "equal" and inside and not "".join(words[span[0] : span[1]]).strip():
            tag = "replace"
        if calm and tag != "equal" and calm[-1][0] != "equal":
            last = calm.pop()
            calm.append(("replace", last[1], span[1], last[3], span[3]))
        else:
            calm.append((tag, span[0], span[1], span[2], span[3]))
    return calm
