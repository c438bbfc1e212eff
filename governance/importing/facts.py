"""What a policy says about itself: version, dates, who wrote and agreed it, what it leans on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import Any

from governance.importing.dates import DATE, to_date
from governance.importing.lines import Line, ends_sentence, mark_of, split, word_count
from governance.importing.ragged.mending import DOCUMENT
from governance.importing.result import Guess, Metadata, Stated

LONGEST = 400  # of a line that is quoted
SHORT = 220  # a policy's own dates stand in short lines; long ones tell stories

VERSION = re.compile(
    r"\b(?:version|ver\.|issue)(?:\s+(?:no\.?|number))?\s*[:|–-]?\s*v?(?P<n>\d{1,3}(?:\.\d{1,3}){0,2})\b"
    r"|^v(?P<short>\d{1,2}(?:\.\d{1,3}){0,2})\b",
    re.IGNORECASE,
)
REVIEW = re.compile(
    r"\b(?:next review|review(?:ed)? (?:date|due|by|on)|(?:to|will) be reviewed|due for review|"
    r"review:|renewal date|date (?:of|for) (?:next )?review)",
    re.IGNORECASE,
)
LAST_REVIEW = re.compile(r"\b(?:last|previous(?:ly)?) review", re.IGNORECASE)
AGREED = re.compile(r"\b(?:agreed|approved|ratified|signed off|approval)\b", re.IGNORECASE)
ADOPTED = re.compile(
    r"\b(?:adopted|adoption|effective|in force|implemented|issued|issue date|published|"
    r"date of (?:this )?policy|policy date|came into)\b",
    re.IGNORECASE,
)
AUTHOR = re.compile(
    r"^(?:(?:policy|document|lead)\s+)?(?:author|written by|prepared by|drafted by|owner|"
    r"policy lead|lead|person responsible|staff responsible)\s*(?:[:–|]|\s-\s|(?<=by)\s)\s*"
    r"(?P<value>\S.*)$",
    re.IGNORECASE,
)
COMMITTEE_LABEL = re.compile(
    r"^(?:(?:responsible\s+)?committee|(?:approved|ratified|agreed|adopted|reviewed) by)"
    r"\s*[:|–-]?\s*(?P<value>[A-Z].*)$",
    re.IGNORECASE,
)
COMMITTEE = re.compile(
    r"\b(?:the )?(?P<value>(?:(?:[A-Z][\w’'&-]*|and|of|the) ){0,6}?"
    r"(?:Committee|Governing Body|Governing Board|Board of (?:Trustees|Governors)|Trust Board|"
    r"Local Governing (?:Body|Board)))\b"
)
RELATED = re.compile(
    r"\b(?:in conjunction with|(?:be )?read (?:together )?with|alongside|"
    r"(?:related|linked|associated|supporting|other relevant) "
    r"(?:school |trust )?(?:policies|documents)|links? (?:to|with) other (?:policies|documents)|"
    r"links? with other)",
    re.IGNORECASE,
)
LAW = re.compile(
    r"\b(?:Acts?|Regulations|Order|Measure)\s+(?:\([A-Z][\w ]{2,20}\)\s+)?"
    r"\(?(?P<year>(?:19|20)\d\d)\b"
)
LAW_WORD = re.compile(r"[A-Z(][\w’'()&-]*,?$")
JOINS = frozenset(["and", "of", "the", "for", "to", "in", "on", "etc"])
KNOWN_LAW = re.compile(
    r"\b(?:Keeping Children Safe in Education|Working Together to Safeguard Children|UK GDPR|"
    r"General Data Protection Regulation|Prevent Duty|Teachers[’'] Standards)\b"
    r"(?:\s*,?\s*\(?(?:20\d\d)\)?)?",
    re.IGNORECASE,
)


def find(
    text: str, stated: Iterable[Stated] = (), places: Iterable[tuple[int, str]] = ()
) -> Metadata:
    """What stands in a line of its own on the first page, else the first line that says it.

    A person confirms every guess.
    """
    lines = [line for line in split(text) if not line.blank]
    front = _Front(stated)
    found = Metadata(
        version=front.first("version") or next(_versions(lines), None),
        agreed_on=front.first("agreed_on") or _dated(lines, AGREED) or front.first("dated"),
        adopted_on=_dated(lines, ADOPTED) or front.latest("reviewed_on"),
        review_on=front.latest("review_on") or _dated(lines, REVIEW, unless=LAST_REVIEW),
        review_months=front.first("months"),
        author=front.first("author") or next(_labelled(lines, AUTHOR), None),
        committee=front.first("committee") or next(_committees(lines), None),
        related=tuple(_unique(_related(split(text)))),
        legislation=tuple(_unique(_laws(lines))),
    )
    return _placed(found, dict(places))


class _Front:
    """The details that the first page states."""

    def __init__(self, stated: Iterable[Stated]) -> None:
        self._stated = [one for one in stated if one.value]

    def _all(self, field: str) -> list[Guess]:
        return [
            Guess(one.value[:300], one.line[:LONGEST], one.number)
            for one in self._stated
            if one.field == field
        ]

    def first(self, field: str) -> Guess | None:
        return next(iter(self._all(field)), None)

    def latest(self, field: str) -> Guess | None:
        """Of dates as 2026-09-01 the last: "Review date" may be the one that is over."""
        return max(self._all(field), key=lambda guess: guess.value, default=None)


def _placed(found: Metadata, places: dict[int, str]) -> Metadata:
    """The same, each guess with where on which page it stands."""

    def put(guess: Guess) -> Guess:
        return replace(guess, place=places.get(guess.number, ""))

    changed: dict[str, Any] = {}
    for one in fields(found):
        value = getattr(found, one.name)
        if isinstance(value, tuple):
            changed[one.name] = tuple(map(put, value))
        elif value is not None:
            changed[one.name] = put(value)
    return Metadata(**changed)


def _versions(lines: Iterable[Line]) -> Iterator[Guess]:
    for line in lines:
        if len(line.text) <= 150 and (found := VERSION.search(line.text)):
            yield _guess(found["n"] or found["short"], line)


def _dated(
    lines: Iterable[Line], label: re.Pattern[str], unless: re.Pattern[str] | None = None
) -> Guess | None:
    """The first date behind such a label, in the same sentence."""
    for line in lines:
        text = line.text
        found = label.search(text) if len(text) <= SHORT else None
        if found is None or (unless and unless.search(text)):
            continue
        behind = re.split(r"[.!?]\s+[A-Z]", text[found.end() :])[0][:80]
        for written in DATE.finditer(behind):
            between = behind[: written.start()]
            # "Agreed: May 2025   Review: May 2026": the second date is not the agreement's.
            if label is not REVIEW and REVIEW.search(between):
                break
            if value := to_date(written):
                return _guess(value.isoformat(), line)
    return None


def _labelled(lines: Iterable[Line], label: re.Pattern[str]) -> Iterator[Guess]:
    for line in lines:
        if len(line.text) <= 150 and (found := label.match(line.text)):
            yield _guess(found["value"].strip(" |"), line)


def _committees(lines: Iterable[Line]) -> Iterator[Guess]:
    short = [line for line in lines if len(line.text) <= 200]
    for line in short:
        labelled = COMMITTEE_LABEL.match(line.text)
        body = COMMITTEE.search(labelled["value"] if labelled else "")
        if body:
            yield _guess(body["value"], line)
        elif labelled and labelled[0].lower().startswith(("committee", "responsible")):
            yield _guess(labelled["value"].strip(" |"), line)
    for line in short:
        if (AGREED.search(line.text) or ADOPTED.search(line.text)) and (
            found := COMMITTEE.search(line.text)
        ):
            yield _guess(found["value"], line)


def _related(lines: list[Line]) -> Iterator[Guess]:
    """The list below "read in conjunction with", or the names in that very sentence."""
    for index, line in enumerate(lines):
        if not RELATED.search(line.text[-LONGEST:]) or word_count(line.text) > 60:
            continue
        inline = list(_named_in(line))
        if inline and not line.text.endswith(":"):
            yield from inline
        elif line.text.endswith(":") or word_count(line.text) <= 8:
            yield from _listed(lines[index + 1 : index + 40])


def _listed(lines: Iterable[Line]) -> Iterator[Guess]:
    bullet: str | None = None  # of the first; "" for none
    for line in lines:
        if line.blank:
            continue
        marked = mark_of(line.text)
        text = (marked[1] if marked else line.text).rstrip(".;,")
        kind = marked[0].kind if marked else ""
        bullet = kind if bullet is None else bullet
        if kind != bullet:
            return  # a heading or another list
        if word_count(text) > 14 or (not marked and ends_sentence(line.text)):
            return
        if not marked and not DOCUMENT.search(text):
            return
        if not marked and re.match(r"(?:general|appendix|how|what)\b", text, re.IGNORECASE):
            return
        yield _guess(text, line)


def _named_in(line: Line) -> Iterator[Guess]:
    found = RELATED.search(line.text)
    behind = line.text[found.end() :] if found else ""
    for piece in re.split(r",|;|\band\b(?=\s+(?:the |our |its )?[A-Z])", behind):
        name = re.sub(r"^(?:\s|:|the\b|our\b|its\b|school[’']s\b|and\b)+", "", piece).strip(" .:")
        if DOCUMENT.search(name) and word_count(name) <= 10 and name[:1].isupper():
            yield _guess(name, line)


def _laws(lines: list[Line]) -> Iterator[Guess]:
    """Acts and guidance by name, also where a line ends inside the name."""
    for index, line in enumerate(lines):
        following = lines[index + 1].text[:100] if index + 1 < len(lines) else ""
        text = f"{line.text} {following}"
        for found in LAW.finditer(text):
            if found.start() < len(line.text) and (name := _law_before(text, found)):
                yield _guess(name, line)
        for found in KNOWN_LAW.finditer(text):
            if found.start() < len(line.text):
                yield _guess(found[0].strip(), line)


def _law_before(text: str, found: re.Match[str]) -> str:
    """The act's whole name: back from "Act" over words with a capital and what joins them."""
    words: list[str] = []
    for word in reversed(text[max(0, found.start() - 150) : found.start()].split()):
        if not (LAW_WORD.match(word) or word.lower() in JOINS):
            break
        words.insert(0, word)
    while words and (words[0].lower() in JOINS or words[0] in ("The", "See", "Under")):
        words.pop(0)
    return f"{' '.join(words)} {found[0].replace('(', '').strip()}" if words else ""


def _unique(guesses: Iterable[Guess]) -> Iterator[Guess]:
    seen: set[str] = set()
    for guess in guesses:
        if guess.value.casefold() not in seen and len(seen) < 100:
            seen.add(guess.value.casefold())
            yield guess


def _guess(value: str, line: Line) -> Guess:
    return Guess(value.strip()[:300], line.text[:LONGEST], line.number)
