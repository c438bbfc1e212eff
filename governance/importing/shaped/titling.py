"""The policy's title, told by its style, its size or its place, and the school's name above it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from governance.importing import titles
from governance.importing.lines import Line, word_count
from governance.importing.parts import Kind, Part
from governance.importing.result import Guess
from governance.importing.shaped.blocks import TITLE
from governance.importing.titles import NAMES_DOCUMENT, NAMES_SCHOOL, SECTION, SENTENCE

FIRST = 14  # parts in which a title stands
LARGE = 1.25  # times the size of the text


def find(parts: Sequence[Part], body: float) -> tuple[Guess | None, Guess | None, set[int]]:
    """Title and organisation with where they stand, and the indexes of the parts they take up."""
    first = [
        (index, part)
        for index, part in enumerate(parts[: FIRST * 3])
        if part.kind in (Kind.PARAGRAPH, Kind.HEADING) and part.text
    ][:FIRST]
    for chosen in (_styled(first), _large(first, body), _highest(first)):
        found = _among(chosen)
        if found[0]:
            return _with_school(found, first)
    return _among(list(_above_text(first)))


Found = tuple[Guess | None, Guess | None, set[int]]
Numbered = tuple[int, Part]


def _styled(first: Sequence[Numbered]) -> list[Numbered]:
    return [(index, part) for index, part in first if part.role == TITLE]


def _large(first: Sequence[Numbered], body: float) -> list[Numbered]:
    if not body:
        return []
    return [(i, part) for i, part in first if part.look.size >= body * LARGE and not part.mark]


def _highest(first: Sequence[Numbered]) -> list[Numbered]:
    """The first heading of the first rank, when it is no section like the others."""
    heads = [(i, part) for i, part in first if part.kind is Kind.HEADING and part.level == 1]
    return heads[:1]


def _above_text(first: Sequence[Numbered]) -> list[Numbered]:
    """The lines above the first long paragraph."""
    found = []
    for index, part in first:
        if word_count(part.text) > 20:
            break
        found.append((index, part))
    return found


def _among(chosen: Sequence[Numbered]) -> Found:
    """What these lines say, those of one look that belong together taken as one."""
    if not chosen:
        return None, None, set()
    groups = [list(one) for one in _joined(chosen)]
    lines = [Line(group[0][1].number, " ".join(part.text for _, part in group)) for group in groups]
    lines = [line for line in lines if line.text]
    title, organisation, used = titles.find([*lines, Line(0, "")])
    if title is None and not SECTION.match(lines[0].text) and word_count(lines[0].text) <= 16:
        one = lines[0]
        title, used = Guess(one.text.rstrip(":"), one.text, one.number), {0}
    taken = {index for place in used if place < len(groups) for index, _ in groups[place]}
    return title, organisation, taken


def _joined(chosen: Sequence[Numbered]) -> list[list[Numbered]]:
    """A title that is broken over two lines is one."""
    groups: list[list[Numbered]] = []
    for _, run in groupby(chosen, key=lambda one: (one[1].look.size, one[1].role, one[1].kind)):
        members = list(run)
        whole = " ".join(part.text for _, part in members)
        adjoining = members[-1][0] - members[0][0] == len(members) - 1
        heads_apart = any(
            NAMES_SCHOOL.search(part.text) or NAMES_DOCUMENT.search(part.text)
            for _, part in members[:-1]
        )
        if 1 < len(members) <= 3 and adjoining and not heads_apart and word_count(whole) <= 14:
            groups.append(members)
        else:
            groups += [[one] for one in members]
    return groups


def _with_school(found: Found, first: Sequence[Numbered]) -> Found:
    """The school's name right above or below the title, where it is printed in another size."""
    title, organisation, used = found
    if organisation is not None:
        return found
    above = next((one for one in reversed(first) if one[0] < min(used)), None)
    below = next((one for one in first if one[0] > max(used)), None)
    if above is not None and above[0] == first[0][0] and _names_school(above[1]):
        near = above
    elif below is not None and _names_school(below[1]) and _is_set_apart(below[1]):
        near = below
    else:
        return found
    text = near[1].text
    return title, Guess(text, text, near[1].number), {*used, near[0]}


def _names_school(part: Part) -> bool:
    text = part.text
    names = NAMES_SCHOOL.search(text) and not NAMES_DOCUMENT.search(text)
    return bool(names) and word_count(text) <= 8 and not SENTENCE.search(text)


def _is_set_apart(part: Part) -> bool:
    return part.look.centred or part.role == TITLE
