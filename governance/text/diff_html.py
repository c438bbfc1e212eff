"""A diff as a page shows it: <ins> and <del>, said aloud, with long unchanged stretches folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from governance.text.diff import Block, Op, Passage, changes

AROUND = 1  # unchanged passages shown beside a change
MOST = 10_000  # changed passages; nobody reads more, and a page of them would not load
FOLD = 3  # a longer stretch than this is folded

SPOKEN = '<span class="visually-hidden">{}</span>'
ADDED = f"<ins>{SPOKEN}{{}}{SPOKEN}</ins>"
REMOVED = f"<del>{SPOKEN}{{}}{SPOKEN}</del>"


def changes_html(old: str, new: str) -> SafeString:
    """What changed from the old text to the new, as safe HTML. Raises TextTooLong."""
    return passages_html(changes(old, new))


def passages_html(passages: Sequence[Passage]) -> SafeString:
    """The passages in order."""
    if not passages:
        return SafeString("")
    if sum(one.status != "same" for one in passages) > MOST:
        return SafeString(
            '<p class="diff-note">Nearly everything changed: '
            "please read the new version in full.</p>"
        )
    runs = [(same, list(run)) for same, run in groupby(passages, lambda one: one.status == "same")]
    parts = []
    for index, (same, run) in enumerate(runs):
        if same:
            parts.append(_stretch(run, first=index == 0, last=index == len(runs) - 1))
        else:
            parts.append(_flow(run))
    return format_html('<div class="diff">{}</div>', _joined(parts))


def _stretch(run: list[Passage], *, first: bool, last: bool) -> SafeString:
    """Unchanged passages: those beside a change are shown, the rest folds away."""
    start, end = (0 if first else AROUND), len(run) - (0 if last else AROUND)
    if end - start <= FOLD:
        return _flow(run)
    folded = format_html(
        '<details class="diff-unchanged"><summary>{} unchanged passages</summary>{}</details>',
        end - start,
        _flow(run[start:end]),
    )
    return _joined([_flow(run[:start]), folded, _flow(run[end:])])


def _flow(run: Sequence[Passage]) -> SafeString:
    """Passages below each other; neighbouring list items make one list."""
    parts = []
    for tag, group in groupby(run, lambda one: _list_of(one.block)):
        drawn = _joined([_passage(one) for one in group])
        parts.append(
            format_html('<{} class="diff-list">{}</{}>', tag, drawn, tag) if tag else drawn
        )
    return _joined(parts)


def _list_of(block: Block) -> str:
    if block.kind != "item":
        return ""
    return "ul" if block.number is None else "ol"


def _passage(passage: Passage) -> SafeString:
    block = passage.block
    inner = _joined(_inner(passage))
    state = f"diff-{passage.status}"
    if block.kind == "item":
        number = "" if block.number is None else format_html(' value="{}"', block.number)
        return format_html(
            '<li class="diff-depth-{} {}"{}>{}</li>', block.level, state, number, inner
        )
    if block.kind == "heading":
        level = min(max(block.level, 2) + 1, 6)
        return format_html('<h{} class="{}">{}</h{}>', level, state, inner, level)
    return format_html('<p class="diff-{} {}">{}</p>', block.kind, state, inner)


def _inner(passage: Passage) -> Iterator[SafeString]:
    if passage.status == "same":
        yield format_html("{}", passage.block.text)
    elif passage.status != "changed":
        yield _word(passage.status, passage.block.text)
    else:
        for op, text in passage.words:
            yield _word(op, text)
        if passage.only_formatting:
            yield SafeString(' <span class="diff-note">(only its form changed)</span>')


def _word(op: Op, text: str) -> SafeString:
    if op == "same":
        return format_html("{}", text)
    return format_html(
        ADDED if op == "added" else REMOVED, f"{op}: ", text, f" (end of what was {op})"
    )


def _joined(parts: Iterator[SafeString] | Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


__all__ = ["changes_html", "passages_html"]
