"""Plain text that nobody meant to be read by a program, as Markdown.

In order: what a page carried besides the policy is left out, the title found, lines joined to
parts, torn sentences mended, headings told from text, lists nested. Every word of the file ends
in the Markdown, in the title, or in a line that is named as left out.
"""

from __future__ import annotations

from governance.importing import front, lines, titles
from governance.importing.parts import Part
from governance.importing.ragged import headings, leftovers, mending, parts, tables, writing
from governance.importing.reasons import RULED, STATED
from governance.importing.result import LeftOut, Reading, Stated

MORE = 12  # doubts of one kind beyond this are only counted


def read(text: str, warnings: list[str]) -> Reading:
    """A plain text, already decoded."""
    kept, left_out, repeated = leftovers.leave_out(lines.split(text))
    title, organisation, used = titles.find(kept)
    body = [
        line if index not in used else lines.Line(line.number, "")
        for index, line in enumerate(kept)
    ]
    body, underlines = _without_underline(body, used)
    body, stated, states = _without_facts(body)
    found, doubts = judge(parts.gather(body), title.value if title else "")
    return Reading(
        markdown=writing.write(found),
        source_text=text,
        title=title,
        organisation=organisation,
        stated=stated,
        left_out=(*left_out, *underlines, *states),
        warnings=(
            *warnings,
            *_some(repeated),
            *doubts,
        ),
    )


def judge(found: list[Part], title: str) -> tuple[list[Part], list[str]]:
    """Parts as they should be: sentences mended, headings told by their words, lists nested.

    Hands back what to look at again, too.
    """
    found, torn = mending.torn_sentences(found)
    mending.lists_without_bullets(found)
    bullets = mending.lost_bullets(found)
    stops = headings.find(found)
    headings.deepen(found)
    doubts = mending.suspicious(found, title)
    writing.nest(found)
    return found, [*torn, *_some(bullets), *_some(stops), *_some(doubts)]


def _without_underline(
    body: list[lines.Line], used: set[int]
) -> tuple[list[lines.Line], list[LeftOut]]:
    """The === below the title goes with it."""
    below = max(used, default=-2) + 1
    if 0 < below < len(body) and body[below].text and set(body[below].text) <= set("=-~_* "):
        line = body[below]
        body = [*body[:below], lines.Line(line.number, ""), *body[below + 1 :]]
        return body, [LeftOut(line.number, line.text, RULED)]
    return body, []


def _without_facts(
    body: list[lines.Line],
) -> tuple[list[lines.Line], tuple[Stated, ...], list[LeftOut]]:
    """Lines on top and at the end that state nothing but details of the policy."""
    rows = {
        body[index].number
        for start, table in tables.find(body).items()
        for index in range(start, table.end)
    }
    facts, taken = front.find(body, frozenset(rows))
    stated = tuple(Stated(one.field, one.value, one.line.text, one.line.number) for one in facts)
    gone = [LeftOut(line.number, line.text, STATED) for line in body if line.number in taken]
    kept = [
        lines.Line(line.number, "", new_page=line.new_page) if line.number in taken else line
        for line in body
    ]
    return kept, stated, gone


def _some(doubts: list[str]) -> list[str]:
    if len(doubts) <= MORE:
        return doubts
    return [*doubts[:MORE], f"There are {len(doubts) - MORE} more lines like these."]
