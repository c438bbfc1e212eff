"""A policy that is Markdown already: kept as it is, but for its title and front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from governance.importing import front
from governance.importing.lines import Line
from governance.importing.reasons import COMMENT, LISTED, MATTER, STATED
from governance.importing.result import Guess, LeftOut, Reading, Stated
from governance.text.render import plain_text

COMMENTED = re.compile(r"<!--(?:[^-]|-(?!->))*-->")
PICTURE = re.compile(r"!\[[^\]\n]{0,300}\]")
TAG = re.compile(r"</?(?!https?:|mailto:)[a-zA-Z][\w-]*(?:\s[^<>\n]*)?/?>")
HEADING = re.compile(r" {0,3}#\s+(?P<text>\S.*?)(?:\s+#+)?\s*$")
SETEXT = re.compile(r" {0,3}=+\s*$")
WORDS = re.compile(r"[^\W_]+")
SIGNS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)|<br\s*/?>")
TABLE_RULE = re.compile(r"\s*\|?[\s:|-]*-[\s:|-]*$")
ENTRY = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+\[[^\]]+\]\(#[^)\s]*\)\s*$")
CONTENTS_HEAD = re.compile(r"[#*\s]*(?:table of )?contents[*:\s]*$", re.IGNORECASE)


def read(text: str, warnings: list[str]) -> Reading:
    """A Markdown file, already decoded."""
    lines = text.replace("\f", "\n").split("\n")
    left_out = [*_front_matter(lines), *_comments(lines), *_contents(lines)]
    title = _title(lines, left_out)
    stated = _stated(lines, left_out)
    body = "\n".join(lines).strip("\n")
    return Reading(
        markdown=body + "\n" if body.strip() else "",
        source_text=text,
        title=title,
        stated=stated,
        left_out=tuple(left_out),
        warnings=(*warnings, *_warnings(body)),
    )


def _warnings(body: str) -> Iterator[str]:
    if PICTURE.search(body):
        yield "Pictures are not taken over: the portal shows a note where one stood."
    if tag := TAG.search(body):
        yield f"The text contains HTML, such as {tag[0]}: it is shown as it is written."


def _stated(lines: list[str], left_out: list[LeftOut]) -> tuple[Stated, ...]:
    """Details in lines of their own on top and at the end; they leave the text."""
    read = [_line(number, line) for number, line in enumerate(lines, start=1)]
    rows = frozenset(line.number for line in read if line.raw.startswith("|"))
    facts, taken = front.find([line for line in read if line.number not in _rules(lines)], rows)
    for table in _tables(lines):
        if not set(table) - _rules(lines) <= taken:
            taken -= set(table)  # a table stays whole
        elif taken & set(table):
            taken |= set(table)
    for number in sorted(taken):
        left_out.append(LeftOut(number, lines[number - 1].strip(), STATED))
        lines[number - 1] = ""
    return tuple(
        Stated(fact.field, fact.value, fact.line.text, fact.line.number)
        for fact in facts
        if fact.line.number in taken
    )


def _line(number: int, line: str) -> Line:
    """The line without the signs that make words bold, so that "**Version:** 2" is understood."""
    bare = SIGNS.sub("", line).rstrip("\\ ").strip()
    if line.lstrip().startswith("#"):
        bare = f"- {bare}"  # a heading begins the text, as a list item does
    return Line(number, " ".join(bare.split()), raw=bare)


def _rules(lines: list[str]) -> set[int]:
    """The lines of dashes between a table's head and its rows."""
    return {number for number, line in enumerate(lines, start=1) if TABLE_RULE.match(line)}


def _tables(lines: list[str]) -> Iterator[range]:
    """The numbers of the lines of each table."""
    number = 0
    while number < len(lines):
        end = number
        while end < len(lines) and lines[end].lstrip().startswith("|"):
            end += 1
        if end > number:
            yield range(number + 1, end + 1)
        number = max(end, number + 1)


def _contents(lines: list[str]) -> list[LeftOut]:
    """A list of links to the text's own headings, and the heading above it."""
    gone: list[int] = []
    index = 0
    while index < len(lines):
        end = index
        while end < len(lines) and (ENTRY.match(lines[end]) or (end > index and not lines[end])):
            end += 1
        if sum(1 for line in lines[index:end] if line) >= 3:
            above = next((i for i in range(index - 1, -1, -1) if lines[i].strip()), -1)
            headed = above >= 0 and CONTENTS_HEAD.match(lines[above])
            gone += [above] if headed else []
            gone += [i for i in range(index, end) if lines[i]]
        index = max(end, index + 1)
    found = [LeftOut(index + 1, lines[index].strip(), LISTED) for index in gone]
    for index in gone:
        lines[index] = ""
    return found


def _front_matter(lines: list[str]) -> list[LeftOut]:
    """--- facts --- at the top, as other programs write them."""
    if lines[0].rstrip() != "---":
        return []
    for end in range(1, min(len(lines), 60)):
        if lines[end].rstrip() == "---":
            break
        if lines[end].strip() and not re.match(r"\s*(?:[\w -]{1,40}:|- |#)", lines[end]):
            return []
    else:
        return []
    if end == 1:
        return []
    gone = [LeftOut(i + 1, lines[i].strip(), MATTER) for i in range(end + 1)]
    lines[: end + 1] = [""] * (end + 1)
    return gone


def _comments(lines: list[str]) -> list[LeftOut]:
    gone: list[LeftOut] = []
    for index, line in enumerate(lines):
        if "<!--" in line:
            gone += [LeftOut(index + 1, one, COMMENT) for one in COMMENTED.findall(line)]
            lines[index] = COMMENTED.sub("", line)
    return gone


def _title(lines: list[str], left_out: list[LeftOut]) -> Guess | None:
    """A heading of the first rank that opens the text, else the front matter's title.

    The heading is taken out of the text, unless it says more than its words (a link, a picture).
    """
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    if first is not None:
        line, below = lines[first], lines[first + 1] if first + 1 < len(lines) else ""
        underlined = bool(SETEXT.match(below)) and not line.startswith("    ")
        found = HEADING.match(line)
        written = found["text"] if found else line.strip() if underlined else ""
        title = " ".join(plain_text(f"# {written}").split()) if written else ""
        if title:
            if WORDS.findall(title) == WORDS.findall(written):
                lines[first] = ""
                lines[first + 1 : first + 2] = [""] if underlined and not found else [below]
            return Guess(title, line.strip(), first + 1)
    for one in left_out:
        if found := re.match(r"title:\s*(?P<text>\S.*)$", one.text, re.IGNORECASE):
            return Guess(found["text"].strip("\"' "), one.text, one.number)
    return None
