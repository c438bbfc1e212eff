"""From blocks to what every reader hands back: title found, leftovers gone, headings told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from governance.importing import front, ragged
from governance.importing.lines import Line
from governance.importing.parts import Kind, Part
from governance.importing.ragged import leftovers
from governance.importing.ragged.leftovers import SIGNATURE_LINE, SIGNING
from governance.importing.ragged.writing import write
from governance.importing.reasons import AGAIN, AROUND, LISTED, RUNNING, SIGNATURES, STATED
from governance.importing.result import Guess, ImportRefused, LeftOut, Reading, Stated
from governance.importing.shaped import headings, lists, titling
from governance.importing.shaped.blocks import ASIDE, CONTENTS, MARGIN, Block
from governance.importing.shaped.calming import calmed
from governance.importing.shaped.emitting import Emitter
from governance.importing.titles import NAMES_DOCUMENT
from governance.text.limits import MAX_BODY_CHARS, MAX_BODY_LINES, too_long

BESIDE = (MARGIN, ASIDE)
MUCH = 2  # times what a policy may have: then nothing more is done with it
MORE = 12  # doubts beyond these are not named
POINTS_TO_A_SIGN = 3
ROLES = {CONTENTS: LISTED, MARGIN: RUNNING, ASIDE: AROUND}


def finish(blocks: Iterable[Block], *, warnings: Iterable[str] = ()) -> Reading:
    """The blocks of a file, in order, as a draft. Raises ImportRefused."""
    emitter = Emitter()
    emitter.take(calmed(list(blocks)))
    source = emitter.source
    text = "\n".join(source.lines).strip("\n") + "\n"
    if len(text) > MAX_BODY_CHARS * MUCH or len(source.lines) > MAX_BODY_LINES * MUCH:
        raise ImportRefused(too_long(text))  # whatever is left out, what remains is too long
    left_out: list[LeftOut] = []
    parts = _without_leftovers(emitter.parts, left_out)
    parts = _without_roles(parts, left_out)
    title, organisation, used = titling.find(parts, headings.body_size(parts))
    parts = [part for index, part in enumerate(parts) if index not in used]
    parts = _without_title(parts, title, left_out)
    parts, stated = _without_facts(parts, left_out)
    title = title or _stated_title(stated)
    parts, doubts = _judged(parts, title)
    return Reading(
        markdown=write(parts),
        source_text=text,
        title=title,
        organisation=organisation,
        stated=stated,
        left_out=tuple(sorted(left_out, key=lambda one: one.number)),
        warnings=(*warnings, *doubts[:MORE]),
        places=tuple(source.places.items()),
    )


def _judged(parts: list[Part], title: Guess | None) -> tuple[list[Part], list[str]]:
    """Headings told and lists nested, by the file's shape; by words alone where it has none."""
    shape = any(part.styled or part.family or part.kind is Kind.TABLE for part in parts)
    if not shape and not headings.look_like_any(parts):
        for part in parts:
            part.indent //= POINTS_TO_A_SIGN
        return ragged.judge(parts, title.value if title else "")
    headings.find(parts)
    parts = lists.rejoin(parts)
    lists.nest(parts)
    return parts, []


def _without_roles(parts: Sequence[Part], left_out: list[LeftOut]) -> list[Part]:
    """What the file itself calls contents, or a page's margin."""
    kept = []
    for index, part in enumerate(parts):
        after = parts[index + 1].role if index + 1 < len(parts) else ""
        if after == CONTENTS and leftovers.CONTENTS.match(part.text):
            part.role = CONTENTS  # the word itself, above
        if why := ROLES.get(part.role):
            left_out += _named(part, why)
        elif part.kind is Kind.TABLE and _is_to_sign(part):
            left_out += _named(part, SIGNATURES)
        else:
            kept.append(part)
    return kept


def _named(part: Part, why: str) -> list[LeftOut]:
    if part.kind is not Kind.TABLE:
        return [LeftOut(part.number, part.printed, why)]
    return [
        LeftOut(number, " | ".join(row), why)
        for number, row in zip(part.row_numbers, part.rows, strict=True)
    ]


def _is_to_sign(part: Part) -> bool:
    """A table of labels and empty cells, of which one speaks of signing."""
    cells = [cell for row in part.rows for cell in row]
    said = [cell for cell in cells if cell]
    return (
        (len(part.rows) == 1 or len(said) <= len(cells) / 2)
        and all(SIGNATURE_LINE.match(cell) for cell in said)
        and any(SIGNING.search(cell) for cell in said)
    )


def _without_leftovers(parts: Sequence[Part], left_out: list[LeftOut]) -> list[Part]:
    """Contents lists, page numbers, places to sign: found as in any plain text."""
    lines: list[Line] = []
    looked_at = [part for part in parts if part.kind is not Kind.TABLE and part.role not in BESIDE]
    for part in looked_at:
        lines += [Line(part.number, part.printed, part.indent, part.printed), Line(0, "")]
    _, gone, _ = leftovers.leave_out(lines)
    left_out += gone
    gone_lines = {one.number for one in gone}
    return [part for part in parts if part.kind is Kind.TABLE or part.number not in gone_lines]


def _without_title(
    parts: Sequence[Part], title: Guess | None, left_out: list[LeftOut]
) -> list[Part]:
    """The title again, above the text of the second page, say."""
    if title is None:
        return list(parts)
    wanted = _bare(title.value)
    kept = []
    for part in parts:
        heads = part.kind is Kind.HEADING or part.look.bold or part.look.size > 0
        names = bool(NAMES_DOCUMENT.search(title.value))
        if part.kind is not Kind.TABLE and heads and names and _bare(part.text) == wanted:
            left_out += _named(part, AGAIN)
        else:
            kept.append(part)
    return kept


def _bare(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" :.")


def _without_facts(
    parts: Sequence[Part], left_out: list[LeftOut]
) -> tuple[list[Part], tuple[Stated, ...]]:
    """Lines on top and at the end that state nothing but details of the policy."""
    lines: list[Line] = []
    rows: set[int] = set()
    for part in parts:
        if part.kind is Kind.TABLE:
            rows |= set(part.row_numbers)
            for number, row in zip(part.row_numbers, part.rows, strict=True):
                lines.append(Line(number, " | ".join(row), raw=" | ".join(row)))
        else:
            text = f"- {part.text}" if part.styled else part.printed
            lines.append(Line(part.number, text, raw=text))
    facts, taken = front.find(lines, frozenset(rows))
    kept = []
    for part in parts:
        if part.kind is Kind.TABLE:
            left_out += [one for one in _named(part, STATED) if one.number in taken]
            kept += _rows_left(part, taken)
        elif part.number in taken:
            left_out += _named(part, STATED)
        else:
            kept.append(part)
    return kept, tuple(
        Stated(fact.field, fact.value, fact.line.text, fact.line.number) for fact in facts
    )


def _rows_left(part: Part, taken: set[int]) -> list[Part]:
    """A table less the rows that became details; what is left of it, as lines with their labels."""
    rows = [index for index, number in enumerate(part.row_numbers) if number not in taken]
    if len(rows) == len(part.rows):
        return [part]
    if not rows:
        return []
    if len(rows) == 1 or len(part.rows[0]) == 2:
        return [
            replace(
                part, kind=Kind.PARAGRAPH, number=part.row_numbers[index], rows=[], rich_rows=[],
                text=": ".join(filter(None, part.rows[index])), row_numbers=[],
            )
            for index in rows
        ]  # fmt: skip
    return [
        replace(
            part,
            number=part.row_numbers[rows[0]],
            rows=[part.rows[index] for index in rows],
            rich_rows=[part.rich_rows[index] for index in rows],
            row_numbers=[part.row_numbers[index] for index in rows],
        )
    ]


def _stated_title(stated: Iterable[Stated]) -> Guess | None:
    return next(
        (Guess(one.value, one.line, one.number) for one in stated if one.field == "title"), None
    )
