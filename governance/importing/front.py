"""What stands on a policy's first page besides its text: version, dates, who agreed it.

Whole lines that say nothing else become details of the draft and leave its text; so do those at
its very end. A sentence that mentions a date stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from governance.importing.dates import DATE, to_date
from governance.importing.lines import Line, ends_sentence, mark_of, word_count
from governance.importing.titles import SECTION

FURTHEST = 60  # lines from the top
FIRST_DATE = 10  # of them, those where a date by itself is the policy's

LABELS = {
    "title": "title|policy title|policy name|document title|title of policy|name of policy|"
    "document name|name of document",
    "version": "version|version no|version number|ver|issue|issue no|issue number|revision|v|"
    "document version|policy version|current version|version/issue",
    "agreed_on": "agreed|date agreed|approved|approved on|date approved|approval date|"
    "date of approval|ratified|ratified on|date ratified|ratification date|date of ratification|"
    "adopted|adopted on|date adopted|adoption date|effective|effective date|effective from|"
    "date effective|date of issue|issue date|date issued|issued|date published|published|"
    "date of policy|policy date|date|date of adoption|agreed by governors|"
    "approved by governors|date approved by governors|date agreed by governors|policy agreed|"
    "policy approved|policy adopted|implementation date|date of implementation|last approved",
    "reviewed_on": "last review|last reviewed|last reviewed on|date of last review|"
    "previous review|date last reviewed|last updated|updated|date updated|date of last update|"
    "last review date|reviewed|date reviewed|reviewed on|policy reviewed",
    "review_on": "review|review date|next review|next review date|date of next review|"
    "next review due|review due|review due date|due for review|to be reviewed|"
    "to be reviewed by|to be reviewed on|date for review|date of review|renewal date|"
    "review by|next review on|policy review date|date for next review|date due for review",
    "author": "author|written by|prepared by|drafted by|owner|policy owner|document owner|"
    "policy lead|lead|responsible person|person responsible|staff responsible|"
    "member of staff responsible|staff lead|lead member of staff|policy author|"
    "document author|originator|slt lead|author/owner|responsible officer|lead officer|"
    "policy holder|responsible member of staff|author(s)",
    "committee": "committee|responsible committee|committee responsible|approved by|agreed by|"
    "ratified by|adopted by|approving body|approval body|approval level|governing body|"
    "governors' committee|governor committee|governors committee|approving committee|"
    "signed off by|approval|responsible body",
    "status": "status|document status|policy status",
    "months": "review frequency|review cycle|frequency of review|review period|review interval|"
    "reviewed every|frequency|review schedule",
    "signed": "signed|signature|chair of governors|headteacher|head teacher|chair|principal|"
    "signed by|signed (chair)|signed (headteacher)|chair of trustees|chief executive",
}
FIELD = {label: field for field, labels in LABELS.items() for label in labels.split("|")}
NUMBERED_HEAD = re.compile(r"\d{1,2}\s+[A-Z]")
STATUS = re.compile(r"(?:approved|draft|final|ratified|adopted|agreed|current|live)$", re.I)
NUMBER = re.compile(
    r"(?:version|ver\.?|v\.?|issue|revision)(?:\s+(?:no\.?|number))?\s*[:–-]?\s*v?"
    r"(?P<n>\d{1,3}(?:\.\d{1,3}){0,2})$",
    re.IGNORECASE,
)
BARE_NUMBER = re.compile(r"(?:version|v|issue)?\.?\s*(?P<n>\d{1,4}(?:\.\d{1,3}){0,3})$", re.I)
LABELLED = re.compile(r"(?P<label>[A-Za-z][A-Za-z /’'()&.-]{0,48}?)\s*[:=|]\s*(?P<value>.*)$")
SPACED = re.compile(r"(?P<label>[A-Za-z][A-Za-z /’'()&.-]{0,48}?)\s+[–—-]\s+(?P<value>\S.*)$")
EVENT = re.compile(
    r"(?:(?:this )?policy (?:was )?)?"
    r"(?P<what>approved|agreed|ratified|adopted|last updated|last reviewed|updated|reviewed|"
    r"next review(?: due)?|review(?: date| due)?|issued|published|effective)"
    r"(?:\s+by\s+(?:the\s+)?(?P<who>[A-Z][^,;:]{2,80}?))?"
    r"(?:(?:,?\s+(?:on|in|from|of|at))?\s*[,:–-]?\s*"
    r"(?P<when>\d.*|[A-Z][a-z]+\.?,? (?:term )?\d{4}))?[.]?$",
    re.IGNORECASE,
)
BETWEEN = re.compile(
    r"\s+[|/•·–—-]\s+|\s*\|\s*|\t+|\s{3,}|;\s+|,\s+(?=(?:next |last )?review|version)", re.I
)
NUMBER_FIRST = re.compile(
    r"(?P<number>(?:version|ver\.?|v)\s*\d[\d.]*)\s*[,:|/–—-]?\s+(?P<rest>\S.*)$", re.I
)
FILLER = re.compile(r"[\s_.…:()\-–/|\[\]]*$")
EVERY = re.compile(
    r"(?P<year>annual|yearly|every year|once a year|each year)|(?P<two>bi-?ennial|every two years|"
    r"every 2 years|two[- ]yearly)|(?P<three>every three years|every 3 years|three[- ]yearly|"
    r"tri-?ennial)|every (?P<n>\d{1,2}) months",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Fact:
    """One thing that a line says of the policy."""

    field: str
    value: str
    line: Line


def find(lines: Sequence[Line], rows: frozenset[int] = frozenset()) -> tuple[list[Fact], set[int]]:
    """What the first page and the last lines state, and the numbers of the lines that do.

    `rows` are the numbers of lines that are rows of tables, their cells parted by bars.
    """
    spoken = [line for line in lines if not line.blank]
    front = list(_front(spoken, rows))
    facts = _facts(front, rows)
    behind = [line for line in _end(spoken, rows) if line not in front]
    at_end = _facts(behind, rows)
    if len({fact.field for fact in at_end}) < 2:
        at_end = []
    stated = {fact.field for fact in facts}
    facts += [fact for fact in at_end if fact.field not in stated or fact.line in behind]
    return facts, {fact.line.number for fact in facts}


def _front(lines: Sequence[Line], rows: frozenset[int]) -> Iterator[Line]:
    """The lines above the text itself: those before the first section or the first paragraph."""
    for line in lines[:FURTHEST]:
        if line.number in rows:
            yield line
            continue
        mark = mark_of(line.text)
        numbered = NUMBERED_HEAD.match(line.text) and not DATE.match(line.text)
        named = SECTION.match(line.text) and not line.text[0].isdigit()
        begins = mark is not None or bool(numbered or named)
        if (begins and not _segments(line, False)) or word_count(line.text) > 25:
            return
        if ends_sentence(line.text) and word_count(line.text) > 12:
            return
        yield line


def _end(lines: Sequence[Line], rows: frozenset[int]) -> Iterator[Line]:
    for line in reversed(lines[-20:]):
        if not (_row(line) if line.number in rows else _segments(line, False)):
            return
        yield line


def _facts(lines: Sequence[Line], rows: frozenset[int]) -> list[Fact]:
    found: list[Fact] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        below = lines[index + 1] if index + 1 < len(lines) else None
        if line.number in rows:
            heads = below and below.number in rows and _columns(line, below, lines, rows)
            if heads:
                found += heads
                index += 2
                continue
            pairs = _row(line)
        else:
            pairs = _segments(line, index < FIRST_DATE)
            if not pairs and below is not None and (stacked := _stacked(line, below)):
                found += stacked
                index += 2
                continue
        found += [Fact(field, value, line) for field, value in pairs]
        index += 1
    return found


def _stacked(label: Line, value: Line) -> list[Fact]:
    """A label in a line of its own above its value: a table that was saved as plain text."""
    field = FIELD.get(_bare(label.text))
    if field is None or field in ("signed", "title") or FIELD.get(_bare(value.text)):
        return []
    facts = [Fact(name, said, value) for name, said in _value(field, value.text) if said]
    return [Fact("label", "", label), *facts] if facts else []


def _columns(heads: Line, values: Line, lines: Sequence[Line], rows: frozenset[int]) -> list[Fact]:
    """A row of labels above one row of values. More rows are a history, which stays."""
    labels = [FIELD.get(_bare(cell), "") for cell in _cells(heads)]
    cells = _cells(values)
    if len(cells) != len(labels) or len(labels) < 2 or not all(labels):
        return []
    if _row(values):
        return []
    after = [line for line in lines if line.number == values.number + 1 and line.number in rows]
    if after and len(_cells(after[0])) == len(labels) and not _row(after[0]):
        return []
    facts = [
        Fact(field, read, values)
        for label, cell in zip(labels, cells, strict=True)
        for field, read in _value(label, cell)
    ]
    return [*facts, Fact("label", "", heads)] if facts else []


def _row(line: Line) -> list[tuple[str, str]]:
    """Label, value, and perhaps label, value again. Empty when a cell is anything else."""
    cells = _cells(line)
    if len(cells) == 1:
        return _segments(line, False)
    if len(cells) % 2:
        cells = [*cells, ""]
    pairs: list[tuple[str, str]] = []
    for label, value in zip(cells[::2], cells[1::2], strict=True):
        if not label and not value:
            continue
        field = FIELD.get(_bare(label))
        if field is None or not (read := _value(field, value)):
            return []
        pairs += read
    return pairs


def _cells(line: Line) -> list[str]:
    raw = line.text.removeprefix("|").removesuffix("|") if "|" in line.text else line.raw
    return [" ".join(cell.split()) for cell in re.split(r"\s*\|\s*|\t+|\s{3,}", raw.strip())]


def _segments(line: Line, may_be_date: bool) -> list[tuple[str, str]]:
    """The line as a whole, or piece by piece; empty when any piece is no such fact."""
    text = line.raw.strip() or line.text
    if whole := _said(" ".join(text.split()), may_be_date):
        return whole
    numbered = NUMBER_FIRST.match(text)
    pieces = BETWEEN.split(numbered["rest"] if numbered else text)
    pieces = [numbered["number"], *pieces] if numbered else pieces
    pieces = [piece for piece in pieces if piece and piece.strip()]
    if len(pieces) < 2:
        return []
    found = [_said(" ".join(piece.split()), True) for piece in pieces]
    return [pair for pairs in found for pair in pairs] if all(found) else []


def _said(text: str, may_be_date: bool) -> list[tuple[str, str]]:
    for shape in (LABELLED, SPACED):
        labelled = shape.match(text)
        field = FIELD.get(_bare(labelled["label"])) if labelled else None
        if labelled and field and field != "title":
            return _value(field, labelled["value"])
    if numbered := NUMBER.match(text):
        return [("version", numbered["n"])]
    if STATUS.match(text):
        return [("status", text)]
    if event := EVENT.match(text):
        return _event(event)
    if may_be_date and (dated := DATE.fullmatch(text)) and (day := to_date(dated)):
        return [("dated", day.isoformat())]
    return []


def _event(found: re.Match[str]) -> list[tuple[str, str]]:
    """ "Approved by the governing body, May 2025"."""
    what = found["what"].casefold()
    pairs: list[tuple[str, str]] = []
    if found["when"]:
        dated = DATE.fullmatch(found["when"].strip(" ."))
        day = to_date(dated) if dated else None
        if day is None:
            return []
        field = "review_on" if "next" in what or what.startswith("review ") else ""
        field = field or ("review_on" if what == "review" else "")
        field = field or ("reviewed_on" if what.endswith(("updated", "reviewed")) else "agreed_on")
        pairs.append((field, day.isoformat()))
    if found["who"] and what.startswith(("approved", "agreed", "ratified", "adopted")):
        pairs.append(("committee", found["who"].strip()))
    return pairs


def _value(field: str, value: str) -> list[tuple[str, str]]:
    """What a label's value says; empty when it is not what the label promises."""
    value = value.strip()
    if FILLER.match(value):
        return [("empty", "")]
    if field in ("agreed_on", "review_on", "reviewed_on"):
        return _dated(field, value)
    if field == "version":
        numbered = BARE_NUMBER.match(value)
        return [(field, numbered["n"])] if numbered else []
    if field == "months":
        return [(field, months)] if (months := _months(value)) else []
    if field == "signed":
        return []  # "Chair of governors: A. Name" says who, and stays
    if word_count(value) > 14 or ends_sentence(value.rstrip(".")):
        return []
    if field == "status":
        return [(field, value)] if word_count(value) <= 3 else []
    if field == "committee" and (dated := DATE.search(value)) and (day := to_date(dated)):
        who = value[: dated.start()].strip(" ,–-:").removesuffix(" on").removesuffix(" in")
        return [("committee", who.strip(" ,")), ("agreed_on", day.isoformat())] if who else []
    return [(field, value)]


def _dated(field: str, value: str) -> list[tuple[str, str]]:
    found = DATE.search(value)
    day = to_date(found) if found else None
    if found is None or day is None:
        months = _months(value)
        if field == "review_on" and months:
            return [("months", months)]
        return [("status", value)] if field == "agreed_on" and STATUS.match(value) else []
    rest = f"{value[: found.start()]} {value[found.end() :]}".strip(" ,.()–-:|")
    if word_count(rest) > 8:
        return []
    who = re.sub(r"^(?:by|the|by the|on|in)\s+", "", rest, flags=re.I)
    named = bool(re.search(r"committee|govern|board|trustees|head", who, re.I))
    return [
        (field, day.isoformat()),
        *([("committee", who)] if named and field == "agreed_on" else []),
    ]


def _months(value: str) -> str:
    found = EVERY.search(value)
    if not found:
        return ""
    return (
        "12" if found["year"] else "24" if found["two"] else "36" if found["three"] else found["n"]
    )


def _bare(label: str) -> str:
    return " ".join(label.casefold().replace("’", "'").split()).strip(" :.-–")
