"""A policy that is Markdown already: kept as it is, but for its title and front matter."""

from __future__ import annotations

import re

from governance.importing.result import Guess, LeftOut, Reading
from governance.text.render import plain_text

COMMENT = re.compile(r"<!--(?:[^-]|-(?!->))*-->")
PICTURE = re.compile(r"!\[[^\]\n]{0,300}\]")
TAG = re.compile(r"</?(?!https?:|mailto:)[a-zA-Z][\w-]*(?:\s[^<>\n]*)?/?>")
HEADING = re.compile(r" {0,3}#\s+(?P<text>\S.*?)(?:\s+#+)?\s*$")
SETEXT = re.compile(r" {0,3}=+\s*$")
WORDS = re.compile(r"[^\W_]+")


def read(text: str, warnings: list[str]) -> Reading:
    """A Markdown file, already decoded."""
    source = text
    lines = text.replace("\f", "\n").split("\n")
    found = list(warnings)
    left_out = _front_matter(lines)
    if left_out:
        found.append(
            f"Lines 1 to {left_out[-1].number}, facts about the file, were left out of the text: "
            + "; ".join(f"“{one.text}”" for one in left_out if one.text.strip("-"))
            + "."
        )
    left_out += _comments(lines, found)
    title = _title(lines, left_out)
    if title is None:
        found.append("No title was found: please give the policy one.")
    body = "\n".join(lines).strip("\n")
    if PICTURE.search(body):
        found.append("Pictures are not taken over: the portal shows a note where one stood.")
    if tag := TAG.search(body):
        found.append(f"The text contains HTML, such as {tag[0]}: it is shown as it is written.")
    return Reading(
        markdown=body + "\n" if body.strip() else "",
        source_text=source,
        title=title,
        left_out=tuple(left_out),
        warnings=tuple(found),
    )


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
    gone = [LeftOut(i + 1, lines[i].strip(), "facts about the file") for i in range(end + 1)]
    lines[: end + 1] = [""] * (end + 1)
    return gone


def _comments(lines: list[str], warnings: list[str]) -> list[LeftOut]:
    gone: list[LeftOut] = []
    for index, line in enumerate(lines):
        if "<!--" not in line:
            continue
        gone += [LeftOut(index + 1, one, "a comment") for one in COMMENT.findall(line)]
        lines[index] = COMMENT.sub("", line)
    if gone:
        named = "; ".join(f"line {one.number} “{one.text}”" for one in gone)
        warnings.append(f"Comments were left out: {named}.")
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
