"""`python -m benchmarks.fidelity`: how much of a policy's structure an import keeps.

Policies whose structure is known are made into files of every format (tests/governance/documents)
and read again. Counted are headings at the right depth, list items at the right depth, and table
cells in the right place, each with its very words; and the words that are nowhere.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from governance.importing import ImportedPolicy, read_policy
from governance.text.tokens import parse, words_of
from tests.governance.documents import plain, policies, printed, webpages, word
from tests.governance.documents.model import Policy

FORMATS: dict[str, dict[str, Callable[[Policy], bytes]]] = {
    "docx": word.WRITERS,
    "pdf": printed.WRITERS,
    "html": webpages.WRITERS,
    "md": plain.MARKDOWN,
    "txt": plain.TEXT,
}
KINDS = ("headings", "items", "cells")
# A table begins, a row, a cell.
CELLS = {"table_open": 0, "tr_open": 1, "td_open": 2, "th_open": 2}
MARK = re.compile(r"^(?:\((?:[a-z]|\d+)\)|(?:[ivx]+|\d+|[a-z])\.|[•o▪])\s+")


@dataclass(frozen=True)
class Score:
    """Of how many things how many came through, and how many are there that should not be."""

    kept: dict[str, int]
    wanted: dict[str, int]
    found: dict[str, int]
    lost_words: tuple[str, ...]

    def share(self, kind: str) -> float:
        """Between 0 and 1; things that were made up count against it."""
        most = max(self.wanted[kind], self.found[kind])
        return self.kept[kind] / most if most else 1.0


def shape(policy: Policy) -> dict[str, Counter[tuple[object, ...]]]:
    """What is in the policy, by kind."""
    return {
        "headings": Counter((head.level, _bare(head.printed)) for head in policy.heads()),
        "items": Counter((item.depth, _bare(item.text)) for item in policy.items()),
        "cells": Counter(
            (number, row, column, _bare(text))
            for number, table in enumerate(policy.tables())
            for row, column, text in table.shown()
        ),
    }


def shape_of(markdown: str) -> dict[str, Counter[tuple[object, ...]]]:
    """What a reader of the Markdown sees, by kind."""
    found: dict[str, Counter[tuple[object, ...]]] = {kind: Counter() for kind in KINDS}
    for kind, key in _seen(markdown):
        found[kind][key] += 1
    return found


def _seen(markdown: str) -> Iterator[tuple[str, tuple[object, ...]]]:
    tokens = parse(markdown)
    depth, begun, cell = -1, False, [-1, -1, -1]
    for index, token in enumerate(tokens):
        inside = tokens[index + 1] if index + 1 < len(tokens) else None
        text = _bare(words_of(inside)) if inside and inside.type == "inline" else ""
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "list_item_open":
            begun = True
        elif token.type == "heading_open":
            yield "headings", (int(token.tag[1]) - 1, text)
        elif token.type == "paragraph_open" and begun:
            begun = False
            yield "items", (depth, MARK.sub("", text, count=1))
        elif token.type in CELLS:
            place = CELLS[token.type]
            cell = [*cell[:place], cell[place] + 1, *[-1] * (2 - place)]
            if place == 2 and text:
                yield "cells", (*cell, text)


def _bare(text: str) -> str:
    return " ".join(text.split()).strip(" :")


def score(policy: Policy, imported: ImportedPolicy) -> Score:
    """How much of the policy the import kept."""
    wanted, found = shape(policy), shape_of(imported.markdown)
    return Score(
        kept={kind: (wanted[kind] & found[kind]).total() for kind in KINDS},
        wanted={kind: wanted[kind].total() for kind in KINDS},
        found={kind: found[kind].total() for kind in KINDS},
        lost_words=tuple(_words(policy) - Counter(_split(imported.markdown))),
    )


def _words(policy: Policy) -> Counter[str]:
    """The words of the text itself; cells that are joined say theirs once."""
    texts = [head.text for head in policy.heads()] + [item.text for item in policy.items()]
    texts += [cell for table in policy.tables() for _, _, cell in table.shown()]
    texts += [block.text for block in policy.blocks if type(block).__name__ == "Text"]
    return Counter(word for text in texts for word in _split(text))


def _split(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def measure(format_: str, manner: str) -> Score:
    """One policy in one format."""
    policy = policies.ALL[manner]()
    data = FORMATS[format_][manner](policy)
    return score(policy, read_policy(data, f"policy.{format_}"))


def overall(format_: str) -> Score:
    """All policies in one format, as if they were one."""
    scores = [measure(format_, manner) for manner in policies.ALL]
    return Score(
        *(
            {kind: sum(getattr(one, name)[kind] for one in scores) for kind in KINDS}
            for name in ("kept", "wanted", "found")
        ),
        lost_words=tuple(word for one in scores for word in one.lost_words),
    )


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.fidelity", description=__doc__)
    options.add_argument("--show", action="store_true", help="name what did not come through")
    chosen = options.parse_args()
    print(f"{'':<14}{'headings':>20}{'list items':>20}{'table cells':>20}{'words lost':>12}")
    for format_ in FORMATS:
        for manner in policies.ALL:
            _line(f"{format_} {manner}", measure(format_, manner))
            if chosen.show:
                _show(format_, manner)
        _line(f"{format_} all", overall(format_))


def _line(name: str, one: Score) -> None:
    cells = [f"{one.kept[k]}/{one.wanted[k]} {one.share(k):7.1%}".rjust(20) for k in KINDS]
    print(f"{name:<14}{''.join(cells)}{len(one.lost_words):>12}")


def _show(format_: str, manner: str) -> None:
    policy = policies.ALL[manner]()
    imported = read_policy(FORMATS[format_][manner](policy), f"policy.{format_}")
    wanted, found = shape(policy), shape_of(imported.markdown)
    for kind in KINDS:
        for key in wanted[kind] - found[kind]:
            print(f"    not there: {kind} {key}")
        for key in found[kind] - wanted[kind]:
            print(f"    made up:   {kind} {key}")


if __name__ == "__main__":
    main()
