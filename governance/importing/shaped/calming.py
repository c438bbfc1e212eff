"""A document that is italic or bold from end to end stresses nothing by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from governance.importing.parts import Look
from governance.importing.shaped.blocks import Block, Para

MOST = 0.6  # of the letters


def calmed(blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks without a stress that most of their words have."""
    paras = list(_paras(blocks))
    letters = sum(len(span.text) for para in paras for span in para.spans) or 1
    for what in ("bold", "italic"):
        said = sum(len(span.text) for para in paras for span in para.spans if getattr(span, what))
        if said > letters * MOST:
            for para in paras:
                _calm(para, what)
    return blocks


def _calm(para: Para, what: str) -> None:
    para.spans = [
        replace(span, bold=span.bold and what != "bold", italic=span.italic and what != "italic")
        for span in para.spans
    ]
    look = para.look
    para.look = Look(
        look.size, look.bold and what != "bold", look.italic and what != "italic",
        look.underlined, look.centred,
    )  # fmt: skip


def _paras(blocks: Sequence[Block]) -> Iterator[Para]:
    for block in blocks:
        if isinstance(block, Para):
            yield block
        else:
            for row in block.rows:
                for cell in row:
                    yield from _paras(cell.blocks)
