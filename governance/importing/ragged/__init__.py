"""Plain text that nobody meant to be read by a program, as Markdown.

In order: what a page carried besides the policy is left out, the title found, lines joined to
parts, torn sentences mended, headings told from text, lists nested. Every word of the file ends
in the Markdown, in the title, or in a line that is named as left out.
"""

from __future__ import annotations

from governance.importing import lines, titles
from governance.importing.ragged import headings, leftovers, mending, parts, writing
from governance.importing.result import Guess, LeftOut, Reading

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
    found = parts.gather(body)
    found, torn = mending.torn_sentences(found)
    mending.lists_without_bullets(found)
    bullets = mending.lost_bullets(found)
    stops = headings.find(found)
    headings.deepen(found)
    doubts = mending.suspicious(found, title.value if title else "")
    writing.nest(found)
    return Reading(
        markdown=writing.write(found),
        source_text=text,
        title=title,
        organisation=organisation,
        left_out=(*left_out, *underlines),
        warnings=(
            *warnings,
            *_title_warnings(title, organisation),
            *leftovers.say(left_out),
            *torn,
            *_some(bullets),
            *_some(stops),
            *_some(repeated),
            *_some(doubts),
        ),
    )


def _without_underline(
    body: list[lines.Line], used: set[int]
) -> tuple[list[lines.Line], list[LeftOut]]:
    """The === below the title goes with it."""
    below = max(used, default=-2) + 1
    if 0 < below < len(body) and body[below].text and set(body[below].text) <= set("=-~_* "):
        line = body[below]
        body = [*body[:below], lines.Line(line.number, ""), *body[below + 1 :]]
        return body, [LeftOut(line.number, line.text, leftovers.RULED)]
    return body, []


def _title_warnings(title: Guess | None, organisation: Guess | None) -> list[str]:
    found = [] if title else ["No title was found: please give the policy one."]
    if organisation:
        found.append(
            f"“{organisation.value}” in line {organisation.number} was taken as the school's name "
            "and is not in the text: the portal shows the school on each page."
        )
    return found


def _some(doubts: list[str]) -> list[str]:
    if len(doubts) <= MORE:
        return doubts
    return [*doubts[:MORE], f"There are {len(doubts) - MORE} more lines like these."]
