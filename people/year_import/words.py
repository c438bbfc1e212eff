"""What a few words of a list are about: the kind of days, whether they begin or end, their name."""

from __future__ import annotations

import re
from datetime import date

from people.models import Closure

TERM, HALF_TERM, INSET, CLOSED = "term", "half_term", "inset", "closed"
# Kinds that a list names and the year does not need.
HOLIDAY, BANK_HOLIDAY = "holiday", "bank_holiday"
LABELS = {
    TERM: "Term",
    HALF_TERM: "Half-term",
    INSET: "INSET day",
    CLOSED: "School closed",
    HOLIDAY: "Holiday",
    BANK_HOLIDAY: "Bank holiday",
}
assert set(Closure.Kind.values) < set(LABELS)
MOST_NAME = 60

_SEASON = r"autumn|spring|summer|michaelmas|hilary|lent|trinity"
# In this order: "Autumn half-term" is a half-term, "Summer holiday" no term.
_KINDS = {
    HALF_TERM: r"half[\s-]*terms?|mid[\s-]*term",
    INSET: r"insets?|in[\s-]service|(?:staff|teacher)s?[\s-](?:training|development)"
    r"|training[\s-]days?|t\.?e\.?d\.?\s+days?|baker[\s-]days?|(?:cpd|pd)[\s-]days?"
    r"|(?:non|no)[\s-](?:pupil|contact|student)s?|pupil[\s-]free"
    r"|professional[\s-](?:development|learning)|staff[\s-]only|staff[\s-]days?",
    BANK_HOLIDAY: r"bank[\s-]holidays?|public[\s-]holidays?|may day|good friday|easter monday"
    r"|christmas day|boxing day|new year'?s day|(?:st\.?|saint) (?:andrew|patrick)'?s day",
    CLOSED: r"closed|closures?|polling|occasional[\s-]days?|local[\s-]holidays?|election",
    HOLIDAY: r"holidays?|breaks?(?!\s+up)|vacations?|recess|christmas|easter",
    TERM: rf"terms?|semesters?|{_SEASON}",
}
KINDS = {kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for kind, words in _KINDS.items()}
SEASON = re.compile(rf"\b(?:{_SEASON})\b", re.IGNORECASE)
# A particular term, not "term dates".
NAMED_TERM = re.compile(rf"\b(?:{_SEASON}|term\s*\d|\d\w*\s+term)\b", re.IGNORECASE)
_PUPILS = r"(?:school|pupils?|children|students?|all|year \d+)?\s*"
LEAVES = re.compile(rf"\b{_PUPILS}(?:closes?|closing|breaks?[\s-]up)\b", re.IGNORECASE)
COMES = re.compile(rf"\b{_PUPILS}(?:returns?|re-?opens?|back to school)\b", re.IGNORECASE)
STARTS = re.compile(
    rf"\b(?:starts?|starting|begins?|beginning|opens?|commences?|first day|{COMES.pattern})\b",
    re.IGNORECASE,
)
ENDS = re.compile(
    rf"\b(?:ends?|ending|finish(?:es)?|last day|until|{LEAVES.pattern})\b", re.IGNORECASE
)
A_WEEK = re.compile(r"\b(?:w/?c\b|week (?:commencing|beginning|of))", re.IGNORECASE)
SCHOOL_YEAR = re.compile(r"(?<![\d/])(20\d\d)\s*(?:/|–|-|to)\s*(?:20)?(\d\d)(?![\d/-])")
YEAR_ALONE = re.compile(r"(?<![\d/])20\d\d(?![\d/])")
_FILLING = re.compile(
    r"\b(?:dates?|days?|date|from|on|is|are|the|of|for|and|to|school|in|inclusive|first|last|start"
    r"|end|begins?|ends?|starts?|finish(?:es)?|no|no\.|all|staff|pupils?|only|academic|year)\b"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|[^\w]|\d|_",
    re.IGNORECASE,
)
_SMALL = re.compile(r"^\W*of\b|\bfrom\b|\bon\b|\b(?:and|the)\b\s*$|^\W*the\b", re.IGNORECASE)
_PLAINLY_CLOSED = re.compile(r"\bclos(?:ed|ures?)\b", re.IGNORECASE)
_AT_THE_ENDS = " \t,;:.–-/|(*)+&"


def kind_of(label: str) -> str:
    """The kind of days that these words are about, or nothing."""
    return next((kind for kind, words in KINDS.items() if words.search(label)), "")


def role_of(label: str) -> str:
    """Whether a single day is the first or the last of something: starts, ends, or nothing."""
    if STARTS.search(label):
        return "starts"
    return "ends" if ENDS.search(label) else ""


def school_year(text: str) -> int | None:
    """The school year that a heading names: 2026 for "2026/27"."""
    for first, second in SCHOOL_YEAR.findall(text):
        if int(second) == (int(first) + 1) % 100:
            return int(first)
    return None


def season_year(text: str) -> int | None:
    """The school year of "Spring term 2027"."""
    season, year = SEASON.search(text), YEAR_ALONE.search(text)
    if not season or not year:
        return None
    begins = season[0].lower() in ("autumn", "michaelmas")
    return int(year[0]) if begins else int(year[0]) - 1


def says_something(label: str) -> bool:
    """Whether anything but filling stands there."""
    return bool(_FILLING.sub("", ENDS.sub("", STARTS.sub("", label))))


def term_key(label: str) -> str:
    """What is the same in "Autumn term starts" and "End of Autumn Term 2026"."""
    return re.sub(r"[^a-z0-9]", "", _bare(YEAR_ALONE.sub("", label)).lower().replace("term", ""))


def term_name(label: str, first: date) -> str:
    """A name for a term: as it is written, with a year."""
    name = _bare(YEAR_ALONE.sub("", SCHOOL_YEAR.sub("", label)))
    if not NAMED_TERM.search(name):
        name = _season_of(first)
    elif SEASON.search(name):
        name = " ".join(re.sub(r"\bterms?\b", " ", name, flags=re.IGNORECASE).split())
        name = SEASON.sub(lambda season: f"{season[0].capitalize()} term", name, count=1)
    name = name[: MOST_NAME - 5].strip(_AT_THE_ENDS)
    return f"{name[0].upper()}{name[1:]} {first.year}"


def closure_name(label: str, kind: str) -> str:
    """A name for days without pupils, where the list says more than their kind."""
    bare = _bare(label)
    told = _PLAINLY_CLOSED.sub("", bare)
    kept = (CLOSED, BANK_HOLIDAY) if kind == CLOSED else ()
    for other, its_words in KINDS.items():
        told = told if other in kept else its_words.sub("", told)
    if not says_something(told):
        return ""
    name = bare[:MOST_NAME].strip(_AT_THE_ENDS)
    return f"{name[0].upper()}{name[1:]}" if name else ""


def _bare(label: str) -> str:
    """Without the words for beginning and end, and without what hangs over."""
    text = re.sub(r"\b(?:start|end|beginning) of\b|\bdates?\b", " ", label, flags=re.IGNORECASE)
    text = _SMALL.sub(" ", ENDS.sub(" ", STARTS.sub(" ", A_WEEK.sub(" ", text))))
    return " ".join(text.split()).strip(_AT_THE_ENDS)


def _season_of(day: date) -> str:
    if day.month >= 8:
        return "Autumn term"
    return "Spring term" if day.month <= 3 else "Summer term"
